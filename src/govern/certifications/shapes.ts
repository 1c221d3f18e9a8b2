import { z } from 'zod';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { recommendationOut, stageShape } from './reviewing/shapes.ts';
import {
  ACTIONS,
  CAMPAIGN_STATES,
  ITEM_STATES,
  KINDS,
  NO_RESPONSES,
  REVIEWER_RULES,
  RISKS,
  SUBJECTS,
  TRIGGERS,
} from './model.ts';

export const scope = z.object({
  systemId: z.uuid().optional(),
  entitlementId: z.uuid().optional(),
  roleId: z.uuid().optional(),
  identityId: z.uuid().optional(),
  managerId: z.uuid().optional(),
  ownerId: z.uuid().optional(),
  department: text(200).optional(),
  minRisk: z.enum(RISKS).optional(),
  text: text(200).optional(),
  privileged: z.boolean().optional(),
  reviewerId: z.uuid().optional(),
});
/** How a campaign is reviewed. */
export const review = z.object({
  stages: z.array(stageShape).min(1).max(3).nullable().default(null),
  reciprocal: z.enum(['allow', 'reroute']).default('allow'),
  holdFrom: z.int().min(5).max(100_000).nullable().default(20),
  canaries: z.int().min(0).max(5).default(0),
  challengeDays: z.int().min(0).max(30).default(0),
  challengePrivileged: z.boolean().default(false),
});
/** How far a campaign is. */
export const progressOut = {
  total: z.int(),
  open: z.int(),
  decided: z.int(),
  kept: z.int(),
  revoking: z.int(),
  revoked: z.int(),
  unanswered: z.int(),
};
/** A campaign, as operations answer it. */
export const campaignOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  scope,
  reviewerRule: z.string(),
  state: z.enum(CAMPAIGN_STATES),
  delta: z.boolean(),
  noResponse: z.enum(NO_RESPONSES),
  review,
  dueAt: instantOut,
  createdBy: z.uuid(),
  launchedAt: instantOut.nullable(),
  frozenAt: instantOut.nullable(),
  frozen: z.int(),
  withoutReviewer: z.int(),
  closedAt: instantOut.nullable(),
  openedBy: z.enum(TRIGGERS).nullable(),
  scheduleId: z.uuid().nullable(),
});
const evidenceOut = z.object({
  origin: z.string(),
  reason: z.string().nullable(),
  since: z.string(),
  until: z.string().nullable(),
  privileged: z.boolean(),
  risk: z.string(),
  lastUse: z.string().nullable(),
  uses: z.int(),
  sessions: z.array(
    z.object({
      sessionId: z.uuid(),
      protocol: z.string(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      commands: z.int(),
      commandClasses: z.array(z.string()),
    }),
  ),
  peers: z.object({ holding: z.int(), of: z.int() }).nullable(),
  conflicts: z.array(z.string()),
  about: z.record(z.string(), z.string().nullable()).optional(),
  runs: z.array(z.object({ ranAt: z.string(), result: z.string(), by: z.string(), reference: z.string() })).optional(),
});
/** An item with its evidence. */
export const itemOut = z.object({
  id: z.uuid(),
  campaignId: z.uuid(),
  subject: z.enum(SUBJECTS),
  grantId: z.uuid().nullable(),
  identityId: z.uuid().nullable(),
  identityName: z.string().nullable().optional(),
  roleContentId: z.uuid().nullable(),
  accountId: z.uuid().nullable(),
  entitlementId: z.uuid().nullable(),
  exceptionId: z.uuid().nullable(),
  reviewerId: z.uuid(),
  routed: z.string(),
  reroutedBecause: z.string().nullable(),
  stage: z.int(),
  seat: z.int(),
  canary: z.boolean(),
  canaryFound: z.boolean().nullable(),
  what: z.string(),
  evidence: evidenceOut,
  recommendation: recommendationOut.nullable(),
  lastKeptAt: instantOut.nullable(),
  lastKeptBy: z.uuid().nullable(),
  changes: z.array(z.object({ what: z.string(), was: z.string().nullable(), is: z.string().nullable() })),
  unchanged: z.boolean(),
  state: z.enum(ITEM_STATES),
  decision: z.enum(['keep', 'revoke']).nullable(),
  noResponse: z.boolean(),
  comment: z.string().nullable(),
  action: z.enum(ACTIONS).nullable(),
  problem: z.string().nullable(),
  goneSince: instantOut.nullable(),
  decidedBy: z.uuid().nullable(),
  decidedFor: z.uuid().nullable(),
  decidedAt: instantOut.nullable(),
  answerBy: instantOut.nullable(),
  objection: z.string().nullable(),
  signedAt: instantOut.nullable(),
  sessionsEndedMs: z.int().nullable(),
  effectMs: z.int().nullable(),
  proven: z.boolean().nullable(),
  closedAt: instantOut.nullable(),
});
export const byId = z.object({ id: z.uuid() });

/** What a campaign is drafted from. */
export const campaignIn = z.object({
  name: text(200),
  kind: z.enum(KINDS).default('ad_hoc'),
  scope: scope.default({}),
  reviewerRule: z.enum(REVIEWER_RULES).optional(),
  delta: z.boolean().default(false),
  noResponse: z.enum(NO_RESPONSES).default('report'),
  review: review.prefault({}),
  dueAt: instantIn,
});
/** What a launch would freeze, and for whom. */
export const previewOut = z.object({
  items: z.int(),
  rerouted: z.int(),
  withoutReviewer: z.int(),
  people: z.int(),
  privileged: z.int(),
  reviewers: z.array(z.object({ identityId: z.uuid(), items: z.int(), fellTo: z.int() })),
  routes: z.array(z.object({ routed: z.string(), items: z.int() })),
});
/** A reviewer of a campaign, how far they are and how they decide. */
export const reviewerOut = z.object({
  identityId: z.uuid(),
  name: z.string(),
  ...progressOut,
  decisions: z.int(),
  alike: z.int(),
  paceMs: z.int().nullable(),
  canariesFound: z.int(),
  canariesMissed: z.int(),
  holds: z.int(),
  held: z.boolean(),
});
