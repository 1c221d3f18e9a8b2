import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import type { Request } from '../model.ts';
import { remindApprovers } from '../approvals/remind-approvers.ts';
import { namesOf, showNotes, showRequests } from '../show-request.ts';
import { notesOf, requestColumns, requestIdOf } from '../store.ts';
import { previewRequest, submitRequest } from '../submit-request.ts';
import { commentOnRequest } from '../comment-on-request.ts';
import { refuseOtherTicket, type TicketTerms } from '../ticket.ts';
import { withdrawRequest } from '../withdraw-request.ts';
import { showOne, showVerdicts } from './answers.ts';
import {
  cartIn,
  forWhom,
  identityMeant,
  linesIn,
  noteOut,
  ownerContext,
  plannedOut,
  requestOut,
  requestRef,
  requestResource,
  verdictOut,
} from './shapes.ts';

const beneficiaryOf = async (ctx: Ctx, forIdentity: string | undefined): Promise<string> =>
  forIdentity === undefined ? ctx.principal.id : ((await identityMeant(ctx.tx, forIdentity)) ?? forIdentity);

const listRequests = async (
  ctx: Ctx,
  input: {
    readonly scope: 'mine' | 'all';
    readonly state?: string | undefined;
    readonly beneficiaryId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
) => {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const mine = sql`(r.requester_id = ${ctx.principal.id} or r.beneficiary_id = ${ctx.principal.id})`;
  const rows = await ctx.tx.many<Request>(sql`
    select ${requestColumns} from request r
     where ${input.scope === 'mine' ? mine : sql`true`}
       and (${input.state ?? null}::text is null or r.state = ${input.state ?? ''})
       and (${input.beneficiaryId ?? null}::uuid is null or r.beneficiary_id = ${input.beneficiaryId ?? null})
       and (${after}::uuid is null or r.id < ${after}) order by r.id desc limit ${input.limit + 1}`);
  const cut = page(rows, input.limit, (r) => [r.id]);
  return { ...cut, items: await showRequests(ctx.tx, cut.items) };
};

/** Asking for access, following what becomes of it, taking it back. */
export const requestOperations = (edges: {
  readonly decide: Decide;
  readonly ticket: TicketTerms;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'requests.list',
    action: 'request.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/requests',
    summary: 'List requests, newest first',
    description: '`mine`: those I made or that are for me. `all`: everybody’s, for those who run, watch or audit.',
    input: z.object({
      scope: z.enum(['mine', 'all']).default('mine'),
      state: z.enum(['pending', 'approved', 'denied', 'withdrawn', 'expired']).optional(),
      beneficiaryId: z.uuid().optional(),
      ...pageInput,
    }),
    output: pageOf(requestOut),
    cli: { command: 'request ls', columns: ['number', 'state', 'summary', 'reason', 'submittedAt'] },
    handler: async (ctx, _permit, input) => {
      if (input.scope === 'all')
        await edges.decide.permit(ctx.tx, { principal: ctx.principal, action: 'request.list_all', resource: PLATFORM });
      return await listRequests(ctx, input);
    },
  }),
  defineOperation({
    name: 'requests.preview',
    action: 'request.preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/requests/preview',
    summary: 'What would become of a request: a verdict for each line, and who would decide',
    input: z.object(cartIn),
    output: z.object({
      lines: z.array(verdictOut),
      steps: z.array(plannedOut),
      submittable: z.boolean(),
      /** Why it cannot be submitted though lines could go on. */
      stuck: z.string().nullable(),
    }),
    cli: { command: 'request preview', positional: ['what'] },
    resource: forWhom,
    context: ownerContext,
    handler: async (ctx, _permit, input) => {
      const beneficiaryId = await beneficiaryOf(ctx, input.forIdentity);
      const preview = await previewRequest(ctx, edges.decide, {
        beneficiaryId,
        lines: linesIn(input),
        startsAt: input.startsAt,
      });
      const name = await namesOf(
        ctx.tx,
        preview.steps.flatMap((s) => s.ids),
      );
      return {
        lines: await showVerdicts(ctx, edges.decide, beneficiaryId, preview.lines),
        steps: preview.steps.map((s, i) => ({
          n: i + 1,
          stage: s.stage,
          kind: s.kind,
          approvers: s.ids.map(name),
          because: s.because,
        })),
        submittable: preview.stuck === undefined && preview.lines.some((l) => l.verdict === 'allowed'),
        stuck: preview.stuck ?? null,
      };
    },
  }),
  defineOperation({
    name: 'requests.submit',
    action: 'request.submit',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests',
    summary: 'Ask for access',
    description: 'Lines that can go on are submitted; `lines` answers for every line, also those that cannot.',
    input: z.object({ ...cartIn, reason: text(2000), ticket: text(200).optional() }),
    output: z.object({ request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'request create', positional: ['what'] },
    resource: forWhom,
    context: ownerContext,
    handler: async (ctx, permit, input) => {
      refuseOtherTicket(edges.ticket, input.ticket);
      const beneficiaryId = await beneficiaryOf(ctx, input.forIdentity);
      const { requestId, lines } = await submitRequest(ctx, permit, edges.decide, {
        beneficiaryId,
        lines: linesIn(input),
        reason: input.reason,
        ticket: input.ticket,
        startsAt: input.startsAt,
      });
      return {
        request: await showOne(ctx, requestId),
        lines: await showVerdicts(ctx, edges.decide, beneficiaryId, lines),
      };
    },
  }),
  defineOperation({
    name: 'requests.show',
    action: 'request.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/requests/{id}',
    summary: 'Show a request with its timeline',
    input: z.object({ id: requestRef }),
    output: requestOut.extend({ timeline: z.array(noteOut) }),
    cli: { command: 'request show', positional: ['id'] },
    resource: requestResource,
    handler: async (ctx, _permit, input) => {
      const id = await requestIdOf(ctx.tx, input.id);
      const shown = await showOne(ctx, id);
      return { ...shown, timeline: await showNotes(ctx.tx, await notesOf(ctx.tx, id)) };
    },
  }),
  defineOperation({
    name: 'requests.withdraw',
    action: 'request.withdraw',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/{id}/withdraw',
    summary: 'Take a request back before it is decided or before its time has come, or some of its lines',
    input: z.object({
      id: requestRef,
      /** Absent: all that is still to come of it. */
      lineIds: z.array(z.uuid()).min(1).max(1000).optional(),
    }),
    output: requestOut,
    cli: { command: 'request cancel', positional: ['id'] },
    resource: requestResource,
    handler: async (ctx, permit, input) => showOne(ctx, await withdrawRequest(ctx, permit, input)),
  }),
  defineOperation({
    name: 'requests.comment',
    action: 'request.comment',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/{id}/comments',
    summary: 'Say or ask something about a request; those concerned are told',
    description: 'All who may read the request read it on its timeline, and it stays there.',
    input: z.object({ id: requestRef, text: text(2000) }),
    output: requestOut.extend({ timeline: z.array(noteOut) }),
    cli: { command: 'request comment', positional: ['id', 'text'] },
    resource: requestResource,
    handler: async (ctx, permit, input) => {
      const id = await commentOnRequest(ctx, permit, input);
      return { ...(await showOne(ctx, id)), timeline: await showNotes(ctx.tx, await notesOf(ctx.tx, id)) };
    },
  }),
  defineOperation({
    name: 'requests.terms',
    action: 'request.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/request-terms',
    summary: 'How tickets are written in this house, and where they are',
    input: z.object({}),
    output: z.object({ ticketPattern: z.string().nullable(), ticketUrl: z.string().nullable() }),
    cli: { command: 'request terms' },
    handler: async () => ({ ticketPattern: edges.ticket.pattern, ticketUrl: edges.ticket.url }),
  }),
  defineOperation({
    name: 'requests.remind',
    action: 'request.remind',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/{id}/remind',
    summary: 'Remind those a request waits for; at most once an hour',
    input: z.object({ id: requestRef }),
    output: requestOut,
    cli: { command: 'request remind', positional: ['id'] },
    resource: requestResource,
    handler: async (ctx, permit, input) => showOne(ctx, await remindApprovers(ctx, permit, input.id)),
  }),
];
