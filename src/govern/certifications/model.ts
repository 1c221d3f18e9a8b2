/** What a campaign looks at. */
export interface CampaignScope {
  readonly systemId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly identityId?: string | undefined;
  /** Only what is privileged. */
  readonly privileged?: boolean | undefined;
  /** For the reviewer rule `named`. */
  readonly reviewerId?: string | undefined;
}
export type CampaignKind = 'manager' | 'owner' | 'system' | 'privileged';
export type ReviewerRule = 'manager' | 'owner' | 'named';

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly kind: CampaignKind;
  readonly scope: CampaignScope;
  readonly reviewerRule: ReviewerRule;
  readonly state: 'draft' | 'open' | 'closed';
  readonly dueAt: Date;
  readonly createdBy: string;
  readonly launchedAt: Date | null;
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

/** What stands beside an item, frozen at launch. */
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
}

/**
 * open → decided (may be undone) → signed: kept, or revoking until the effect is proved, then revoked. Closing a
 * campaign makes what is still open unanswered, which is never an approval.
 */
export type ItemState = 'open' | 'decided' | 'kept' | 'revoking' | 'revoked' | 'unanswered';

export interface CampaignItem {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string;
  readonly identityId: string;
  readonly reviewerId: string;
  readonly what: string;
  readonly evidence: Evidence;
  readonly state: ItemState;
  readonly decision: 'keep' | 'revoke' | null;
  readonly comment: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly signedAt: Date | null;
  readonly sessionsEndedMs: number | null;
  readonly effectMs: number | null;
  readonly proven: boolean | null;
  readonly closedAt: Date | null;
}

/** A grant in scope with everybody who could review it, in order of preference. */
export interface Candidate {
  readonly grantId: string;
  readonly identityId: string;
  readonly managerId: string | null;
  readonly ownerId: string | null;
  readonly systemOwnerId: string | null;
}

/** Who reviews an item: by the campaign's rule, else the next who is not the person concerned; nobody reviews themself. */
export function chooseReviewer(
  campaign: Pick<Campaign, 'reviewerRule' | 'scope' | 'createdBy'>,
  candidate: Candidate,
  active: ReadonlySet<string>,
): string | undefined {
  const { managerId, ownerId, systemOwnerId } = candidate;
  const byRule: Readonly<Record<ReviewerRule, readonly (string | null | undefined)[]>> = {
    manager: [managerId, ownerId, systemOwnerId],
    owner: [ownerId, systemOwnerId, managerId],
    named: [campaign.scope.reviewerId, ownerId, systemOwnerId, managerId],
  };
  const order = [...byRule[campaign.reviewerRule], campaign.createdBy];
  return order.find((id): id is string => id != null && id !== candidate.identityId && active.has(id));
}
