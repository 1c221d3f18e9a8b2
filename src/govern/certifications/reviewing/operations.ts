import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { findIdentityByUsername } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { aboutMe, objectToRevocation, settleObjection } from './challenge.ts';
import { reassignItems } from './reassign-items.ts';
import { listHolds, settleHold } from './settle-hold.ts';
import { holdOut } from './shapes.ts';
import { adviceOf } from './weigh-advice.ts';
import { withoutItem } from './without-item.ts';

/** Items one call moves at most. */
const TOGETHER = 2_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const campaign = (input: { readonly id: string }) => ({ type: 'Campaign', id: input.id });
const item = (input: { readonly id: string }) => ({ type: 'CampaignItem', id: input.id });

async function identityOf(ctx: Ctx, said: string): Promise<string> {
  if (UUID.test(said)) return said;
  const found = await findIdentityByUsername(ctx.tx, said);
  if (found === undefined) throw invalid('/to', `there is nobody called ${said}`, 'give an id or a username');
  return found.id;
}

/** How items are reviewed: given on, held, answered. */
export const reviewingOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'campaigns.reassign',
    action: 'campaign.reassign',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/reassign',
    summary: 'Give items to somebody who knows better; scope=all: anybody’s, for whoever runs the campaign',
    description:
      'Both names are on the record. What was noted and not signed is open again. Refused where the other is not independent of one of them.',
    input: z.object({
      id: z.uuid(),
      /** Who is to review them: an id or a username. */
      to: text(200),
      items: z.array(z.uuid()).min(1).max(TOGETHER),
      reason: text(500),
      scope: z.enum(['mine', 'all']).default('mine'),
    }),
    output: z.object({ moved: z.int(), to: z.uuid() }),
    cli: { command: 'review reassign', positional: ['id', 'to'] },
    resource: campaign,
    context: (input) => ({ everything: input.scope === 'all' }),
    handler: async (ctx, permit, input) =>
      reassignItems(ctx, permit, {
        ...input,
        to: await identityOf(ctx, input.to),
        everybodys: input.scope === 'all',
      }),
  }),
  defineOperation({
    name: 'campaigns.holds',
    action: 'campaign.read_holds',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}/holds',
    summary: 'List batches that looked as if nobody had looked, and what became of them',
    input: z.object({ id: z.uuid(), ...pageInput }),
    output: pageOf(holdOut),
    cli: {
      command: 'campaigns holds',
      positional: ['id'],
      columns: ['id', 'reviewerName', 'decisions', 'alike', 'fast', 'canaries', 'missed', 'outcome'],
    },
    resource: campaign,
    handler: (ctx, _permit, input) => listHolds(ctx.tx, { ...input, campaignId: input.id }),
  }),
  defineOperation({
    name: 'campaigns.settleHold',
    action: 'campaign.settle_hold',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/settle-hold',
    summary: 'Let a held batch count, open its decisions again, or give them to the next in line',
    input: z.object({
      id: z.uuid(),
      holdId: z.uuid(),
      outcome: z.enum(['release', 'reopen', 'reroute']),
      because: text(500),
    }),
    output: z.object({ items: z.int(), outcome: z.enum(['released', 'reopened', 'rerouted']) }),
    cli: { command: 'campaigns settle-hold', positional: ['id', 'holdId', 'outcome'] },
    resource: campaign,
    handler: (ctx, permit, input) => settleHold(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.advice',
    action: 'campaign.read_holds',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}/advice',
    summary: 'How often what was recommended was decided otherwise, by recommender and rule, once a campaign is closed',
    input: z.object({ id: z.uuid() }),
    output: z.object({
      items: z.array(
        z.object({
          recommender: z.string(),
          rule: z.string(),
          what: z.enum(['keep', 'revoke', 'look']),
          decided: z.int(),
          overturned: z.int(),
          shareOverturned: z.number().nullable(),
        }),
      ),
    }),
    cli: { command: 'campaigns advice', positional: ['id'], columns: ['rule', 'what', 'decided', 'overturned'] },
    resource: campaign,
    handler: async (ctx, _permit, input) => ({ items: await adviceOf(ctx.tx, input.id) }),
  }),
  defineOperation({
    name: 'items.without',
    action: 'campaign_item.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/items/{id}/without',
    summary: 'How many recorded sessions of the last 90 days before the launch would have failed without this access',
    input: z.object({ id: z.uuid() }),
    output: z.object({
      known: z.boolean(),
      days: z.int(),
      sessions: z.int(),
      rested: z.int(),
      failed: z.int(),
      sentence: z.string(),
    }),
    cli: { command: 'review without', positional: ['id'] },
    resource: item,
    handler: (ctx, _permit, input) => withoutItem(ctx.tx, input.id),
  }),
  defineOperation({
    name: 'items.aboutMe',
    action: 'campaign_item.list_about_me',
    kind: 'read',
    method: 'GET',
    path: '/v1/items/about-me',
    summary: 'List revocations of my access, or of what I answer for, that I may still answer',
    input: z.object({}),
    output: z.object({
      items: z.array(
        z.object({
          id: z.uuid(),
          campaignName: z.string(),
          identityId: z.uuid(),
          what: z.string(),
          because: z.string().nullable(),
          answerBy: instantOut,
          objection: z.string().nullable(),
        }),
      ),
    }),
    cli: { command: 'review about-me', columns: ['id', 'what', 'because', 'answerBy', 'objection'] },
    handler: async (ctx) => ({ items: await aboutMe(ctx.tx, ctx.principal.id) }),
  }),
  defineOperation({
    name: 'items.object',
    action: 'campaign_item.object',
    kind: 'write',
    method: 'POST',
    path: '/v1/items/{id}/object',
    summary: 'Say why access that is to be revoked should stay; the reviewer is asked again',
    input: z.object({ id: z.uuid(), words: text(1000) }),
    output: z.object({ answerBy: instantOut }),
    cli: { command: 'review object', positional: ['id'] },
    resource: item,
    handler: (ctx, permit, input) => objectToRevocation(ctx, permit, input),
  }),
  defineOperation({
    name: 'items.settleObjection',
    action: 'campaign_item.settle_objection',
    kind: 'write',
    method: 'POST',
    path: '/v1/items/{id}/settle-objection',
    summary: 'Stand by a revocation somebody objected to, or take it back',
    input: z.object({ id: z.uuid(), outcome: z.enum(['uphold', 'withdraw']), because: text(1000) }),
    output: z.object({ state: z.string() }),
    cli: { command: 'review settle-objection', positional: ['id', 'outcome'] },
    resource: item,
    handler: (ctx, permit, input) => settleObjection(ctx, permit, input),
  }),
];
