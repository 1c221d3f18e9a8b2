import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { stepRerouted } from '../events.ts';
import type { Request, Step } from '../model.ts';
import { addNote, openStep } from '../store.ts';
import { tell } from '../tell.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { timesOf } from './step-times.ts';
import { ownersAsked } from '../approvers/plan-approvals.ts';
import { targetsOf } from '../approvers/still-asked.ts';
import { linksTo } from '../decision-links/links-to.ts';
import { deputiesOfStep } from '../deputies/cover.ts';
import { managerOf, nextInLine, ownerOf, type Approvers, type Asking } from '../approvers/find-approvers.ts';

/** Whom to ask instead, for a step whose candidates cannot decide. */
const instead = async (ctx: Ctx, request: Request, step: Step, asking: Asking): Promise<Approvers | undefined> => {
  if (step.kind === 'manager') return await managerOf(ctx.tx, request.beneficiaryId, asking);
  if (step.kind === 'named' || step.kind === 'holders') return await nextInLine(ctx.tx, step.candidates, asking);
  const targets = await targetsOf(ctx.tx, request, step);
  return await ownerOf(
    ctx.tx,
    targets.flatMap((t) => ownersAsked(step.kind, t)),
    asking,
  );
};

/**
 * Gives a step to others because none of its candidates can decide it any more. When nobody at all can, it stays
 * open with those it had, who may come back, and says so; the next look tries again and the request expires in time.
 */
export const reroute = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  asking: Asking,
): Promise<boolean> => {
  const found = await instead(ctx, request, step, asking);
  if (found === undefined && step.state === 'open') return false;
  await moveTo(ctx, permit, request, step, rules, {
    candidates: found?.ids ?? step.candidates,
    because: found?.because ?? 'nobody can decide at the moment',
    how: 'rerouted',
  });
  return true;
};

/** Asks the next in line beside those who stayed silent. Returns false when everybody there is has been asked. */
export const escalate = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  asking: Asking,
): Promise<boolean> => {
  const found = await nextInLine(ctx.tx, step.candidates, asking);
  const candidates = [...new Set([...step.candidates, ...(found?.ids ?? [])])];
  if (found === undefined || candidates.length === step.candidates.length) return false;
  await moveTo(ctx, permit, request, step, rules, { candidates, because: found.because, how: 'escalated' });
  return true;
};

const moveTo = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  to: { readonly candidates: readonly string[]; readonly because: string; readonly how: 'escalated' | 'rerouted' },
): Promise<void> => {
  // Those who stayed silent have had their hours: it is the turn of whoever is asked beside them.
  const turnOf = to.how === 'escalated' ? to.candidates.filter((id) => !step.candidates.includes(id)) : to.candidates;
  const times = await timesOf(ctx.tx, rules, turnOf);
  await openStep(ctx.tx, { id: step.id, candidates: to.candidates, because: to.because, ...times });
  const detail = {
    n: step.n,
    kind: step.kind,
    from: [...step.candidates],
    candidates: [...to.candidates],
    because: to.because,
  };
  await ctx.record(permit, {
    event: stepRerouted,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId, how: to.how, ...detail },
  });
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: `step_${to.how}`, detail });
  const people = [...turnOf, ...(to.how === 'rerouted' ? await deputiesOfStep(ctx.tx, step.id) : [])];
  const links = await linksTo(ctx.tx, request, [step.id], people);
  await tell(ctx, permit, request, {
    to: people,
    template: 'approval.wanted',
    facts: { because: to.because },
    links,
    answerBy: times.escalateAt,
  });
};
