import type { Stage } from './reviewing/stages.ts';

/** What a campaign looks at. All that is given narrows it. */
export interface CampaignScope {
  readonly systemId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  readonly identityId?: string | undefined;
  /** Only the people this one manages. */
  readonly managerId?: string | undefined;
  /** Only what this one owns. */
  readonly ownerId?: string | undefined;
  readonly department?: string | undefined;
  /** Only what is at least so risky. */
  readonly minRisk?: Risk | undefined;
  /** Only what has these letters in its name. */
  readonly text?: string | undefined;
  /** Only what is privileged. */
  readonly privileged?: boolean | undefined;
  /** For the reviewer rule `named`. */
  readonly reviewerId?: string | undefined;
}
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];
export const KINDS = [
  'manager',
  'owner',
  'system',
  'role_membership',
  'privileged',
  'service_accounts',
  'vendors',
  'ad_hoc',
] as const;
export type CampaignKind = (typeof KINDS)[number];
export const REVIEWER_RULES = ['manager', 'owner', 'named'] as const;
export type ReviewerRule = (typeof REVIEWER_RULES)[number];
export const NO_RESPONSES = ['report', 'revoke'] as const;
/** What silence at the deadline leads to; never an approval. */
export type NoResponse = (typeof NO_RESPONSES)[number];
export const CAMPAIGN_STATES = ['draft', 'freezing', 'open', 'closing', 'closed'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** How a campaign is reviewed. */
export interface ReviewSettings {
  /** Null: one reviewer by the rule decides. */
  readonly stages: readonly Stage[] | null;
  /** Whether two may review one another. */
  readonly reciprocal: 'allow' | 'reroute';
  /** So many identical decisions in under two seconds each are held at signing; null: none are. */
  readonly holdFrom: number | null;
  /** Lines known to be wrong that each reviewer is shown. */
  readonly canaries: number;
  /** Days the person concerned has to answer a revocation; 0: it is at once. */
  readonly challengeDays: number;
  /** Whether that is so for privileged access too. */
  readonly challengePrivileged: boolean;
}

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly kind: CampaignKind;
  readonly scope: CampaignScope;
  readonly reviewerRule: ReviewerRule;
  readonly state: CampaignState;
  /** Group what has not changed since it was last kept. */
  readonly delta: boolean;
  readonly noResponse: NoResponse;
  readonly review: ReviewSettings;
  readonly dueAt: Date;
  readonly createdBy: string;
  readonly launchedAt: Date | null;
  /** The instant all items are of. */
  readonly frozenAt: Date | null;
  /** The checkpoint: grants up to this one are frozen. */
  readonly upto: string | null;
  readonly frozen: number;
  readonly withoutReviewer: number;
  readonly closedAt: Date | null;
}

/** A session as evidence: that it was, how long, and what kind of commands; the recording opens only for those who may. */
export interface UseEvidence {
  readonly sessionId: string;
  readonly protocol: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly commands: number;
  readonly commandClasses: readonly string[];
}

/** What stands beside an item, as it was at the instant of the campaign. */
export interface Evidence {
  readonly origin: string;
  readonly reason: string | null;
  readonly since: string;
  readonly until: string | null;
  readonly privileged: boolean;
  readonly risk: string;
  /** Null: no use was recorded, which for a system Reeve cannot watch means unknown, never unused. */
  readonly lastUse: string | null;
  readonly uses: number;
  readonly sessions: readonly UseEvidence[];
  /** Share of people in the same department who hold the same; absent for groups under five. */
  readonly peers: { readonly holding: number; readonly of: number } | null;
  /** Rules of duties the person is in conflict with. */
  readonly conflicts: readonly string[];
}

/** What the evidence speaks for. Never a decision, and never chosen beforehand. */
export interface Recommendation {
  readonly what: 'keep' | 'revoke' | 'look';
  /** Who says so and by which rule, `use.stale`: their precision is measured apart. */
  readonly rule: string;
  /** Why, with the numbers. */
  readonly reasons: readonly string[];
}

/** Something that is other than at the last decision to keep. */
export interface Change {
  readonly what: string;
  readonly was: string | null;
  readonly is: string | null;
}

/**
 * open → decided (may be undone) → signed: kept, or revoking until the effect is proved, then revoked. Closing a
 * campaign makes what is still open unanswered, which is never an approval, or ends it where the campaign says so.
 * In between: `waiting` for its stage, `voted` where others vote too, `spared` when it came to something without this
 * vote, `held` because nobody seems to have looked, `challenged` while the person concerned may answer. A canary is `checked`.
 */
export const ITEM_STATES = [
  'waiting',
  'open',
  'decided',
  'held',
  'voted',
  'spared',
  'challenged',
  'kept',
  'revoking',
  'revoked',
  'unanswered',
  'checked',
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

export interface CampaignItem {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string;
  readonly identityId: string;
  readonly reviewerId: string;
  /** Why this reviewer. */
  readonly routed: string;
  /** Why not the first by the rule, or who had it before. */
  readonly reroutedBecause: string | null;
  readonly stage: number;
  readonly seat: number;
  /** A line known to be wrong; only said once it is signed. */
  readonly canary: boolean;
  readonly canaryFound: boolean | null;
  readonly answerBy: Date | null;
  readonly objection: string | null;
  readonly what: string;
  readonly evidence: Evidence;
  readonly recommendation: Recommendation | null;
  readonly lastKeptAt: Date | null;
  readonly lastKeptBy: string | null;
  readonly changes: readonly Change[];
  /** In delta mode: nothing changed since it was last kept. */
  readonly unchanged: boolean;
  readonly state: ItemState;
  readonly decision: 'keep' | 'revoke' | null;
  /** Nobody answered, and what the campaign names for that ended it. */
  readonly noResponse: boolean;
  readonly comment: string | null;
  readonly decidedBy: string | null;
  /** In whose name, where a deputy decided. */
  readonly decidedFor: string | null;
  readonly decidedAt: Date | null;
  readonly signedAt: Date | null;
  readonly sessionsEndedMs: number | null;
  readonly effectMs: number | null;
  readonly proven: boolean | null;
  readonly closedAt: Date | null;
}
