import type { Ref, Risk } from './common.ts';

export interface Me {
  readonly identity: {
    readonly id: string;
    readonly displayName: string;
    readonly username: string;
    readonly email: string | null;
  };
  /** Live admin roles, for instance `administrator`, `auditor`. */
  readonly roles: string[];
  /** Cedar actions policy allows this person at all, for instance `campaign.launch`. The rail shows what they open. */
  readonly actions: string[];
  readonly signin: { readonly id: string; readonly method: string; readonly at: string; readonly expiresAt: string };
  /** Shown as a ribbon, for instance `demo`. */
  readonly environment: string;
}

export type IdentityState = 'pre_hire' | 'active' | 'leave' | 'suspended' | 'leaver';

export interface IdentityRow {
  readonly id: string;
  readonly kind: 'person' | 'service' | 'workload' | 'vendor' | 'agent';
  readonly displayName: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly state: IdentityState;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly manager: Ref | null;
  readonly accounts: number;
  readonly privilegedAccounts: number;
  readonly grants: number;
}

export interface IdentityDetail extends IdentityRow {
  readonly owner: Ref | null;
  readonly orgUnit: string | null;
  readonly contractEnd: string | null;
  readonly since: string;
}

export interface Account {
  readonly id: string;
  readonly system: Ref;
  readonly name: string;
  readonly nativeId: string;
  readonly kind: string;
  readonly state: 'active' | 'locked' | 'gone';
  readonly identity: Ref | null;
  readonly privileged: boolean;
  /** Sentences, for instance `member of group sudo`. */
  readonly privilegedBecause: string[];
  /** null: the target does not say. */
  readonly lastUsedAt: string | null;
  readonly secretId: string | null;
}

export interface EntitlementRef extends Ref {
  readonly system: Ref;
  readonly kind: string;
  readonly risk: Risk;
  readonly privileged: boolean;
}

export interface Grant {
  readonly id: string;
  readonly identity: Ref;
  readonly entitlement: EntitlementRef | null;
  readonly role: Ref | null;
  readonly validFrom: string;
  /** null: open-ended. */
  readonly validTo: string | null;
  readonly origin: 'birthright' | 'request' | 'jit' | 'exception' | 'import' | 'admin';
  readonly originId: string | null;
  /** Why she has it, as a sentence. */
  readonly because: string;
  readonly endedBecause: string | null;
  readonly state: 'scheduled' | 'live' | 'ended';
  /** What the target is known to hold. */
  readonly effect: 'pending' | 'effective' | 'withdrawing' | 'withdrawn' | 'failed' | 'unknown';
  readonly lastUsedAt: string | null;
  readonly sessions: number;
  /** The line to paste into a terminal, when it is a way in. */
  readonly connect: string | null;
}

export interface Drift {
  readonly id: string;
  readonly kind: 'missing' | 'unexpected';
  readonly account: Ref;
  readonly system: Ref;
  readonly entitlement: Ref;
  readonly since: string;
}

export interface IdentityAccess {
  readonly grants: Grant[];
  readonly accounts: Account[];
  readonly drift: Drift[];
}

export interface System {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly owner: Ref | null;
  readonly accounts: number;
  readonly privilegedAccounts: number;
  readonly lastReadAt: string | null;
  readonly lastReadOk: boolean | null;
  readonly lastReadNote: string | null;
}

export interface Entitlement extends EntitlementRef {
  readonly description: string;
  readonly owner: Ref | null;
  readonly requestable: boolean;
  readonly maxSeconds: number | null;
  readonly holders: number;
  /** Whether the asker holds it now. */
  readonly held: boolean;
}
