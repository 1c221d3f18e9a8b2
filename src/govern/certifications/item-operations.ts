import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { chooseAction, offerActions } from './ending/offer-actions.ts';
import { ACTIONS } from './model.ts';
import { findItem } from './read-items.ts';
import { byId, itemOut } from './shapes.ts';
import { nameOwner } from './subjects/name-owner.ts';

const item = (input: { readonly id: string }) => ({ type: 'CampaignItem', id: input.id });

/** What a revocation of an item would do, how it is to be done, and who answers for an account. */
export const itemOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'items.actions',
    action: 'campaign_item.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/items/{id}/actions',
    summary: 'What really ends the access, by every way there is to it; the narrowest for the person first',
    input: byId,
    output: z.object({
      chosen: z.enum(ACTIONS).nullable(),
      actions: z.array(z.object({ action: z.enum(ACTIONS), narrowest: z.boolean(), does: z.array(z.string()) })),
    }),
    cli: { command: 'review actions', positional: ['id'] },
    resource: item,
    handler: async (ctx, _permit, input) => {
      const found = await findItem(ctx.tx, input.id);
      if (found === undefined) throw notFound('campaign_item', input.id);
      return { chosen: found.action, actions: await offerActions(ctx.tx, found) };
    },
  }),
  defineOperation({
    name: 'items.choose',
    action: 'campaign_item.choose',
    kind: 'write',
    method: 'POST',
    path: '/v1/items/{id}/choose',
    summary: 'Choose how a revocation is to end the access; without a choice it is the narrowest for the person',
    input: byId.extend({ action: z.enum(ACTIONS) }),
    output: itemOut,
    cli: { command: 'review choose', positional: ['id', 'action'] },
    resource: item,
    handler: (ctx, permit, input) => chooseAction(ctx, permit, input),
  }),
  defineOperation({
    name: 'items.nameOwner',
    action: 'campaign_item.name_owner',
    kind: 'write',
    method: 'POST',
    path: '/v1/items/{id}/owner',
    summary: 'Say who answers for an account under review; that keeps it',
    input: byId.extend({ identity: text(200), because: text(1000) }),
    output: itemOut,
    cli: { command: 'review name-owner', positional: ['id', 'identity'] },
    resource: item,
    handler: (ctx, permit, input) => nameOwner(ctx, permit, input),
  }),
];
