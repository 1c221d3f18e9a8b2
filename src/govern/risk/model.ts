/** What makes somebody risky and what it counts, pure. README.md has the words. */

export const LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type RiskLevel = (typeof LEVELS)[number];

/** The most a factor gives, and what its first piece of evidence gives beyond its own points. */
interface Weight {
  readonly most: number;
  readonly first?: number;
}

/** What is counted. For an identity the most of all add up to 100, so that no score is cut off and each is the sum of its reasons. */
export const FACTORS = {
  privileged_access: { most: 24, first: 9 },
  risky_access: { most: 16 },
  duties: { most: 16 },
  duties_excepted: { most: 4 },
  dormant_privileged: { most: 8 },
  emergency: { most: 8 },
  left_with_access: { most: 6 },
  outlier: { most: 5 },
  answers_for: { most: 5 },
  failed_proofs: { most: 4 },
  unanswered: { most: 4 },
  no_owner: { most: 28 },
} as const satisfies Record<string, Weight>;
export type Factor = keyof typeof FACTORS;
/** Counted for accounts of nobody only. */
export const OF_ACCOUNTS: Factor = 'no_owner';

/** What one piece of evidence gives. */
export const POINTS = {
  privileged: 3,
  criticalAccess: 6,
  highAccess: 3,
  violation: { low: 2, medium: 4, high: 8, critical: 12 },
  /** More where both sides were used. */
  bothSidesUsed: 4,
  exception: 2,
  dormant: 4,
  emergencyUse: 2,
  emergencyUnreviewed: 4,
  emergencyNotJustified: 8,
  leftWithAccess: 6,
  /** Among the hundredth, or the twentieth, who stand out most. */
  outlierFirst: 5,
  outlier: 3,
  answersFor: 1,
  answersForPrivileged: 2,
  failedProof: 1,
  unanswered: 1,
  noOwner: 28,
} as const;

/** Pieces of evidence that are named of each factor; all are counted. */
export const NAMED = 5;

export const EVIDENCE_KINDS = [
  'entitlement',
  'role',
  'account',
  'identity',
  'sod_rule',
  'sod_exception',
  'mining_run',
  'emergency_use',
  'step_up',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** One thing that counts. Names are looked up when it is shown: things are renamed, and people forgotten. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly id: string;
  readonly points: number;
  /** The privileged entitlement or account that it leads to, where it is not privileged itself. */
  readonly through?: string | null;
}

/** Points of one factor, with what they are for. */
export interface Reason {
  readonly factor: Factor;
  readonly points: number;
  readonly count: number;
  readonly of: readonly Evidence[];
}

/** The risk of somebody, or of an account nobody owns. */
export interface Risk {
  readonly subjectId: string;
  readonly score: number;
  readonly level: RiskLevel;
  readonly reasons: readonly Reason[];
}
