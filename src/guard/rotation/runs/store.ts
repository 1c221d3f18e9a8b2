import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { RotationRun } from './model.ts';

const columns = sql`n.id, n.because, n.incident, n.state, n.canary, n.wave_size, n.may_fail, n.tolerated, n.time_window as "window", n.released_to,
  n.last_wave, n.planned_whole, n.planned_at, n.ended_at, n.problem`;

/** How many of a run's rotations are where. */
export interface RunCounts {
  readonly planned: number;
  readonly underWay: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}
const counts = sql`
  (select count(*) from rotation r where r.run_id = n.id and r.state = 'planned')::int as planned,
  (select count(*) from rotation r where r.run_id = n.id and r.ended_at is null and r.state <> 'planned')::int as under_way,
  (select count(*) from rotation r where r.run_id = n.id and r.state = 'done')::int as done,
  (select count(*) from rotation r where r.run_id = n.id and r.state = 'failed')::int as failed,
  (select count(*) from rotation r where r.run_id = n.id and r.state = 'cancelled')::int as cancelled`;

export const insertRun = (
  tx: Queryable,
  run: Pick<RotationRun, 'id' | 'because' | 'incident' | 'canary' | 'waveSize' | 'mayFail' | 'window'> & {
    /** Null: Reeve itself, by policy. */
    readonly plannedBy: string | null;
  },
): Promise<number> =>
  tx.run(sql`
    insert into rotation_run (id, because, incident, canary, wave_size, may_fail, time_window, planned_by)
    values (${run.id}, ${run.because}, ${run.incident}, ${run.canary}, ${run.waveSize}, ${run.mayFail},
            ${run.window === null ? null : sql.json(run.window)}::jsonb, ${run.plannedBy})`);

export async function lockRun(tx: Tx, id: string): Promise<RotationRun> {
  const found = await tx.maybe<RotationRun>(sql`select ${columns} from rotation_run n where n.id = ${id} for update`);
  if (found === undefined) throw notFound('rotation_run', id);
  return found;
}

export const findRun = (tx: Queryable, id: string): Promise<(RotationRun & RunCounts) | undefined> =>
  tx.maybe(sql`select ${columns}, ${counts} from rotation_run n where n.id = ${id}`);

export async function listRuns(
  tx: Queryable,
  input: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: (RotationRun & RunCounts)[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<RotationRun & RunCounts>(sql`
    select ${columns}, ${counts} from rotation_run n where (${after}::uuid is null or n.id < ${after})
     order by n.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

/** Runs that may go on: their wave may be over, or their window open. */
export const runningRuns = (db: Queryable): Promise<{ readonly id: string }[]> =>
  db.many(sql`select id from rotation_run where state = 'running' order by id`);
