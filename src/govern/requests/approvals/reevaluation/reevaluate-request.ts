import { sql } from '#kit/db/index.ts';
import { conflict, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { whoBenefits } from '../../approvers/find-approvers.ts';
import { requestDenied, requestReevaluated } from '../../events.ts';
import { giveWhatWasApproved } from '../../grants/give-what-was-approved.ts';
import type { Request } from '../../model.ts';
import { addNote, endRequest, linesOf, lockRequest, readPolicy, settleLine, stepsOf } from '../../store.ts';
import { tell } from '../../tell.ts';
import { openNext } from '../open-step.ts';
import { planAnew, type Anew } from './plan-anew.ts';
import { keepRules, rewriteSteps } from './rewrite-steps.ts';

/**
 * Puts an open request under the version of the approval policy that is in force. Decisions taken stay where the new
 * plan has the same step; the rest is asked for again. Nobody does this to what they asked for or benefit from.
 */
export const reevaluateRequest = async (
  ctx: Ctx,
  permit: Permit<'request.reevaluate'>,
  input: { readonly id: string; readonly reason: string },
): Promise<string> => {
  const request = await lockRequest(ctx.tx, input.id);
  if (request.state !== 'pending')
    throw conflict('request.over', `request R-${request.number} is ${request.state} already`);
  if ((await whoBenefits(ctx.tx, request.requesterId, request.beneficiaryId)).includes(ctx.principal.id))
    throw denied(
      'request.own_benefit',
      `nobody puts a request they made or benefit from under another policy (R-${request.number})`,
      'leave it to another security officer or administrator',
    );
  if ((await linesOf(ctx.tx, [request.id])).some((line) => line.takesGrantId !== null))
    throw conflict(
      'request.takes_away',
      `R-${request.number} asks for access to be taken away: who answers for it decides, whatever the policy says`,
    );
  const { number, rules } = await readPolicy(ctx.tx);
  if (request.policyNumber === number)
    throw conflict('request.under_current', `request R-${request.number} is under version ${number} already`);
  const anew = await planAnew(ctx.tx, request, rules);
  if (anew.stuck !== null)
    throw conflict('request.nobody_can_approve', `R-${request.number}: ${anew.stuck}`, 'leave it under its version');
  await ctx.tx.run(sql`update request set policy_number = ${number} where id = ${request.id}`);
  const kept = anew.steps.filter((s) => s.keeps !== undefined).length;
  await ctx.record(permit, {
    event: requestReevaluated,
    subject: request.beneficiaryId,
    data: {
      requestId: request.id,
      beneficiaryId: request.beneficiaryId,
      from: request.policyNumber,
      to: number,
      kept: anew.steps.flatMap((s) => s.keeps?.n ?? []),
      dropped: anew.dropped.map((s) => ({ n: s.n, kind: s.kind, decidedBy: s.decidedBy ?? '' })),
      asked: anew.steps.length - kept,
      refused: anew.refused.map((r) => r.lineId),
      reason: input.reason,
    },
  });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: 'reevaluated',
    detail: { from: request.policyNumber, to: number, kept, dropped: anew.dropped.length, reason: input.reason },
  });
  for (const { lineId, because } of anew.refused) await settleLine(ctx.tx, { id: lineId, state: 'refused', because });
  await rewriteSteps(ctx, request, anew.steps);
  await keepRules(ctx, anew.rules);
  const under: Request = { ...request, policyNumber: number };
  if ((await pendingLines(ctx, request)) === 0) {
    await denyAll(ctx, permit, under, anew);
    return request.id;
  }
  const steps = await stepsOf(ctx.tx, [request.id]);
  if (steps.some((s) => s.state === 'waiting')) await openNext(ctx, permit, under, steps, rules);
  else await giveWhatWasApproved(ctx, permit, under, rules);
  return request.id;
};

const pendingLines = async (ctx: Ctx, request: Request): Promise<number> =>
  (
    await ctx.tx.one<{ n: number }>(
      sql`select count(*) as n from request_line where request_id = ${request.id} and state = 'pending'`,
    )
  ).n;

const denyAll = async (ctx: Ctx, permit: Permit, request: Request, anew: Anew): Promise<void> => {
  const because = anew.refused.map((r) => r.because).join('; ');
  await endRequest(ctx.tx, { id: request.id, state: 'denied', because });
  await ctx.record(permit, {
    event: requestDenied,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId, because },
  });
  await tell(ctx, permit, request, {
    to: [request.requesterId, request.beneficiaryId],
    template: 'request.denied',
    facts: { because },
  });
};
