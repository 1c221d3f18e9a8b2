/** The words of the graph. Times are instants; an absent `validTo` means open-ended. See README.md. */

export type IdentityKind = 'person' | 'service' | 'workload' | 'vendor' | 'agent';
export type IdentityState = 'pre_hire' | 'active' | 'leave' | 'suspended' | 'leaver';
export type AccountKind = 'personal' | 'service' | 'shared' | 'unknown';
export type AccountState = 'active' | 'locked' | 'gone';
export type Risk = 'low' | 'medium' | 'high' | 'critical';
export type DataClass = 'public' | 'internal' | 'confidential' | 'restricted';
export type GrantOrigin = 'birthright' | 'request' | 'jit' | 'exception' | 'import' | 'admin' | 'emergency';
export type HoldingQuality = 'read' | 'read_back' | 'reported';

/** Which instant is asked about (`at`, default now) and with whose knowledge (`knownAt`, default: all we know). */
export interface AsOf {
  readonly at?: Date | undefined;
  readonly knownAt?: Date | undefined;
}

/** One page of a listing. `nextCursor` is null on the last page; a cursor is opaque. */
export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}
export interface PageInput {
  readonly cursor?: string | undefined;
  /** At most 500; default 50. */
  readonly limit?: number | undefined;
}

/** What is known about an identity during one slice of time. */
export interface IdentityFacts {
  readonly displayName: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly state: IdentityState;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly orgUnit: string | null;
  readonly managerId: string | null;
  readonly ownerId: string | null;
  readonly contractEnd: Date | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}
export interface Identity extends IdentityFacts {
  readonly id: string;
  readonly kind: IdentityKind;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}
/** What a new identity needs; the rest is empty, `state` is active. */
export type NewIdentityFacts = { readonly displayName: string } & Partial<IdentityFacts>;
export type FactName = keyof IdentityFacts;

/** What one change did to the facts that hold at its first instant. */
export interface FactsDiff {
  readonly identityId: string;
  readonly validFrom: Date;
  readonly before: Partial<IdentityFacts>;
  readonly after: Partial<IdentityFacts>;
  readonly changed: readonly FactName[];
}

export interface System {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly pinned: readonly string[];
  readonly ownerId: string | null;
  readonly credentialSecretId: string | null;
  readonly lastReadAt: Date | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** Why an account is privileged. `source` is `reading` or the name of whoever marked it. */
export interface PrivilegeReason {
  readonly source: string;
  readonly reason: string;
  readonly evidence: string;
}

export interface Account {
  readonly id: string;
  readonly systemId: string;
  readonly nativeId: string;
  readonly name: string;
  readonly kind: AccountKind;
  readonly state: AccountState;
  /** The identity this account belongs to; null: an orphan. */
  readonly identityId: string | null;
  readonly linkedBecause: string | null;
  readonly privileged: boolean;
  readonly privilegedBecause: readonly PrivilegeReason[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Null means unknown, never unused. */
  readonly lastUsedAt: Date | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

export interface Entitlement {
  readonly id: string;
  readonly systemId: string;
  readonly kind: string;
  readonly nativeId: string;
  readonly name: string;
  readonly description: string | null;
  readonly ownerId: string | null;
  readonly risk: Risk;
  /** Its own mark; `privilegeOf` tells what flows to it from what it implies. */
  readonly privileged: boolean;
  readonly requestable: boolean;
  readonly maxSeconds: number | null;
  /** For kind `account`: the shared account whose use this is. */
  readonly accountId: string | null;
  readonly source: 'reading' | 'reeve';
  /** How sensitive what it opens is; null: nobody has said. */
  readonly dataClass: DataClass | null;
  /** Rules of law or contract that what it opens is under, for instance `pii` or `sox`. */
  readonly regulated: readonly string[];
  readonly tags: readonly string[];
  /** Other names people look for it by. */
  readonly aliases: readonly string[];
  /** The product of which whoever has it needs a licence, and what one costs a month. */
  readonly licence: string | null;
  readonly licenceCost: number | null;
  readonly licenceCurrency: string | null;
  /** When somebody last said that all of this is still right. */
  readonly reviewedAt: Date | null;
  /** What the target keeps when it renames it; null where it has nothing of the kind. */
  readonly stableId: string | null;
  /** Its native id before the last rename at the source, and when that was seen. */
  readonly renamedFrom: string | null;
  readonly renamedAt: Date | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly ownerId: string | null;
  readonly risk: Risk;
  readonly requestable: boolean;
  readonly maxSeconds: number | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** What should be: exactly one of `entitlementId` and `roleId` is set. */
export interface Grant {
  readonly id: string;
  readonly identityId: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly origin: GrantOrigin;
  readonly originId: string | null;
  /** Why, in the words of whoever caused it. */
  readonly reason: string | null;
  readonly started: boolean;
  readonly endedBecause: string | null;
}

/** What is, as read. */
export interface Holding {
  readonly accountId: string;
  readonly entitlementId: string;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  /** When it was last seen: in its own reading or in the system's last whole one, whichever is later. */
  readonly observedAt: Date;
  readonly quality: HoldingQuality;
  /** Who gave it, in the words of the target, where it keeps that. */
  readonly givenBy: string | null;
}

/** One step of a path, from the identity's side towards what is reached. */
export interface PathStep {
  readonly kind: 'grant' | 'role' | 'entitlement' | 'account';
  readonly id: string;
  readonly name: string;
}

/** One thing an identity reaches, from one source. */
export interface Access {
  readonly identityId: string;
  /** `grant`: by a grant. `holding`: by an account of its own. */
  readonly via: 'grant' | 'holding';
  /** The grant's or the own account's id. */
  readonly sourceId: string;
  /** What is reached; absent when the row says that `accountId` itself is reached. */
  readonly entitlementId?: string;
  /** The last account on the path: the own one, or a shared one whose use is entitled. */
  readonly accountId?: string;
  readonly systemId: string;
  readonly name: string;
  /** Shortest path at the first instant of the row within what was asked. */
  readonly path: readonly PathStep[];
  /** How long it is reached without a gap, by what is live in the asked window. */
  readonly validFrom: Date;
  readonly validTo: Date | null;
  /** True when it, or anything it implies, is privileged. */
  readonly privileged: boolean;
}

/** A difference between what should be and what is. */
export interface Drift {
  /** `unfounded`: a holding without a grant. `missing`: a grant without a holding. */
  readonly kind: 'unfounded' | 'missing';
  readonly systemId: string;
  readonly entitlementId: string;
  readonly accountId: string | null;
  readonly identityId: string | null;
  readonly grantId: string | null;
  readonly since: Date;
  readonly privileged: boolean;
  /** Who gave an unfounded holding, in the words of the target, where it keeps that. */
  readonly givenBy: string | null;
}
