import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type Ctx, type TakeStepUp } from '#spine/operations/index.ts';
import { approveStep, denyStep } from '../approvals/decide-step.ts';
import { wantsStepUp } from '../approvals/wants-step-up.ts';
import { evidenceOf } from '../evidence/line-evidence.ts';
import type { Request } from '../model.ts';
import { namesOf, showRequests } from '../show-request.ts';
import { myWaiting } from '../deputies/my-waiting.ts';
import { findRequest, readPolicy, requestColumns, requestIdOf } from '../store.ts';
import { showOne } from './answers.ts';
import { countWaiting, ref, requestOut, requestRef, requestResource } from './shapes.ts';

const approvalOut = z.object({
  number: z.string(),
  /** Who gets what, in one line. */
  summary: z.string(),
  risk: z.enum(['low', 'medium', 'high', 'critical']),
  dueAt: instantOut,
  request: requestOut,
  step: z.object({
    n: z.int(),
    of: z.int(),
    kind: z.string(),
    because: z.string(),
    openedAt: instantOut,
    dueAt: instantOut,
    escalations: z.int(),
  }),
  /** Whose deputy I decide as; null: I was asked myself. */
  onBehalfOf: ref.nullable(),
  /** Deciding it needs a fresh proof of who decides. */
  stepUp: z.boolean(),
  /** Seconds it has waited for this decision. */
  age: z.int(),
});

const evidenceOut = z.object({
  lineId: z.uuid(),
  /** Sessions of the last 90 days that rested on having the same, and the last there ever was; null: none that is known. */
  used: z.object({ sessions: z.int(), lastAt: instantOut.nullable() }),
  before: z.object({ grants: z.int(), lastEndedAt: instantOut.nullable() }),
  /** Of the others of their department; null where they are fewer than five. */
  peers: z.object({ of: z.int(), have: z.int(), department: z.string() }).nullable(),
  policy: z.object({ version: z.int(), rule: z.int(), says: z.string() }),
});

type Waiting = Request & {
  readonly lineIds: string[];
  readonly n: number;
  readonly of: number;
  readonly kind: string;
  readonly because: string;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly escalations: number;
  readonly onBehalfOf: string | null;
};

const listApprovals = async (ctx: Ctx, input: { readonly cursor?: string | undefined; readonly limit: number }) => {
  const after = readCursor(input.cursor, ['at', 'id']);
  const rows = await ctx.tx.many<Waiting>(sql`
    select ${requestColumns}, s.n, s.line_ids, s.kind, s.because, s.opened_at, s.due_at, s.escalations, w.on_behalf_of,
           (select count(*) from approval_step o where o.request_id = r.id) as of
      from (${myWaiting(ctx.now, ctx.principal.id)}) w join approval_step s on s.id = w.step_id join request r on r.id = s.request_id
     where r.state = 'pending'
       and (${after?.[0] ?? null}::timestamptz is null or (s.due_at, r.id) > (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid))
     order by s.due_at, r.id limit ${input.limit + 1}`);
  const cut = page(rows, input.limit, (r) => [r.dueAt.toISOString(), r.id]);
  const shown = await showRequests(ctx.tx, cut.items);
  const name = await namesOf(
    ctx.tx,
    cut.items.flatMap((row) => row.onBehalfOf ?? []),
  );
  const fresh = await Promise.all(
    cut.items.map(async (row) => {
      const { rules } = await readPolicy(ctx.tx, row.policyNumber);
      return await wantsStepUp(ctx.tx, row, row, rules, { duties: false });
    }),
  );
  return {
    ...cut,
    total: await countWaiting(ctx.tx, ctx.principal.id),
    items: cut.items.flatMap((row, i) => {
      const request = shown[i];
      const { n, of, kind, because, openedAt, dueAt, escalations } = row;
      const age = Math.max(0, Math.round((ctx.now.getTime() - openedAt.getTime()) / 1000));
      if (request === undefined) return [];
      const { number, risk, beneficiary } = request;
      const step = { n, of, kind, because, openedAt, dueAt, escalations };
      const onBehalfOf = row.onBehalfOf === null ? null : name(row.onBehalfOf);
      const summary = `${beneficiary.name}: ${request.summary}`;
      return [{ number, summary, risk, dueAt, request, step, onBehalfOf, stepUp: fresh[i] ?? true, age }];
    }),
  };
};

/** Deciding about requests of others. */
export const approvalOperations = ({ takeStepUp }: { readonly takeStepUp: TakeStepUp }): readonly AnyOperation[] => [
  defineOperation({
    name: 'approvals.list',
    action: 'approval.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/approvals',
    summary: 'List the decisions that wait for me, the most urgent first',
    input: z.object(pageInput),
    output: pageOf(approvalOut).extend({ total: z.int() }),
    cli: {
      command: 'inbox',
      columns: ['number', 'summary', 'risk', 'dueAt'],
    },
    handler: (ctx, _permit, input) => listApprovals(ctx, input),
  }),
  defineOperation({
    name: 'requests.evidence',
    action: 'request.read_evidence',
    kind: 'read',
    method: 'GET',
    path: '/v1/requests/{id}/evidence',
    summary: 'What to know before deciding: use and grants of the same before, peers, and what the policy says',
    input: z.object({ id: requestRef }),
    output: z.object({ items: z.array(evidenceOut), nextCursor: z.null() }),
    cli: {
      command: 'request evidence',
      positional: ['id'],
      columns: ['used.sessions', 'used.lastAt', 'before.grants', 'peers.have', 'peers.of', 'policy.says'],
    },
    resource: requestResource,
    handler: async (ctx, _permit, input) => {
      const request = await findRequest(ctx.tx, await requestIdOf(ctx.tx, input.id));
      if (request === undefined) throw notFound('request', input.id);
      return { items: await evidenceOf(ctx.tx, request), nextCursor: null };
    },
  }),
  defineOperation({
    name: 'requests.approve',
    action: 'request.approve',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/{id}/approve',
    summary: 'Approve the step of a request that waits for me',
    description:
      'The last approval gives the access at once, unless it has become impossible or a conflict of duties meanwhile. Where the policy wants a fresh proof of who decides, it is answered `step_up.required` first.',
    input: z.object({ id: requestRef, comment: text(2000).optional() }),
    output: requestOut,
    cli: { command: 'approve', positional: ['id'] },
    resource: requestResource,
    handler: async (ctx, permit, input) => showOne(ctx, await approveStep(ctx, permit, takeStepUp, input)),
  }),
  defineOperation({
    name: 'requests.deny',
    action: 'request.deny',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/{id}/deny',
    summary: 'Deny the step of a request that waits for me, and with it the request',
    input: z.object({ id: requestRef, reason: text(2000) }),
    output: requestOut,
    cli: { command: 'deny', positional: ['id'] },
    resource: requestResource,
    handler: async (ctx, permit, input) => showOne(ctx, await denyStep(ctx, permit, takeStepUp, input)),
  }),
];
