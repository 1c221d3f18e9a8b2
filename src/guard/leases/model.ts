import { base32, sha256 } from '#kit/crypto/index.ts';

/** What a database user of a lease is like. */
export interface LeaseTemplate {
  readonly id: string;
  readonly name: string;
  readonly systemId: string;
  readonly systemName: string;
  /** Holding this one is what lets somebody ask. */
  readonly entitlementId: string;
  /** What the user holds, by the target's native ids. */
  readonly entitlements: readonly string[];
  readonly prefix: string;
  readonly defaultSeconds: number;
  /** From the first minute to the last renewal. */
  readonly longestSeconds: number;
  /** Who gets what the user made; null: the account Reeve works with. */
  readonly heir: string | null;
  readonly ownerId: string;
}

/**
 * asked: written, the user is being made. live: it was made. ending: it is over, and the target was not yet seen without
 * the user. ended: it was.
 */
export type LeaseState = 'asked' | 'live' | 'ending' | 'ended';

/** A database user that is there for a time. */
export interface Lease {
  readonly id: string;
  readonly templateId: string;
  readonly templateName: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly grantIds: readonly string[];
  readonly account: string;
  readonly state: LeaseState;
  readonly askedAt: Date;
  readonly endsAt: Date;
  /** No renewal goes beyond. */
  readonly latestAt: Date;
  readonly madeAt: Date | null;
  readonly takenAt: Date | null;
  readonly endingBecause: string | null;
  readonly endingAt: Date | null;
  readonly endedAt: Date | null;
  readonly problem: string | null;
}

/** The kind of the entitlements that open templates. */
export const LEASE_KIND = 'lease';

/** How the user of a lease is called: the template's prefix, then what nobody guesses and no other lease has. */
export const accountOf = (prefix: string, leaseId: string): string =>
  `${prefix}${base32(sha256(Buffer.from(`lease account ${leaseId}`)))
    .toLowerCase()
    .slice(0, 12)}`;

/** What ties a sealed password to its place. */
export const passwordContext = (leaseId: string): string => `lease/${leaseId}/password`;

/** A user that is over but not gone yet is overdue after so long. */
export const OVERDUE_MS = 60_000;
