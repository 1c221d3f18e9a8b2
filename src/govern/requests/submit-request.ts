import { isConstraint } from '#kit/db/index.ts';
import { AppError, conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { recordVerdicts, refusedByDuties, type Decide, type Judged, type Permit } from '#spine/decide/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { openNext } from './approvals/open-step.ts';
import { planApprovals, type PlannedStep } from './approvers/plan-approvals.ts';
import type { ApprovalRule } from './approvers/approval-rules.ts';
import { requestSubmitted } from './events.ts';
import { giveWhatWasApproved } from './grants/give-what-was-approved.ts';
import { findTargets, type AskedLine, type Target } from './lines/find-targets.ts';
import { judgeLines, type JudgedLine } from './lines/judge-lines.ts';
import type { Request } from './model.ts';
import { addNote, insertLine, insertRequest, insertStep, readPolicy, stepsOf } from './store.ts';

export interface Cart {
  readonly beneficiaryId: string;
  readonly lines: readonly AskedLine[];
}

/** What would happen to a cart, line by line, and who would decide about the lines that can go on. */
export interface Preview {
  readonly lines: readonly JudgedLine[];
  readonly steps: readonly PlannedStep[];
  /** Why it could not be submitted though lines could go on; undefined where it can. */
  readonly stuck: string | undefined;
}

const DAY = 86_400_000;

type Going = JudgedLine & { readonly target: Target; readonly rule: ApprovalRule };

/** A line that can go on, what it is about, and the rule that decides about it. */
export const goingOn = (judged: readonly JudgedLine[]): Going[] =>
  judged.flatMap((line) =>
    line.verdict === 'allowed' && line.target !== undefined && line.rule !== undefined
      ? [{ ...line, target: line.target, rule: line.rule }]
      : [],
  );

const judge = async (ctx: Ctx, decide: Decide, cart: Cart) => {
  const policy = await readPolicy(ctx.tx);
  const targets = await findTargets(ctx.tx, decide, ctx.principal, cart.beneficiaryId, cart.lines);
  const beneficiary = await getIdentity(ctx.tx, cart.beneficiaryId);
  const judged = await judgeLines(
    ctx.tx,
    policy.rules,
    { beneficiaryId: cart.beneficiaryId, identityKind: beneficiary?.kind ?? 'person', askedAt: ctx.now },
    cart.lines.map((asked, i) => ({ asked, target: targets[i] })),
  );
  return { policy, judged };
};

/** Judges a cart without changing anything. */
export const previewRequest = async (ctx: Ctx, decide: Decide, cart: Cart): Promise<Preview> => {
  const { judged } = await judge(ctx, decide, cart);
  const going = goingOn(judged);
  if (going.length === 0) return { lines: judged, steps: [], stuck: undefined };
  try {
    const steps = await planApprovals(
      ctx.tx,
      { requesterId: ctx.principal.id, beneficiaryId: cart.beneficiaryId },
      going,
    );
    return { lines: judged, steps, stuck: undefined };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.nobody_can_approve') throw error;
    return { lines: judged, steps: [], stuck: error.message };
  }
};

/** Submits the lines of a cart that can go on; the others are answered with why they cannot. */
export const submitRequest = async (
  ctx: Ctx,
  permit: Permit<'request.submit'>,
  decide: Decide,
  input: Cart & { readonly reason: string; readonly ticket?: string | undefined },
): Promise<{ readonly requestId: string; readonly lines: readonly JudgedLine[] }> => {
  const beneficiary = await getIdentity(ctx.tx, input.beneficiaryId);
  if (beneficiary === undefined || beneficiary.state === 'leaver')
    throw invalid('/beneficiary', 'nobody of that name could use it', 'name somebody who works here');
  const { policy, judged } = await judge(ctx, decide, input);
  const going = goingOn(judged);
  const duties = judgedDuties(input.beneficiaryId, judged);
  if (going.length === 0) throw nothingGoesOn(judged, duties);
  const ask = { requesterId: ctx.principal.id, beneficiaryId: input.beneficiaryId };
  const steps = await planApprovals(ctx.tx, ask, going);

  const draft = {
    id: newId(ctx.now.getTime()),
    ...ask,
    reason: input.reason,
    ticket: input.ticket ?? null,
    state: 'pending' as const,
    policyNumber: policy.number,
    submittedAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + policy.rules.expireDays * DAY),
  };
  const number = await insertRequest(ctx.tx, draft);
  const request: Request = { ...draft, number, endedBecause: null, decidedAt: null };
  const lineIds = await writeLines(ctx, request, going);
  for (const [i, step] of steps.entries()) {
    await insertStep(ctx.tx, {
      id: newId(),
      requestId: request.id,
      n: i + 1,
      stage: step.stage,
      kind: step.kind,
      lineIds: step.lines.flatMap((at) => lineIds[at] ?? []),
      candidates: step.ids,
      because: step.because,
    });
  }
  await ctx.record(permit, {
    event: requestSubmitted,
    subject: request.beneficiaryId,
    data: {
      requestId: request.id,
      number,
      requesterId: request.requesterId,
      beneficiaryId: request.beneficiaryId,
      policyNumber: policy.number,
      reason: request.reason,
      ticket: input.ticket,
      lines: going.map((line, i) => ({
        lineId: lineIds[i] ?? '',
        entitlementId: line.target.kind === 'entitlement' ? line.target.id : null,
        roleId: line.target.kind === 'role' ? line.target.id : null,
        seconds: line.asked.seconds ?? null,
        until: line.asked.until?.toISOString() ?? null,
        sodRuleIds: [...new Set(line.sod.map((hit) => hit.ruleId))],
      })),
    },
  });
  await recordVerdicts(ctx, permit, duties);
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'submitted', detail: {} });
  // Where every line's rule gives without asking there is no step; else what is given so waits for the rest.
  if (steps.length === 0) await giveWhatWasApproved(ctx, permit, request, policy.rules);
  else await openNext(ctx, permit, request, await stepsOf(ctx.tx, [request.id]), policy.rules);
  return { requestId: request.id, lines: judged };
};

