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
  'role_composition',
  'orphan_accounts',
  'sod_exceptions',
] as const;
/** Kinds a person drafts, and those that what happens or a clock opens. */
export type CampaignKind = (typeof KINDS)[number] | 'event' | 'continuous';
export const TRIGGERS = ['mover', 'drift', 'risk', 'risk_jump', 'out_of_band_grant', 'clock'] as const;
/** What opens a review by itself. */
export type Trigger = (typeof TRIGGERS)[number];
export const SUBJECTS = ['grant', 'role_content', 'account', 'exception', 'holding'] as const;
/** What an item is about. */
export type Subject = (typeof SUBJECTS)[number];
export const ACTIONS = ['person', 'role'] as const;
/** How a revocation ends the access: every way by which the person has it, or by taking it out of the roles that give it. */
export type Action = (typeof ACTIONS)[number];

/** What all items of a campaign are about. */
export const subjectOf = ({ kind, openedBy }: Pick<Campaign, 'kind' | 'openedBy'>): Subject =>
  kind === 'role_composition'
    ? 'role_content'
    : kind === 'orphan_accounts'
      ? 'account'
      : kind === 'sod_exceptions'
        ? 'exception'
        : openedBy === 'drift'
          ? 'holding'
          : 'grant';
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
  /** What happened that opened it; null where a person or a schedule did. */
  readonly openedBy: Trigger | null;
  readonly scheduleId: string | null;
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
  /** What else stands beside it, by what it is about: the role and its holders, the control of an exception. */
  readonly about?: Readonly<Record<string, string | null>>;
  /** Runs of the control behind an exception, the newest first. */
  readonly runs?: readonly {
    readonly ranAt: string;
    readonly result: string;
    readonly by: string;
    readonly reference: string;
  }[];
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
  readonly subject: Subject;
  /** Set where it is about a grant. */
  readonly grantId: string | null;
  /** Whose it is; null for a part of a role and for an account nobody answers for. */
  readonly identityId: string | null;
  readonly roleContentId: string | null;
  readonly accountId: string | null;
  readonly entitlementId: string | null;
  readonly exceptionId: string | null;
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
  /** How a revocation is to end the access; null: the narrowest for the person. */
  readonly action: Action | null;
  /** Why a revocation is not carried out yet. */
  readonly problem: string | null;
  /** Since when what it gives is gone at its source. */
  readonly goneSince: Date | null;
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
