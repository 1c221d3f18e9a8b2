import { conflict, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requestApproved, requestDenied, stepApproved, stepDenied } from '../events.ts';
import { move, type Request, type Step } from '../model.ts';
import { addNote, decideStep, endRequest, lockRequest, readPolicy, stepsOf } from '../store.ts';
import { tell } from '../tell.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { whoBenefits } from '../approvers/find-approvers.ts';
import { giveAccess } from '../grants/give-access.ts';
import { openNext } from './open-step.ts';
import { stillAsked } from '../approvers/still-asked.ts';

interface Open {
  readonly request: Request;
  readonly steps: readonly Step[];
  readonly step: Step;
  readonly rules: ApprovalRules;
}

/**
 * The step that waits for this decision, held until the transaction ends. Policy has been asked already; the same
 * rules are kept here once more under the lock, because what policy looked at may have moved on since.
 */
const openStepFor = async (ctx: Ctx, idOrNumber: string): Promise<Open> => {
  const request = await lockRequest(ctx.tx, idOrNumber);
  const steps = await stepsOf(ctx.tx, [request.id]);
  const step = steps.find((s) => s.state === 'open');
  if (request.state !== 'pending' || step === undefined)
    throw conflict('request.over', `request R-${request.number} is ${request.state} already`);
  const me = ctx.principal.id;
  const benefits = await whoBenefits(ctx.tx, request.requesterId, request.beneficiaryId);
  if (benefits.includes(me))
    throw denied(
      'request.own_benefit',
      'nobody decides about a request they made or benefit from',
      'leave it to the others who were asked',
    );
  if (steps.some((s) => s.decidedBy === me))
    throw denied(
      'request.decided_before',
      'each step is decided by another person, and you decided one',
      'leave this one to the others who were asked',
    );
  const { rules } = await readPolicy(ctx.tx, request.policyNumber);
  if (!(await stillAsked(ctx.tx, request, step, rules, [])).includes(me))
    throw denied(
      'request.not_asked',
      'this step waits for somebody else',
      'whoever is asked is shown with the request',
    );
  return { request, steps, step, rules };
};

const decided = async (
  ctx: Ctx,
  { request, step }: Open,
  state: 'approved' | 'denied',
  comment: string | undefined,
) => {
  const mine = await decideStep(ctx.tx, { id: step.id, state, by: ctx.principal.id, comment: comment ?? null });
  if (!mine) throw conflict('request.over', `somebody decided this step of R-${request.number} before`);
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: `step_${state}`,
    detail: { n: step.n, kind: step.kind, ...(comment === undefined ? {} : { comment }) },
  });
  return { requestId: request.id, beneficiaryId: request.beneficiaryId, n: step.n, kind: step.kind, comment };
};

/** Approves the open step. The last approval gives the access, as things are at that instant, in the same transaction. */
export const approveStep = async (
  ctx: Ctx,
  permit: Permit<'request.approve'>,
  input: { readonly id: string; readonly comment?: string | undefined },
): Promise<string> => {
  const open = await openStepFor(ctx, input.id);
  const { request, steps, step, rules } = open;
  const after = move({ state: request.state, steps: steps.map((s) => s.state) }, 'approve');
  if (after === undefined) throw conflict('request.over', `request R-${request.number} is over`);
  const data = await decided(ctx, open, 'approved', input.comment);
  await ctx.record(permit, { event: stepApproved, subject: request.beneficiaryId, data });
  const next = steps.find((s) => s.n > step.n && s.state === 'waiting');
  if (after.state === 'pending' && next !== undefined) {
    const deciders = [...steps.flatMap((s) => s.decidedBy ?? []), ctx.principal.id];
    await openNext(ctx, permit, request, next, rules, deciders);
    return request.id;
  }
  await giveWhatWasApproved(ctx, permit, request, rules);
  return request.id;
};

const giveWhatWasApproved = async (ctx: Ctx, permit: Permit, request: Request, rules: ApprovalRules): Promise<void> => {
  const { grantIds, refused } = await giveAccess(ctx, permit, request, rules);
  const who = { requestId: request.id, beneficiaryId: request.beneficiaryId };
  const to = [request.requesterId, request.beneficiaryId];
  if (grantIds.length === 0) {
    const because = refused.map((r) => r.because).join('; ');
    await endRequest(ctx.tx, { id: request.id, state: 'denied', because });
    await ctx.record(permit, { event: requestDenied, subject: request.beneficiaryId, data: { ...who, because } });
    await tell(ctx, permit, request, { to, template: 'request.denied', facts: { because } });
    return;
  }
  await endRequest(ctx.tx, { id: request.id, state: 'approved', because: null });
  await ctx.record(permit, {
    event: requestApproved,
    subject: request.beneficiaryId,
    data: { ...who, grantIds: [...grantIds], refused: refused.map((r) => r.lineId) },
  });
  await tell(ctx, permit, request, { to, template: 'request.approved' });
};

/** Denies the open step, and with it the request. */
export const denyStep = async (
  ctx: Ctx,
  permit: Permit<'request.deny'>,
  input: { readonly id: string; readonly reason: string },
): Promise<string> => {
  const open = await openStepFor(ctx, input.id);
  const { request } = open;
  const data = await decided(ctx, open, 'denied', input.reason);
  await ctx.record(permit, { event: stepDenied, subject: request.beneficiaryId, data });
  await endRequest(ctx.tx, { id: request.id, state: 'denied', because: input.reason });
  await ctx.record(permit, {
    event: requestDenied,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId, because: 'a step was denied' },
  });
  await tell(ctx, permit, request, {
    to: [request.requesterId, request.beneficiaryId],
    template: 'request.denied',
    facts: { because: input.reason },
  });
  return request.id;
};