/** The same thing asked for twice at once is asked for once: the database holds the second back until the first is in. */
const writeLines = async (ctx: Ctx, request: Request, going: readonly Going[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const [i, { asked, target, sod }] of going.entries()) {
    const id = newId(ctx.now.getTime());
    ids.push(id);
    try {
      await insertLine(ctx.tx, {
        id,
        requestId: request.id,
        n: i + 1,
        beneficiaryId: request.beneficiaryId,
        entitlementId: target.kind === 'entitlement' ? target.id : null,
        roleId: target.kind === 'role' ? target.id : null,
        seconds: asked.seconds ?? null,
        until: asked.until ?? null,
        extendsGrantId: asked.extendsGrantId ?? null,
        risk: target.risk,
        privileged: target.privileged,
        sod,
      });
    } catch (error) {
      if (!isConstraint(error, 'request_line_is_asked_once')) throw error;
      throw conflict(
        'request.asked_already',
        `${target.name} is asked for already`,
        'wait for that request, or withdraw it',
      );
    }
  }
  return ids;
};

const judgedDuties = (identityId: string, judged: readonly JudgedLine[]): Judged[] =>
  judged.flatMap(({ duties }) => (duties === undefined ? [] : [{ identityId, way: 'request', verdict: duties }]));

const nothingGoesOn = (judged: readonly JudgedLine[], duties: readonly Judged[]): AppError => {
  const letter = {
    code: judged.length === 1 ? `request.${judged[0]?.verdict ?? 'refused'}` : 'request.nothing_goes_on',
    detail: judged.length === 1 ? (judged[0]?.because ?? '') : 'none of these lines can be asked for',
    fix: 'preview the request to see why, then change or leave out what cannot go on',
  };
  const errors = judged.map((line, i) => ({ pointer: `/lines/${i}`, detail: line.because }));
  return judged.some((line) => line.verdict === 'conflict')
    ? refusedByDuties(duties, { ...letter, errors })
    : new AppError({ ...letter, status: 409, errors });
};
