/**
 * How a target differs from what Reeve says.
 * - `out_of_band`: somebody's account holds what nobody granted them.
 * - `missing`: somebody was granted what none of their accounts holds.
 * - `orphan_account`: a new account that belongs to nobody known.
 * - `leaver_account`: the account of somebody who left is open.
 */
export type Situation = 'out_of_band' | 'missing' | 'orphan_account' | 'leaver_account';
export const SITUATIONS = ['out_of_band', 'missing', 'orphan_account', 'leaver_account'] as const;

/**
 * What can follow. `review`: a person decides. `adopt`: a grant is made of it. `remove`: it is taken off the target.
 * `restore`: it is put back on the target. `disable`: the account is locked.
 */
export type Reaction = 'review' | 'adopt' | 'remove' | 'restore' | 'disable';
export const REACTIONS = ['review', 'adopt', 'remove', 'restore', 'disable'] as const;

/** Which reactions fit which situation; the database holds the same. */
export const FITTING: Readonly<Record<Situation, readonly Reaction[]>> = {
  out_of_band: ['review', 'adopt', 'remove'],
  missing: ['review', 'restore'],
  orphan_account: ['review', 'disable'],
  leaver_account: ['review', 'disable'],
};

/** What follows where nothing was set: a person looks. What a leaver could still get in with is closed at once. */
export const DEFAULT_REACTIONS: Readonly<Record<Situation, Reaction>> = {
  out_of_band: 'review',
  missing: 'review',
  orphan_account: 'review',
  leaver_account: 'disable',
};

export type CaseState = 'open' | 'reacting' | 'accepted' | 'adopted' | 'removed' | 'restored' | 'disabled' | 'gone';

/** What a case is when its reaction was carried out. */
export const SETTLED_AS = {
  adopt: 'adopted',
  remove: 'removed',
  restore: 'restored',
  disable: 'disabled',
} as const satisfies Readonly<Record<Exclude<Reaction, 'review'>, CaseState>>;

/** One difference, from the day it was seen until it was settled. */
export interface DriftCase {
  readonly id: string;
  readonly situation: Situation;
  readonly systemId: string;
  readonly accountId: string | null;
  readonly entitlementId: string | null;
  readonly identityId: string | null;
  readonly grantId: string | null;
  readonly privileged: boolean;
  readonly since: Date;
  readonly state: CaseState;
  readonly reaction: Reaction | null;
  readonly problem: string | null;
  readonly openedAt: Date;
  readonly settledAt: Date | null;
  readonly decidedBy: string | null;
  readonly because: string | null;
  readonly acceptedUntil: Date | null;
}
