import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { closeCampaign, decideItem, signCampaign } from './decide-item.ts';
import { createCampaign, launchCampaign, previewCampaign } from './launch-campaign.ts';
import { findCampaign, findItem, listCampaigns, listItems, progressOf } from './store.ts';

const scope = z.object({
  systemId: z.uuid().optional(),
  entitlementId: z.uuid().optional(),
  identityId: z.uuid().optional(),
  privileged: z.boolean().optional(),
  reviewerId: z.uuid().optional(),
});
const progressOut = {
  total: z.int(),
  open: z.int(),
  decided: z.int(),
  kept: z.int(),
  revoking: z.int(),
  revoked: z.int(),
};
const campaignOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  scope,
  reviewerRule: z.string(),
  state: z.enum(['draft', 'open', 'closed']),
  dueAt: instantOut,
  createdBy: z.uuid(),
  launchedAt: instantOut.nullable(),
  closedAt: instantOut.nullable(),
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
});
const itemOut = z.object({
  id: z.uuid(),
  campaignId: z.uuid(),
  grantId: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string().optional(),
  reviewerId: z.uuid(),
  what: z.string(),
  evidence: evidenceOut,
  state: z.enum(['open', 'decided', 'kept', 'revoking', 'revoked', 'unanswered']),
  decision: z.enum(['keep', 'revoke']).nullable(),
  comment: z.string().nullable(),
  decidedBy: z.uuid().nullable(),
  decidedAt: instantOut.nullable(),
  signedAt: instantOut.nullable(),
  sessionsEndedMs: z.int().nullable(),
  effectMs: z.int().nullable(),
  proven: z.boolean().nullable(),
  closedAt: instantOut.nullable(),
});
const byId = z.object({ id: z.uuid() });
const campaign = (input: { readonly id: string }) => ({ type: 'Campaign', id: input.id });

/** Certification campaigns: built, launched, worked through, signed, closed. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'campaigns.list',
    action: 'campaign.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns',
    summary: 'List certification campaigns with their progress; scope=mine: those I review in',
    input: z.object({ ...pageInput, scope: z.enum(['mine', 'all']).default('mine') }),
    output: pageOf(campaignOut.extend(progressOut)),
    cli: { command: 'campaigns ls', columns: ['id', 'name', 'state', 'total', 'open', 'revoking', 'revoked', 'dueAt'] },
    context: (input) => ({ everything: input.scope === 'all' }),
    handler: (ctx, _permit, input) =>
      listCampaigns(ctx.tx, { ...input, reviewerId: input.scope === 'mine' ? ctx.principal.id : undefined }),
  }),
  defineOperation({
    name: 'campaigns.create',
    action: 'campaign.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns',
    summary: 'Draft a certification campaign',
    input: z.object({
      name: text(200),
      kind: z.enum(['manager', 'owner', 'system', 'privileged']).default('privileged'),
      scope: scope.default({}),
      reviewerRule: z.enum(['manager', 'owner', 'named']).default('manager'),
      dueAt: instantIn,
    }),
    output: campaignOut,
    cli: { command: 'campaigns create', positional: ['name'] },
    handler: (ctx, permit, input) => createCampaign(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.show',
    action: 'campaign.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}',
    summary: 'Show a campaign and how far it is',
    input: byId,
    output: campaignOut.extend(progressOut),
    cli: { command: 'campaigns show', positional: ['id'] },
    resource: campaign,
    handler: async (ctx, _permit, input) => {
      const found = await findCampaign(ctx.tx, input.id);
      if (found === undefined) throw notFound('campaign', input.id);
      return { ...found, ...(await progressOf(ctx.tx, found.id)) };
    },
  }),
  defineOperation({
    name: 'campaigns.preview',
    action: 'campaign.launch',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}/preview',
    summary: 'What a launch would freeze, and for which reviewers',
    input: byId,
    output: z.object({
      items: z.int(),
      withoutReviewer: z.int(),
      reviewers: z.array(z.object({ identityId: z.uuid(), items: z.int() })),
    }),
    cli: { command: 'campaigns preview', positional: ['id'] },
    resource: campaign,
    handler: async (ctx, _permit, input) => {
      const found = await findCampaign(ctx.tx, input.id);
      if (found === undefined) throw notFound('campaign', input.id);
      return await previewCampaign(ctx.tx, found);
    },
  }),
  defineOperation({
    name: 'campaigns.launch',
    action: 'campaign.launch',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/launch',
    summary: 'Freeze what is in scope and ask the reviewers',
    input: byId,
    output: campaignOut,
    cli: { command: 'campaigns launch', positional: ['id'] },
    resource: campaign,
    handler: (ctx, permit, input) => launchCampaign(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.items',
    action: 'campaign.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}/items',
    summary: 'List items with their evidence; scope=mine: those I review',
    input: byId.extend({
      ...pageInput,
      scope: z.enum(['mine', 'all']).default('mine'),
      state: z.string().max(20).optional(),
    }),
    output: pageOf(itemOut),
    cli: {
      command: 'review ls',
      positional: ['id'],
      columns: ['id', 'identityName', 'what', 'state', 'decision', 'effectMs', 'proven'],
    },
    resource: campaign,
    context: (input) => ({ everything: input.scope === 'all' }),
    handler: (ctx, _permit, input) =>
      listItems(ctx.tx, {
        campaignId: input.id,
        reviewerId: input.scope === 'mine' ? ctx.principal.id : undefined,
        state: input.state,
        cursor: input.cursor,
        limit: input.limit,
      }),
  }),
  defineOperation({
    name: 'items.show',
    action: 'campaign_item.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/items/{id}',
    summary: 'Show one item with its evidence',
    input: byId,
    output: itemOut,
    resource: (input) => ({ type: 'CampaignItem', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const item = await findItem(ctx.tx, input.id);
      if (item === undefined) throw notFound('campaign_item', input.id);
      return item;
    },
  }),
  defineOperation({
    name: 'items.decide',
    action: 'campaign_item.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/items/{id}/decide',
    summary: 'Keep or revoke; nothing happens until it is signed, and undo works until then',
    input: byId.extend({ decision: z.enum(['keep', 'revoke', 'undo']), comment: text(1000).optional() }),
    output: itemOut,
    cli: { command: 'review decide', positional: ['id', 'decision'] },
    resource: (input) => ({ type: 'CampaignItem', id: input.id }),
    handler: (ctx, permit, input) => decideItem(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.sign',
    action: 'campaign.sign',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/sign',
    summary: 'Sign my decisions: what I revoked ends now',
    input: byId,
    output: z.object({ kept: z.int(), revoked: z.int() }),
    cli: { command: 'review sign', positional: ['id'] },
    resource: campaign,
    handler: (ctx, permit, input) => signCampaign(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.close',
    action: 'campaign.close',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/close',
    summary: 'Close a campaign; what nobody answered is unanswered, never approved',
    input: byId,
    output: z.object({ unanswered: z.int() }),
    cli: { command: 'campaigns close', positional: ['id'] },
    resource: campaign,
    handler: (ctx, permit, input) => closeCampaign(ctx, permit, input),
  }),
];
