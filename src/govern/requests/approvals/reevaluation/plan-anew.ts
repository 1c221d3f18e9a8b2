import type { Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { placeOf, type ApprovalRules } from '../../approvers/approval-rules.ts';
import { planApprovals } from '../../approvers/plan-approvals.ts';
import { judgedUnder } from '../../approvers/try-policy.ts';
import { isLive, type Request, type Step, type StepKind } from '../../model.ts';
import { linesOf, stepsOf } from '../../store.ts';
import { wantsStepUp } from '../wants-step-up.ts';

/** One step of the new plan, and the decision taken already that fills it. */
export interface AnewStep {
  readonly stage: number;
  readonly kind: StepKind;
  readonly lineIds: readonly string[];
  readonly candidates: readonly string[];
  readonly because: string;
  readonly keeps: Step | undefined;
}

/** What becomes of an open request under another version of the policy. */
export interface Anew {
  readonly steps: readonly AnewStep[];
  /** Lines that cannot go on under it. */
  readonly refused: readonly { readonly lineId: string; readonly because: string }[];
  /** The rule that decides about each line that goes on, by its place. */
  readonly rules: readonly { readonly lineId: string; readonly rule: number }[];
  /** Decisions taken that fill no step of it: they are asked for again, or nobody asks for them any more. */
  readonly dropped: readonly Step[];
  /** Why it cannot be done; null where it can. */
  readonly stuck: string | null;
}

/**
 * Plans an open request under other rules by the code that plans a new one. A decision is kept where the new plan has
 * the same step: of the same kind, about the same lines, by somebody it would ask, and proved afresh where it wants that.
 */
export const planAnew = async (tx: Tx, request: Request, rules: ApprovalRules): Promise<Anew> => {
  const live = new Set((await linesOf(tx, [request.id])).filter(isLive).map((line) => line.id));
  const all = await judgedUnder(tx, rules, request);
  const [lines, going] = [all.lines.filter((l) => live.has(l.lineId)), all.going.filter((l) => live.has(l.lineId))];
  const before = await stepsOf(tx, [request.id]);
  const refused = lines
    .filter((line) => line.verdict !== 'allowed')
    .map(({ lineId, because }) => ({ lineId, because }));
  const goingIds = new Set(going.map((line) => line.lineId));
  const taken = new Set<string>();
  const steps: AnewStep[] = [];
  try {
    for (const planned of await planApprovals(tx, request, going)) {
      const lineIds = planned.lines.flatMap((at) => going[at]?.lineId ?? []);
      const proof = await wantsStepUp(tx, request, { lineIds }, rules, { duties: false });
      const keeps = before.find(
        (step) =>
          step.state === 'approved' &&
          !taken.has(step.id) &&
          step.kind === planned.kind &&
          sameIds(
            step.lineIds.filter((id) => goingIds.has(id)),
            lineIds,
          ) &&
          wouldAsk(step, planned) &&
          (!proof || step.stepUpAt !== null),
      );
      if (keeps !== undefined) taken.add(keeps.id);
      const { stage, kind, because, ids } = planned;
      steps.push({ stage, kind, lineIds, candidates: ids, because, keeps });
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.nobody_can_approve') throw error;
    return { steps: [], refused, rules: [], dropped: [], stuck: error.message };
  }
  const dropped = before.filter((step) => step.state === 'approved' && !taken.has(step.id));
  const places = going.map(({ lineId, rule }) => ({ lineId, rule: placeOf(rules, rule) }));
  return { steps, refused, rules: places, dropped, stuck: null };
};

/** Lines that want a step by now that nobody has taken; where nobody could, all that go on. */
export const linesMissingSteps = async (
  tx: Tx,
  request: Request,
  rules: ApprovalRules,
): Promise<ReadonlySet<string>> => {
  const { steps, stuck } = await planAnew(tx, request, rules);
  if (stuck !== null) return new Set((await linesOf(tx, [request.id])).map((line) => line.id));
  return new Set(steps.flatMap((step) => (step.keeps === undefined ? step.lineIds : [])));
};

/** A manager's or owner's decision stays theirs though another manages by now; who was named or held something still has to be asked. */
const wouldAsk = (step: Step, planned: { readonly kind: StepKind; readonly ids: readonly string[] }): boolean =>
  !['named', 'holders'].includes(planned.kind) || planned.ids.includes(step.decidedFor ?? step.decidedBy ?? '');

const sameIds = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));
