import { isConstraint } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { recordVerdicts, type Judged, type Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { openNext } from './approvals/open-step.ts';
import { placeOf, type ApprovalRule, type ApprovalRules } from './approvers/approval-rules.ts';
import type { PlannedStep } from './approvers/plan-approvals.ts';
import { requestSubmitted } from './events.ts';
import { giveWhatWasApproved } from './grants/give-what-was-approved.ts';
import type { AskedLine, Target } from './lines/find-targets.ts';
import type { Request, SodHit } from './model.ts';
import { addNote, insertLines, insertRequest, insertStep, stepsOf } from './store.ts';

const DAY = 86_400_000;

/** A line as it is written: judged, and good to go on. */
export interface LineToOpen {
  readonly asked: Pick<AskedLine, 'seconds' | 'until' | 'byEligibilityId'>;
  /** The live grant it follows on. */
  readonly follows?: string | undefined;
  readonly target: Target;
  readonly takesGrantId?: string | undefined;
  readonly sod: readonly SodHit[];
  /** The rule that decides about it; absent where it takes away. */
  readonly rule?: ApprovalRule | undefined;
}

/** All a request is made of once it has been judged and planned. */
export interface RequestToOpen {
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly orderId: string | null;
  readonly startsAt: Date | null;
  readonly reason: string;
  readonly ticket: string | null;
  readonly policy: { readonly number: number; readonly rules: ApprovalRules };
  readonly lines: readonly LineToOpen[];
  readonly steps: readonly PlannedStep[];
  /** Verdicts of duties that were asked about it, for the record. */
  readonly duties: readonly Judged[];
}

/** Writes a request, and asks the first of those who decide; where no line's rule asks anybody, gives it. */
export const openRequest = async (ctx: Ctx, permit: Permit, input: RequestToOpen): Promise<Request> => {
  const { policy, lines, steps, orderId, startsAt, ticket } = input;
  const draft = {
    id: newId(ctx.now.getTime()),
    requesterId: input.requesterId,
    beneficiaryId: input.beneficiaryId,
    orderId,
    // A time that has come by now is no time to wait for.
    startsAt: startsAt !== null && startsAt > ctx.now ? startsAt : null,
    reason: input.reason,
    ticket,
    state: 'pending' as const,
    policyNumber: policy.number,
    submittedAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + policy.rules.expireDays * DAY),
  };
  const number = await insertRequest(ctx.tx, draft);
  const request: Request = { ...draft, number, endedBecause: null, decidedAt: null };
  const lineIds = await writeLines(ctx, request, policy.rules, lines);
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
      ticket: ticket ?? undefined,
      ...(orderId === null ? {} : { orderId }),
      ...(request.startsAt === null ? {} : { startsAt: request.startsAt.toISOString() }),
      lines: lines.map(({ asked, target, takesGrantId, sod }, i) => ({
        lineId: lineIds[i] ?? '',
        entitlementId: target.kind === 'entitlement' ? target.id : null,
        roleId: target.kind === 'role' ? target.id : null,
        ...(takesGrantId === undefined ? {} : { takesGrantId }),
        ...(asked.byEligibilityId === undefined ? {} : { byEligibilityId: asked.byEligibilityId }),
        seconds: asked.seconds ?? null,
        until: asked.until?.toISOString() ?? null,
        sodRuleIds: [...new Set(sod.map((hit) => hit.ruleId))],
      })),
    },
  });
  await recordVerdicts(ctx, permit, input.duties);
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'submitted', detail: {} });
  // What is given without asking waits for the rest of its request.
  if (steps.length === 0) await giveWhatWasApproved(ctx, permit, request, policy.rules);
  else await openNext(ctx, permit, request, await stepsOf(ctx.tx, [request.id]), policy.rules);
  return request;
};

/** The same thing asked for twice at once is asked for once: the database holds the second back until the first is in. */
const writeLines = async (
  ctx: Ctx,
  request: Request,
  rules: ApprovalRules,
  lines: readonly LineToOpen[],
): Promise<string[]> => {
  const rows = lines.map(({ asked, target, follows, takesGrantId, sod, rule }, i) => ({
    id: newId(ctx.now.getTime()),
    requestId: request.id,
    n: i + 1,
    beneficiaryId: request.beneficiaryId,
    entitlementId: target.kind === 'entitlement' ? target.id : null,
    roleId: target.kind === 'role' ? target.id : null,
    seconds: asked.seconds ?? null,
    until: asked.until ?? null,
    extendsGrantId: follows ?? null,
    takesGrantId: takesGrantId ?? null,
    byEligibilityId: asked.byEligibilityId ?? null,
    risk: target.risk,
    privileged: target.privileged,
    sod,
    rule: rule === undefined ? null : placeOf(rules, rule),
  }));
  try {
    await insertLines(ctx.tx, rows);
  } catch (error) {
    const [only] = lines.length === 1 ? lines : [];
    if (isConstraint(error, 'grant_is_asked_away_once'))
      throw conflict(
        'request.asked_already',
        `somebody asked already that ${only?.target.name ?? 'this access'} be taken away`,
        'wait for that request',
      );
    if (!isConstraint(error, 'request_line_is_asked_once')) throw error;
    throw conflict(
      'request.asked_already',
      `${only?.target.name ?? 'some of it'} is asked for already`,
      'wait for that request, or withdraw it',
    );
  }
  return rows.map((row) => row.id);
};
