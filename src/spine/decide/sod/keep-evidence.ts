import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { evidenceDue } from './evidence-due.ts';
import { sodControlRan, sodEvidenceOverdue } from './events.ts';
import { findException } from './keep-exceptions.ts';
import { findRule } from './store.ts';

/** Evidence that the control behind an exception ran. */
export interface ControlRun {
  readonly id: string;
  readonly exceptionId: string;
  readonly ranBy: string;
  readonly ranAt: Date;
  readonly result: 'passed' | 'failed';
  readonly reference: string;
  readonly note: string;
}

/** The runs of an exception's control, newest first. */
export const listControlRuns = (tx: Tx, exceptionId: string): Promise<ControlRun[]> =>
  tx.many(sql`
    select id, exception_id, ran_by, ran_at, result, reference, note from sod_control_run
     where exception_id = ${exceptionId} order by ran_at desc, id desc`);

/** Says that a control ran, by whom the asker is, and where to look. Refuses whoever the exception is for, and runs outside its time. */
export const recordControlRun = async (
  ctx: Ctx,
  permit: Permit<'sod_exception.record_run'>,
  exceptionId: string,
  input: {
    readonly ranAt: Date;
    readonly result: 'passed' | 'failed';
    readonly reference: string;
    readonly note: string;
  },
): Promise<ControlRun> => {
  const found = await findException(ctx.tx, exceptionId);
  if (found === undefined) throw notFound('sod_exception', exceptionId);
  if (found.validTo <= ctx.now)
    throw conflict(
      'sod_exception.ended',
      'the exception has ended',
      'grant another, if the conflict is to be tolerated',
    );
  if (found.identityId === ctx.principal.id)
    throw denied('sod_exception.own_benefit', 'nobody proves the control of their own exception', 'ask its owner');
  if (input.ranAt > ctx.now || input.ranAt < found.validFrom)
    throw invalid('/ranAt', 'lies outside the time of the exception until now', 'say when it ran');
  const run: ControlRun = { id: newId(), exceptionId, ranBy: ctx.principal.id, ...input };
  await ctx.tx.run(sql`
    insert into sod_control_run (id, exception_id, ran_by, ran_at, result, reference, note)
    values (${run.id}, ${exceptionId}, ${run.ranBy}, ${run.ranAt}, ${run.result}, ${run.reference}, ${run.note})`);
  await ctx.tx.run(sql`update sod_exception set evidence_told_at = null where id = ${exceptionId}`);
  const { ruleId, identityId } = found;
  await ctx.record(permit, {
    event: sodControlRan,
    subject: identityId,
    data: {
      exceptionId,
      ruleId,
      identityId,
      runId: run.id,
      ranAt: run.ranAt.toISOString(),
      result: run.result,
      reference: run.reference,
    },
  });
  return run;
};

/** Exceptions in force whose control should have run again by now, of which nobody was told since. */
export const overdueEvidence = async (tx: Tx): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(sql`
      select x.id from sod_exception x
       where x.evidence_every_days is not null and x.lapse_recorded_at is null and x.valid_to > reeve_now()
         and x.evidence_told_at is null and ${evidenceDue} <= reeve_now()
       order by x.id limit 100`)
  ).map(({ id }) => id);

/** Says of one exception, once, that the evidence of its control is overdue. */
export const recordEvidenceOverdue = async (
  ctx: Ctx,
  permit: Permit<'sod_exception.miss_evidence'>,
  id: string,
): Promise<void> => {
  const claimed = await ctx.tx.run(sql`
    update sod_exception x set evidence_told_at = reeve_now()
     where id = ${id} and evidence_told_at is null and ${evidenceDue} <= reeve_now()`);
  const found = claimed === 0 ? undefined : await findException(ctx.tx, id);
  if (found === undefined) return;
  const { ruleId, identityId } = found;
  await ctx.record(permit, {
    event: sodEvidenceOverdue,
    subject: identityId,
    data: {
      exceptionId: id,
      ruleId,
      identityId,
      ruleOwnerId: (await findRule(ctx.tx, ruleId))?.ownerId ?? undefined,
      controlOwnerId: found.controlOwnerId ?? undefined,
    },
  });
};
