import { AppError, invalid } from '#kit/errors/index.ts';
import { refusedByDuties, type Decide, type Judged, type Permit } from '#spine/decide/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { personRisks } from './approvers/person-risk.ts';
import { planApprovals, type PlannedStep } from './approvers/plan-approvals.ts';
import type { ApprovalRule } from './approvers/approval-rules.ts';
import { asIfAsked, bindAsked } from './lines/bind-asked.ts';
import { findTargets, type AskedLine, type Target } from './lines/find-targets.ts';
import { judgeLines, type JudgedLine } from './lines/judge-lines.ts';
import { openRequest } from './open-request.ts';
import { readPolicy } from './store.ts';

export interface Cart {
  readonly beneficiaryId: string;
  readonly lines: readonly AskedLine[];
  /** When what is asked for is to begin; absent: with its approval. */
  readonly startsAt?: Date | undefined;
}

/** What would happen to a cart, line by line, and who would decide about the lines that can go on. */
export interface Preview {
  readonly lines: readonly JudgedLine[];
  readonly steps: readonly PlannedStep[];
  /** Why it could not be submitted though lines could go on; undefined where it can. */
  readonly stuck: string | undefined;
}

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
    {
      beneficiaryId: cart.beneficiaryId,
      identityKind: beneficiary?.kind ?? 'person',
      personRisk: (await personRisks(ctx.tx, policy.rules, [cart.beneficiaryId]))(cart.beneficiaryId),
      askedAt: ctx.now,
      startsAt: cart.startsAt,
    },
    cart.lines.map((asked, i) => ({ asked, target: targets[i] })),
  );
  return { policy, judged };
};

/** Judges a cart without changing anything. */
export const previewRequest = async (ctx: Ctx, decide: Decide, cart: Cart): Promise<Preview> =>
  await asIfAsked(ctx, decide, cart.lines, (lines) => previewLines(ctx, decide, { ...cart, lines }));

const previewLines = async (ctx: Ctx, decide: Decide, cart: Cart): Promise<Preview> => {
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
  permit: Permit<'request.submit' | 'request.activate'>,
  decide: Decide,
  input: Cart & {
    readonly reason: string;
    readonly ticket?: string | undefined;
    /** What whoever asks proves before anything of it goes on; throws where they do not. */
    readonly proves?: (going: readonly Going[]) => Promise<void>;
  },
): Promise<{ readonly requestId: string; readonly lines: readonly JudgedLine[] }> => {
  const beneficiary = await getIdentity(ctx.tx, input.beneficiaryId);
  if (beneficiary === undefined || beneficiary.state === 'leaver')
    throw invalid('/beneficiary', 'nobody of that name could use it', 'name somebody who works here');
  const asked = await bindAsked(ctx, permit, decide, input.lines);
  const { policy, judged } = await judge(ctx, decide, { ...input, lines: asked });
  const going = goingOn(judged);
  const duties = judgedDuties(input.beneficiaryId, judged);
  if (going.length === 0) throw nothingGoesOn(judged, duties);
  await input.proves?.(going);
  const ask = { requesterId: ctx.principal.id, beneficiaryId: input.beneficiaryId };
  const steps = await planApprovals(ctx.tx, ask, going);
  const { id } = await openRequest(ctx, permit, {
    ...ask,
    orderId: null,
    startsAt: input.startsAt ?? null,
    reason: input.reason,
    ticket: input.ticket ?? null,
    policy,
    lines: going,
    steps,
    duties,
  });
  return { requestId: id, lines: judged };
};

/** Every verdict of duties on these lines, for the record. */
export const judgedDuties = (identityId: string, judged: readonly JudgedLine[]): Judged[] =>
  judged.flatMap(({ asked, duties }) =>
    duties === undefined
      ? []
      : [{ identityId, way: asked.byEligibilityId === undefined ? 'request' : 'activation', verdict: duties }],
  );

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
