/** Readings as the graph takes them: by native ids, structurally what connectors return. */
import type { AccountKind } from '../model.ts';

export interface ReadAccount {
  readonly nativeId: string;
  readonly name: string;
  readonly state: 'active' | 'locked';
  readonly kind: AccountKind;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly privilegedBecause: readonly { readonly reason: string; readonly evidence: string }[];
  readonly lastUsedAt?: string;
}
export interface ReadEntitlement {
  readonly nativeId: string;
  readonly kind: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly stableId?: string;
  readonly stableIdReturns?: true;
}
export interface ReadHolding {
  readonly account: string;
  readonly entitlement: string;
  /** Who gave it, in the words of the target. */
  readonly by?: string;
}
export interface ReadNesting {
  readonly parent: string;
  readonly child: string;
}

/** A whole reading of a system. */
export interface SystemReading {
  readonly accounts: readonly ReadAccount[];
  readonly entitlements: readonly ReadEntitlement[];
  readonly holdings: readonly ReadHolding[];
  readonly nesting: readonly ReadNesting[];
  readonly mark?: string;
}

/** Part of a whole reading, in any order. */
export interface SystemPiece extends Partial<Omit<SystemReading, 'mark'>> {
  /** A reading that breaks off after this piece may go on here. */
  readonly resumeAt?: string;
  /** On the last piece only. */
  readonly whole?: { readonly mark?: string };
}

/** What changed on a system since a mark: everything named is as it is now. */
export interface SystemChanges {
  readonly accounts: readonly ReadAccount[];
  readonly goneAccounts: readonly string[];
  readonly entitlements: readonly ReadEntitlement[];
  readonly goneEntitlements: readonly string[];
  readonly holdingsOf: readonly { readonly account: string; readonly entitlements: readonly string[] }[];
  readonly holdersOf: readonly {
    readonly entitlement: string;
    readonly accounts: readonly string[];
    readonly impliedBy: readonly string[];
  }[];
  readonly mark: string;
}

/** What a reading would take away, and what it is to be held against. */
export interface ReadingLoss {
  /** Accounts the reading names; 0 of a whole reading is a system that answered nothing. */
  readonly accountsRead: number;
  readonly accountsMissing: number;
  readonly holdingsMissing: number;
  /** Which machine answered, and which one the last trusted reading came from (null: there was none). */
  readonly readAs: string;
  readonly readAsBefore: string | null;
  /** What the graph knows of the system now; counted when asked, since that takes a second on a large system. */
  known(): Promise<{ readonly accounts: number; readonly holdings: number }>;
}
/** Why a reading is not to be trusted; undefined when it is. */
export type Judge = (loss: ReadingLoss) => Promise<string | undefined>;

/** What a reading changed. The rows are in the graph; ids of what somebody should look at are in its events. */
export interface ReadingResult {
  readonly counts: ReadingCounts;
  /** True for the first whole reading of a system: everything is new, nothing is drift yet. */
  readonly baseline: boolean;
  /** Why nothing was taken away; undefined when the reading was trusted. */
  readonly untrusted: string | undefined;
}
export interface ReadingCounts {
  readonly accounts: number;
  readonly entitlements: number;
  readonly holdings: number;
  readonly accountsAppeared: number;
  readonly accountsChanged: number;
  readonly accountsGone: number;
  readonly entitlementsAppeared: number;
  readonly entitlementsChanged: number;
  readonly entitlementsGone: number;
  readonly holdingsAppeared: number;
  readonly holdingsGone: number;
  readonly nestingChanged: number;
  /** What an untrusted reading would have taken away, had it been trusted. */
  readonly withheld: number;
}
