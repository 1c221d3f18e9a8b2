import { conflict, notFound } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { openNext } from './approvals/open-step.ts';
import { requestLinesWithdrawn, requestWithdrawn } from './events.ts';
import { giveWhatWasApproved } from './grants/give-what-was-approved.ts';
import { isLive, type Request, type RequestLine } from './model.ts';
import { addNote, endRequest, linesOf, lockRequest, readPolicy, stepsOf } from './store.ts';

/**
 * Takes a request back before it is decided, or before its time has come; with `lineIds` only these lines of it.
 * Whatever was decided first stands. Throws `request.over`, `request_line.not_found`.
 */
export const withdrawRequest = async (
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly lineIds?: readonly string[] | undefined },
): Promise<string> => {
  const request = await lockRequest(ctx.tx, input.id);
  const lines = await linesOf(ctx.tx, [request.id]);
  const going = lines.filter((line) => isLive(line));
  const wanted = input.lineIds === undefined ? going : input.lineIds.map((id) => lineNamed(lines, id));
  const settled = wanted.find((line) => !isLive(line));
  if (going.length === 0 || settled !== undefined) throw over(request, settled);
  const taken = new Set(wanted.map((line) => line.id));
  if (going.every((line) => taken.has(line.id))) await withdrawWhole(ctx, permit, request, [...taken]);
  else await withdrawSome(ctx, permit, request, [...taken]);
  return request.id;
};

const lineNamed = (lines: readonly RequestLine[], id: string): RequestLine => {
  const line = lines.find((each) => each.id === id);
  if (line === undefined) throw notFound('request_line', id);
  return line;
};

const over = (request: Request, line: RequestLine | undefined) =>
  conflict(
    'request.over',
    line === undefined
      ? `request R-${request.number} is ${request.state} already`
      : `this line of request R-${request.number} is ${line.state.replace('_', ' ')} already`,
    request.state === 'approved' ? 'give the access back instead: reeve drop' : undefined,
  );

const setWithdrawn = async (ctx: Ctx, lineIds: readonly string[]): Promise<void> => {
  await ctx.tx.run(sql`update request_line set state = 'withdrawn' where id = any(${[...lineIds]}::uuid[])`);
};

/** Everything that was still to come of it: a request that waits ends, one that was approved for later gives nothing. */
const withdrawWhole = async (ctx: Ctx, permit: Permit, request: Request, lineIds: readonly string[]): Promise<void> => {
  await setWithdrawn(ctx, lineIds);
  await endRequest(ctx.tx, { id: request.id, state: 'withdrawn', because: null });
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'withdrawn' });
  await ctx.record(permit, {
    event: requestWithdrawn,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId },
  });
};

/**
 * Some lines: whoever was asked about these alone is asked no more. Where that leaves nobody to wait for, the request
 * goes on to its next stage, or gives what was approved.
 */
const withdrawSome = async (ctx: Ctx, permit: Permit, request: Request, lineIds: readonly string[]): Promise<void> => {
  await setWithdrawn(ctx, lineIds);
  for (const lineId of lineIds)
    await addNote(ctx.tx, ctx.principal, { requestId: request.id, lineId, kind: 'line_withdrawn' });
  await ctx.record(permit, {
    event: requestLinesWithdrawn,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId, lineIds: [...lineIds] },
  });
  if (request.state !== 'pending') return;
  await ctx.tx.run(sql`
    update approval_step s set state = 'skipped'
     where s.request_id = ${request.id} and s.state in ('waiting', 'open')
       and not exists (select from request_line l where l.id = any(s.line_ids) and l.state = 'pending')`);
  const steps = await stepsOf(ctx.tx, [request.id]);
  if (steps.some((s) => s.state === 'open')) return;
  const { rules } = await readPolicy(ctx.tx, request.policyNumber);
  if (steps.some((s) => s.state === 'waiting')) await openNext(ctx, permit, request, steps, rules);
  else await giveWhatWasApproved(ctx, permit, request, rules);
};
