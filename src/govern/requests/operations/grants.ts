import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Grant } from '#spine/graph/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { endAccess, giveBack } from '../grants/end-grants.ts';
import { askRemoval } from '../ask-removal.ts';
import { submitRequest } from '../submit-request.ts';
import { refuseOtherTicket, type TicketTerms } from '../ticket.ts';
import { showOne, showVerdicts } from './answers.ts';
import { linesIn, requestOut, timeIn, verdictOut } from './shapes.ts';

const endedOut = z.object({ id: z.uuid(), validTo: instantOut, endedBecause: z.string() });

const ended = (grant: Grant) => {
  if (grant.validTo === null || grant.endedBecause === null) throw notFound('grant', grant.id);
  return { id: grant.id, validTo: grant.validTo, endedBecause: grant.endedBecause };
};
const resource = ({ id }: { readonly id: string }) => ({ type: 'Grant', id });

/** Ending access before its time, and asking for more of it. */
export const grantOperations = (edges: {
  readonly decide: Decide;
  readonly ticket: TicketTerms;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'grants.extend',
    action: 'request.submit',
    kind: 'write',
    method: 'POST',
    path: '/v1/grants/{id}/extend',
    summary: 'Ask for more time with access I have',
    description:
      'The end of a grant never moves: once approved, another grant begins beside it, for the time asked from then on. What rests on the one goes on resting on the other.',
    input: z.object({ id: z.uuid(), ...timeIn, reason: text(2000), ticket: text(200).optional() }),
    output: z.object({ request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'request extend', positional: ['id'] },
    handler: async (ctx, permit, { id, reason, ticket, ...time }) => {
      refuseOtherTicket(edges.ticket, ticket);
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
    name: 'grants.askRemoval',
    action: 'grant.ask_removal',
    kind: 'write',
    method: 'POST',
    path: '/v1/grants/{id}/ask-removal',
    summary: 'Ask that access be taken away',
    description: 'One’s own ends at once. Somebody else’s ends once who answers for what is held has approved.',
    input: z.object({ id: z.uuid(), reason: text(2000), ticket: text(200).optional(), startsAt: instantIn.optional() }),
    output: z.object({ ended: endedOut.nullable(), request: requestOut.nullable() }),
    cli: { command: 'request remove', positional: ['id'] },
    resource,
    handler: async (ctx, permit, { id, ...input }) => {
      refuseOtherTicket(edges.ticket, input.ticket);
      const asked = await askRemoval(ctx, permit, { grantId: id, ...input });
      return 'ended' in asked
        ? { ended: ended(asked.ended), request: null }
        : { ended: null, request: await showOne(ctx, asked.requestId) };
    },
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
