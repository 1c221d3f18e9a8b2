import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Grant } from '#spine/graph/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { endAccess, giveBack } from '../grants/end-grants.ts';
import { submitRequest } from '../submit-request.ts';
import { showOne, showVerdicts } from './answers.ts';
import { linesIn, requestOut, timeIn, verdictOut } from './shapes.ts';

const endedOut = z.object({ id: z.uuid(), validTo: instantOut, endedBecause: z.string() });

const ended = (grant: Grant) => {
  if (grant.validTo === null || grant.endedBecause === null) throw notFound('grant', grant.id);
  return { id: grant.id, validTo: grant.validTo, endedBecause: grant.endedBecause };
};
const resource = ({ id }: { readonly id: string }) => ({ type: 'Grant', id });

/** Ending access before its time, and asking for more of it. */
export const grantOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'grants.extend',
    action: 'request.submit',
    kind: 'write',
    method: 'POST',
    path: '/v1/grants/{id}/extend',
    summary: 'Ask for more time with access I have',
    description: 'The end of a grant never moves: once approved, another grant follows on it.',
    input: z.object({ id: z.uuid(), ...timeIn, reason: text(2000), ticket: text(200).optional() }),
    output: z.object({ request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'extend', positional: ['id'] },
    handler: async (ctx, permit, { id, reason, ticket, ...time }) => {
      const beneficiaryId = ctx.principal.id;
      const lines = linesIn({ lines: [{ extendsGrantId: id, ...time }] });
      const submitted = await submitRequest(ctx, permit, edges.decide, { beneficiaryId, lines, reason, ticket });
      return {
        request: await showOne(ctx, submitted.requestId),
        lines: await showVerdicts(ctx, edges.decide, beneficiaryId, submitted.lines),
      };
    },
  }),
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
