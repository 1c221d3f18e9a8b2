import type { FieldProblem } from '#kit/errors/index.ts';
import type { NewEvent } from '#spine/audit/event-type.ts';
import { RecordedRefusal, type Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { sodJudged, type SodWay } from './events.ts';
import type { SodConflict } from './model.ts';
import { describeConflict, type SodVerdict } from './sod-verdict.ts';

/** A verdict, about whom it is, and how what it is about came. */
export interface Judged {
  readonly identityId: string;
  readonly way: SodWay;
  readonly verdict: SodVerdict;
}

const said = (conflict: SodConflict, tolerated: boolean) => ({
  ruleId: conflict.rule.id,
  rule: conflict.rule.name,
  severity: conflict.rule.severity,
  mode: conflict.rule.mode,
  tolerated,
  sides: conflict.sides.map((side) => ({
    function: side.function,
    entitlementIds: [...new Set(side.access.map((held) => held.entitlementId))].toSorted(),
  })),
});

/** What goes on the record of each verdict that is not simply clear. */
export const verdictEvents = (judged: readonly Judged[]): NewEvent<typeof sodJudged>[] =>
  judged
    .filter(({ verdict }) => verdict.conflicts.length > 0 || verdict.tolerated.length > 0)
    .map(({ identityId, way, verdict }) => ({
      event: sodJudged,
      subject: identityId,
      data: {
        identityId,
        way,
        outcome: verdict.outcome,
        conflicts: [...verdict.conflicts.map((c) => said(c, false)), ...verdict.tolerated.map((c) => said(c, true))],
      },
    }));

/** Puts verdicts on the record, with what was done about them. */
export const recordVerdicts = async (ctx: Ctx, permit: Permit, judged: readonly Judged[]): Promise<void> => {
  await ctx.recordAll(permit, verdictEvents(judged));
};

/** The refusal of what separation of duties does not let be; it stays on the record though all else rolls back. */
export const refusedByDuties = (
  judged: readonly Judged[],
  letter: {
    readonly code: string;
    readonly detail: string;
    readonly fix: string;
    readonly errors?: readonly FieldProblem[];
  },
): RecordedRefusal =>
  new RecordedRefusal({
    ...letter,
    status: 409,
    extra: {
      rules: [
        ...new Set(
          judged.flatMap(({ verdict }) =>
            verdict.conflicts.filter(({ rule }) => rule.mode === 'enforce').map(({ rule }) => rule.id),
          ),
        ),
      ],
    },
    leaves: verdictEvents(judged) as unknown as NewEvent[],
  });

/**
 * Lets what was judged be, with the verdict on the record, or throws 409 `sod.conflict` when the verdict blocks, naming
 * the rule, both sides and when.
 */
export const enforceVerdict = async (ctx: Ctx, permit: Permit, judged: Judged): Promise<void> => {
  const blocking = judged.verdict.conflicts.find(({ rule }) => rule.mode === 'enforce');
  if (blocking === undefined) return await recordVerdicts(ctx, permit, [judged]);
  throw refusedByDuties([judged], {
    code: 'sod.conflict',
    detail: describeConflict(blocking),
    fix: 'ask for less, for a time apart from the other side, or for an exception to the rule from its owner',
  });
};
