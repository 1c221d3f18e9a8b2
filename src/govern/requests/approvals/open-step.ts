import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { stepOpened } from '../events.ts';
import type { Request, Step } from '../model.ts';
import { addNote, openStep, stepsOf } from '../store.ts';
import { tell } from '../tell.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { askingFor, decidersOf, stillAsked } from '../approvers/still-asked.ts';
import { linksTo } from '../decision-links/links-to.ts';
import { deputiesOfStep } from '../deputies/cover.ts';
import { keepDecidable } from './keep-decidable.ts';
import { reroute } from './reroute-step.ts';
import { timesOf } from './step-times.ts';

/** Opens the steps of the next stage: those of the first that waits. */
export const openNext = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  steps: readonly Step[],
  rules: ApprovalRules,
): Promise<void> => {
  const next = steps.find((s) => s.state === 'waiting')?.stage;
  const opening = steps.filter((s) => s.state === 'waiting' && s.stage === next);
  const deciders = decidersOf(steps);
  for (const step of opening) await openOne(ctx, permit, request, step, rules, deciders);
  if (opening.length > 1) await keepDecidable(ctx, permit, request, await stepsOf(ctx.tx, [request.id]), rules);
};

/**
 * Opens a step: those of its candidates are asked who can still decide, have not decided an earlier step of this
 * request and do not benefit from it, and their deputies. Where nobody is left, others are found in their place.
 */
const openOne = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  deciders: readonly string[],
): Promise<void> => {
  const there = await stillAsked(ctx.tx, request, step, rules, deciders);
  if (there.length === 0) {
    await reroute(ctx, permit, request, step, rules, await askingFor(ctx.tx, request, step, deciders));
    return;
  }
  const times = await timesOf(ctx.tx, rules, there);
  await openStep(ctx.tx, {
    id: step.id,
    candidates: there,
    because: step.because,
    ...times,
  });
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
  const to = [...there, ...(await deputiesOfStep(ctx.tx, step.id))];
  const links = await linksTo(ctx.tx, request, [step.id], to);
  await tell(ctx, permit, request, {
    to,
    template: 'approval.wanted',
    facts: { because: step.because },
    links,
    answerBy: times.escalateAt,
  });
};
