import { conflict, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { requestDenied, stepApproved, stepDenied } from '../events.ts';
import { move, type Request, type Step } from '../model.ts';
import { addNote, decideStep, endRequest, lockRequest, readPolicy, stepsOf } from '../store.ts';
import { tell } from '../tell.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { whoBenefits } from '../approvers/find-approvers.ts';
import { decidersOf } from '../approvers/still-asked.ts';
import { standsInFor } from '../deputies/cover.ts';
import { giveWhatWasApproved } from '../grants/give-what-was-approved.ts';
import { keepDecidable } from './keep-decidable.ts';
import { openNext } from './open-step.ts';
import { wantsStepUp } from './wants-step-up.ts';
import { stillAsked } from '../approvers/still-asked.ts';

interface Open {
  readonly request: Request;
  readonly steps: readonly Step[];
  readonly step: Step;
  /** In whose name it is decided; null: who decides was asked themselves. */
  readonly onBehalfOf: string | null;
  readonly rules: ApprovalRules;
}

/**
 * The step that waits for this decision, held until the transaction ends. Policy has been asked already; the same
 * rules are kept here once more under the lock, because what policy looked at may have moved on since. With `stepId` it
 * is that step or none.
 */
const openStepFor = async (ctx: Ctx, idOrNumber: string, stepId?: string): Promise<Open> => {
  const request = await lockRequest(ctx.tx, idOrNumber);
  const steps = await stepsOf(ctx.tx, [request.id]);
  if (request.state !== 'pending' || !steps.some((s) => s.state === 'open'))
    throw conflict('request.over', `request R-${request.number} is ${request.state} already`);
  const me = ctx.principal.id;
  const benefits = await whoBenefits(ctx.tx, request.requesterId, request.beneficiaryId);
  if (benefits.includes(me))
    throw denied(
      'request.own_benefit',
      'nobody decides about a request they made or benefit from, nor in the name of another',
      'leave it to the others who were asked',
    );
  const deciders = decidersOf(steps);
  if (deciders.includes(me))
    throw denied(
      'request.decided_before',
      'each step is decided by another person, and you or your deputy decided one',
      'leave this one to the others who were asked',
    );
  const { rules } = await readPolicy(ctx.tx, request.policyNumber);
  const names = await standsInFor(ctx.tx, request.id, me);
  const mine: { step: Step; onBehalfOf: string | null }[] = [];
  for (const step of steps.filter((s) => s.state === 'open' && (stepId === undefined || s.id === stepId))) {
    const asked = await stillAsked(ctx.tx, request, step, rules, deciders);
    if (asked.includes(me)) mine.push({ step, onBehalfOf: null });
    for (const { identityId } of names.filter((n) => n.stepId === step.id && asked.includes(n.identityId)))
      mine.push({ step, onBehalfOf: identityId });
  }
  // One's own step before another's; of several the one that fewer others could take.
  mine.sort(
    (a, b) =>
      Number(a.onBehalfOf !== null) - Number(b.onBehalfOf !== null) ||
      a.step.candidates.length - b.step.candidates.length,
  );
  const [first] = mine;
  if (first === undefined)
    throw denied(
      'request.not_asked',
      'this step waits for somebody else',
      'whoever is asked is shown with the request',
    );
  return { request, steps, ...first, rules };
};

const decided = async (
  ctx: Ctx,
  { request, step, onBehalfOf, rules }: Open,
  takeStepUp: TakeStepUp,
  decision: {
    readonly state: 'approved' | 'denied';
    readonly action: 'request.approve' | 'request.deny';
    readonly comment: string | undefined;
  },
) => {
  const { state, action, comment } = decision;
  const by = ctx.principal.id;
  const stepUp = (await wantsStepUp(ctx.tx, request, step, rules, { duties: true }))
    ? await takeStepUp(ctx, { action, resourceId: request.id })
    : undefined;
  const mine = await decideStep(ctx.tx, { id: step.id, state, by, onBehalfOf, comment: comment ?? null, stepUp });
  if (!mine) throw conflict('request.over', `somebody decided this step of R-${request.number} before`);
  const behalf = onBehalfOf === null ? {} : { onBehalfOf };
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: `step_${state}`,
    detail: {
      n: step.n,
      kind: step.kind,
      ...behalf,
      ...(stepUp === undefined ? {} : { stepUp: stepUp.method }),
      ...(comment === undefined ? {} : { comment }),
    },
  });
  return {
    requestId: request.id,
    beneficiaryId: request.beneficiaryId,
    n: step.n,
    kind: step.kind,
    ...behalf,
    ...(stepUp === undefined ? {} : { stepUp: { method: stepUp.method, at: stepUp.at.toISOString() } }),
    comment,
  };
};

/** Approves an open step. The last approval gives the access, as things are at that instant, in the same transaction. */
export const approveStep = async (
  ctx: Ctx,
  permit: Permit<'request.approve'>,
  takeStepUp: TakeStepUp,
  input: { readonly id: string; readonly comment?: string | undefined; readonly stepId?: string },
): Promise<string> => {
  const open = await openStepFor(ctx, input.id, input.stepId);
  const { request, steps, step, rules } = open;
  const after = move(
    { state: request.state, steps: steps.map((s) => s.state) },
    'approve',
    steps.map((s) => s.stage),
    steps.indexOf(step),
  );
  if (after === undefined) throw conflict('request.over', `request R-${request.number} is over`);
  const data = await decided(ctx, open, takeStepUp, {
    state: 'approved',
    action: 'request.approve',
    comment: input.comment,
  });
  await ctx.record(permit, { event: stepApproved, subject: request.beneficiaryId, data });
  if (after.state === 'approved') {
    await giveWhatWasApproved(ctx, permit, request, rules);
    return request.id;
  }
  const now = await stepsOf(ctx.tx, [request.id]);
  if (now.some((s) => s.state === 'open')) await keepDecidable(ctx, permit, request, now, rules);
  else await openNext(ctx, permit, request, now, rules);
  return request.id;
};

/** Denies the open step, and with it the request. */
export const denyStep = async (
  ctx: Ctx,
  permit: Permit<'request.deny'>,
  takeStepUp: TakeStepUp,
  input: { readonly id: string; readonly reason: string; readonly stepId?: string },
): Promise<string> => {
  const open = await openStepFor(ctx, input.id, input.stepId);
  const { request } = open;
  const data = await decided(ctx, open, takeStepUp, { state: 'denied', action: 'request.deny', comment: input.reason });
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
