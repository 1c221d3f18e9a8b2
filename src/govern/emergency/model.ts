/** Paths to emergency access and what became of their uses, pure. README.md has the words. */

/** Defined beforehand: who may take what at once, for how long, and who reviews it by when. */
export interface EmergencyPath {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  /** Exactly one of the two. */
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly userIds: readonly string[];
  /** An entitlement or role: whoever holds it may use the path too. */
  readonly usersHoldId: string | null;
  readonly reviewerIds: readonly string[];
  readonly longestSeconds: number;
  readonly reviewSeconds: number;
  readonly definedBy: string;
  readonly definedAt: Date;
  readonly closedAt: Date | null;
  readonly lockedAt: Date | null;
  readonly lockedBecause: string | null;
  readonly lockedByUseId: string | null;
}

export type Verdict = 'justified' | 'not_justified';

/** One use of a path, with its review. */
export interface EmergencyUse {
  readonly id: string;
  readonly pathId: string;
  readonly identityId: string;
  readonly grantId: string;
  readonly reason: string;
  readonly usedAt: Date;
  /** When the access ends by itself. */
  readonly endsAt: Date;
  readonly reviewDueAt: Date;
  readonly stepUpMethod: 'passkey' | 'totp';
  readonly stepUpAt: Date;
  /** When it was acted on that nobody had reviewed it in time. */
  readonly overdueAt: Date | null;
  readonly verdict: Verdict | null;
  readonly reviewedBy: string | null;
  readonly reviewedAt: Date | null;
  readonly comment: string | null;
}

/** Opening a locked path again: one asks, another agrees. */
export interface Opening {
  readonly id: string;
  readonly pathId: string;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly endsAt: Date;
}

export type PathState = 'open' | 'locked' | 'closed';
export type ReviewState = 'waiting' | 'overdue' | Verdict;

export const pathState = (path: Pick<EmergencyPath, 'closedAt' | 'lockedAt'>): PathState =>
  path.closedAt !== null ? 'closed' : path.lockedAt === null ? 'open' : 'locked';

/** Overdue from its due time on, whether or not anybody has acted on it yet. */
export const reviewState = (use: Pick<EmergencyUse, 'verdict' | 'reviewDueAt'>, now: Date): ReviewState =>
  use.verdict ?? (use.reviewDueAt <= now ? 'overdue' : 'waiting');
