import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { stepOpened } from '../events.ts';
import type { Request, Step } from '../model.ts';
import { addNote, openStep } from '../store.ts';
import { tell } from '../tell.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { whoBenefits } from '../approvers/find-approvers.ts';
import { reroute } from './reroute-step.ts';
import { timesOf } from './step-times.ts';
import { stillAsked } from '../approvers/still-asked.ts';

/**
 * Opens a step: those of its candidates are asked who can still decide, have not decided an earlier step of this
 * request and do not benefit from it. Where nobody is left, others are found in their place.
 */
export const openNext = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  deciders: readonly string[],
): Promise<void> => {
  const there = await stillAsked(ctx.tx, request, step, rules, deciders);
  if (there.length === 0) {
    const benefits = await whoBenefits(ctx.tx, request.requesterId, request.beneficiaryId);
    await reroute(ctx, permit, request, step, rules, new Set([...deciders, ...benefits]));
    return;
  }
  await openStep(ctx.tx, { id: step.id, candidates: there, because: step.because, ...timesOf(rules, ctx.now) });
  await ctx.record(permit, {
    event: stepOpened,
    subject: request.beneficiaryId,
    data: {
      requestId: request.id,
      beneficiaryId: request.beneficiaryId,
      n: step.n,
      kind: step.kind,
      candidates: there,
      because: step.because,
    },
  });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: 'step_opened',
    detail: { n: step.n, kind: step.kind, candidates: there, because: step.because },
  });
  await tell(ctx, permit, request, { to: there, template: 'approval.wanted', facts: { because: step.because } });
};
