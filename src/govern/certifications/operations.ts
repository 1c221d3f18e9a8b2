import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { pageInput, pageOf, text } from '#kit/http/index.ts';
import { ITEM_STATES } from './model.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { closeCampaign } from './close-campaign.ts';
import { decideItem, decideItems, TOGETHER } from './decide-item.ts';
import { createCampaign, launchCampaign } from './launch-campaign.ts';
import { previewCampaign } from './preview-campaign.ts';
import { findItem, listItems } from './read-items.ts';
import { byId, campaignIn, campaignOut, itemOut, previewOut, progressOut, reviewerOut } from './shapes.ts';
import { listReviewers } from './reviewing/list-reviewers.ts';
import { reviewingOperations } from './reviewing/operations.ts';
import { heldOut } from './reviewing/shapes.ts';
import { inWhoseNames, waitsFor } from './reviewing/stand-ins.ts';
import { signCampaign } from './sign-campaign.ts';
import { findCampaign, listCampaigns, progressOf } from './store.ts';

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
    handler: async (ctx, _permit, input) => {
      const me = ctx.principal.id;
      return await listCampaigns(ctx.tx, {
        ...input,
        reviewers: input.scope === 'mine' ? [me, ...(await inWhoseNames(ctx.tx, me, ctx.now))] : undefined,
      });
    },
  }),
  defineOperation({
    name: 'campaigns.create',
    action: 'campaign.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns',
    summary: 'Draft a certification campaign',
    input: campaignIn,
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
    output: previewOut,
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
    summary:
      'List items with their evidence; scope=mine: those I review; group: what has or has not changed since it was last kept',
    input: byId.extend({
      ...pageInput,
      scope: z.enum(['mine', 'all']).default('mine'),
      state: z.enum(ITEM_STATES).optional(),
      group: z.enum(['unchanged', 'changed']).optional(),
    }),
    output: pageOf(itemOut),
    cli: {
      command: 'review ls',
      positional: ['id'],
      columns: ['id', 'identityName', 'what', 'state', 'decision', 'effectMs', 'proven'],
    },
    resource: campaign,
    context: (input) => ({ everything: input.scope === 'all' }),
    handler: async (ctx, _permit, input) => {
      const me = ctx.principal.id;
      const mine = async () => waitsFor(ctx.now, me, await inWhoseNames(ctx.tx, me, ctx.now, input.id));
      return await listItems(ctx.tx, {
        campaignId: input.id,
        mine: input.scope === 'mine' ? await mine() : undefined,
        state: input.state,
        unchanged: input.group === undefined ? undefined : input.group === 'unchanged',
        cursor: input.cursor,
        limit: input.limit,
      });
    },
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
    name: 'campaigns.decide',
    action: 'campaign.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/decide',
    summary: 'Decide many items of mine alike: those named, or all that is unchanged since it was last kept',
    input: byId.extend({
      decision: z.enum(['keep', 'revoke', 'undo']),
      items: z.array(z.uuid()).max(TOGETHER).optional(),
      unchanged: z.boolean().optional(),
      comment: text(1000).optional(),
    }),
    output: z.object({ decided: z.int(), left: z.int() }),
    cli: { command: 'review decide-many', positional: ['id', 'decision'] },
    resource: campaign,
    handler: (ctx, permit, input) => decideItems(ctx, permit, input),
  }),
  defineOperation({
    name: 'campaigns.reviewers',
    action: 'campaign.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/campaigns/{id}/reviewers',
    summary: 'List who reviews in a campaign, how far each is and how they decide',
    input: byId.extend(pageInput),
    output: pageOf(reviewerOut),
    cli: {
      command: 'campaigns reviewers',
      positional: ['id'],
      columns: ['identityId', 'name', 'total', 'open', 'decided', 'alike', 'paceMs', 'canariesMissed', 'holds'],
    },
    resource: campaign,
    context: () => ({ everything: true }),
    handler: (ctx, _permit, input) => listReviewers(ctx.tx, { ...input, campaignId: input.id }),
  }),
  defineOperation({
    name: 'campaigns.sign',
    action: 'campaign.sign',
    kind: 'write',
    method: 'POST',
    path: '/v1/campaigns/{id}/sign',
    summary: 'Sign my decisions: what I revoked ends now',
    input: byId,
    output: z.object({ kept: z.int(), revoked: z.int(), held: heldOut.optional() }),
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
  ...reviewingOperations,
];
