import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';
import { SEATED, VOTES } from './stages.ts';

/** One stage of a review: who is asked at the same time, what comes of their votes, and how many days they have. */
export const stageShape = z.object({
  by: z.array(z.enum(SEATED)).min(1).max(3),
  vote: z.enum(VOTES).default('all_accept'),
  days: z.int().min(1).max(90).optional(),
});

/** A batch that was held. */
export const holdOut = z.object({
  id: z.uuid(),
  campaignId: z.uuid(),
  reviewerId: z.uuid(),
  reviewerName: z.string(),
  heldAt: instantOut,
  decisions: z.int(),
  alike: z.int(),
  fast: z.int(),
  canaries: z.int(),
  missed: z.int(),
  outcome: z.enum(['released', 'reopened', 'rerouted', 'closed']).nullable(),
  because: z.string().nullable(),
  settledAt: instantOut.nullable(),
});

/** What became of a batch that looked unread when it was signed. */
export const heldOut = z.object({
  id: z.uuid(),
  outcome: z.enum(['released', 'reopened', 'rerouted']).nullable(),
  because: z.string(),
  items: z.int(),
});

/** What the evidence speaks for, and why. */
export const recommendationOut = z.object({
  what: z.enum(['keep', 'revoke', 'look']),
  rule: z.string(),
  reasons: z.array(z.string()),
});
