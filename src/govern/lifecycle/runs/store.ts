import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { UNDO_OF_FEED, type FeedRun } from './model.ts';

const columns = sql`id, source_id, state, verdict, started_at, started_by, settled_at, ends_with_newline, baseline, rows,
  counts, problems, held_because, planned_rows, applied_rows, released_rows, accepted_by, accepted_at, accepted_because,
  (select jsonb_build_object('massChangeId', c.id, 'state', c.state) from mass_change c
    where c.kind = ${UNDO_OF_FEED} and c.key = feed_run.id::text order by c.id desc limit 1) as undo`;

export const insertRun = async (tx: Tx, run: FeedRun & { readonly contentDigest: Buffer }): Promise<void> => {
  await tx.run(sql`
    insert into feed_run (id, source_id, state, verdict, started_at, started_by, settled_at, content_digest,
      ends_with_newline, baseline, rows, counts, problems, held_because, planned_rows, applied_rows)
    values (${run.id}, ${run.sourceId}, ${run.state}, ${run.verdict}, ${run.startedAt}, ${run.startedBy}, ${run.settledAt},
      ${run.contentDigest}, ${run.endsWithNewline}, ${run.baseline}, ${run.rows}, ${sql.json(run.counts)}::jsonb,
      ${sql.json(run.problems)}::jsonb, ${sql.json(run.heldBecause)}::jsonb, ${run.plannedRows}, ${run.appliedRows})`);
};

/** What the plan came to, once it is known. */
export const settlePlan = async (
  tx: Tx,
  run: Pick<
    FeedRun,
    'id' | 'state' | 'verdict' | 'settledAt' | 'rows' | 'counts' | 'problems' | 'heldBecause' | 'plannedRows'
  >,
): Promise<void> => {
  await tx.run(sql`
    update feed_run set state = ${run.state}, verdict = ${run.verdict}, settled_at = ${run.settledAt}, rows = ${run.rows},
      counts = ${sql.json(run.counts)}::jsonb, problems = ${sql.json(run.problems)}::jsonb,
      held_because = ${sql.json(run.heldBecause)}::jsonb, planned_rows = ${run.plannedRows}
     where id = ${run.id}`);
};

export async function requireRun(tx: Tx, id: string): Promise<FeedRun> {
  const run = await tx.maybe<FeedRun>(sql`select ${columns} from feed_run where id = ${id}`);
  if (run === undefined) throw notFound('run', id);
  return run;
}

/** The run, held against other workers until the transaction ends. */
export async function lockRun(tx: Tx, id: string): Promise<FeedRun> {
  const run = await tx.maybe<FeedRun>(sql`select ${columns} from feed_run where id = ${id} for no key update`);
  if (run === undefined) throw notFound('run', id);
  return run;
}

/** The run of a source that waits for a person or is being applied. */
export const openRunOf = async (tx: Tx, sourceId: string): Promise<FeedRun | undefined> =>
  await tx.maybe<FeedRun>(
    sql`select ${columns} from feed_run where source_id = ${sourceId} and state in ('held', 'applying')`,
  );

export const lastGoodRun = async (tx: Tx, sourceId: string): Promise<FeedRun | undefined> =>
  await tx.maybe<FeedRun>(sql`
    select ${columns} from feed_run where source_id = ${sourceId} and state = 'applied' order by id desc limit 1`);

export const listRuns = async (
  tx: Tx,
  input: {
    readonly sourceId?: string | undefined;
    readonly state?: string | undefined;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<FeedRun[]> =>
  await tx.many<FeedRun>(sql`
    select ${columns} from feed_run
     where ${input.sourceId === undefined ? sql`true` : sql`source_id = ${input.sourceId}`}
       and ${input.state === undefined ? sql`true` : sql`state = ${input.state}`}
       and (${input.before}::uuid is null or id < ${input.before}::uuid)
     order by id desc limit ${input.limit + 1}`);

/** One line of a plan. */
export interface PlanLine {
  readonly position: number;
  readonly rowNumber: number | null;
  readonly externalId: string;
  readonly identityId: string;
  readonly what: string;
  readonly changed: readonly string[];
  /** The values the row would set; null once they were applied. */
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly skipped: string | null;
}

const lineColumns: Sql = sql`c.position, c.row_number, c.external_id, c.identity_id, c.what, c.changed, v.record, c.skipped`;

export const readPlan = async (
  tx: Tx,
  input: { readonly runId: string; readonly after: number; readonly limit: number; readonly what?: string | undefined },
): Promise<PlanLine[]> =>
  await tx.many<PlanLine>(sql`
    select ${lineColumns}
      from feed_change c left join feed_value v on v.run_id = c.run_id and v.position = c.position
     where c.run_id = ${input.runId} and c.position > ${input.after}
       and ${input.what === undefined ? sql`c.what <> 'note'` : sql`c.what = ${input.what}`}
     order by c.position limit ${input.limit + 1}`);

/** Forgets what a plan would have set: it will not be applied. */
export const forgetValues = async (tx: Tx, runId: string): Promise<void> => {
  await tx.run(sql`delete from feed_value where run_id = ${runId}`);
};
