export const LOCK_SCOPES = ['identity', 'account', 'system', 'everything'] as const;
export type LockScope = (typeof LOCK_SCOPES)[number];

/** No access past it while it holds. */
export interface Lock {
  readonly id: string;
  readonly scope: LockScope;
  readonly identityId: string | null;
  readonly accountId: string | null;
  readonly systemId: string | null;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
  /** When it is over by itself; null: when it is lifted. */
  readonly endsAt: Date | null;
  readonly liftedAt: Date | null;
  readonly liftedBy: string | null;
  readonly liftedBecause: string | null;
}

/** Locks are for things; what is asked for touches some of them. */
export interface Touched {
  readonly identityId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly systemId?: string | undefined;
  /** It rests on emergency access, which a lock on everything lets through. */
  readonly emergency?: boolean | undefined;
}

/** What somebody is told whose way is locked. */
export const LOCKED_WORDS: Readonly<Record<LockScope, string>> = {
  identity: 'access of this person is locked',
  account: 'this account is locked',
  system: 'this system is locked',
  everything: 'all access is locked',
};

/** What a lock is on, as rows are looked for by; nothing named: everything. */
export type LockedOn = Pick<Touched, 'identityId' | 'accountId' | 'systemId'>;
