import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Grant } from '#spine/graph/index.ts';
import { endAccess, giveBack } from '../end-grants.ts';

const endedOut = z.object({ id: z.uuid(), validTo: instantOut, endedBecause: z.string() });

const ended = (grant: Grant) => {
  if (grant.validTo === null || grant.endedBecause === null) throw notFound('grant', grant.id);
  return { id: grant.id, validTo: grant.validTo, endedBecause: grant.endedBecause };
};
const resource = ({ id }: { readonly id: string }) => ({ type: 'Grant', id });

/** Ending access before its time. */
export const grantOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'grants.giveBack',
    action: 'grant.give_back',
    kind: 'write',
    method: 'POST',
    path: '/v1/grants/{id}/give-back',
    summary: 'Give access back before its time',
    description: 'Sessions that rest on it end, and the target is made to agree.',
    input: z.object({ id: z.uuid() }),
    output: endedOut,
    cli: { command: 'drop', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => ended(await giveBack(ctx, permit, input.id)),
  }),
  defineOperation({
    name: 'grants.end',
    action: 'grant.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/grants/{id}/end',
    summary: 'End somebody’s access now, saying why',
    description: 'Sessions that rest on it end, and the target is made to agree.',
    input: z.object({ id: z.uuid(), because: text(500) }),
    output: endedOut,
    cli: { command: 'grants end', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => ended(await endAccess(ctx, permit, input)),
  }),
];
