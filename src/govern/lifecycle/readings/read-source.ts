import type { Targets } from '#connectors/port.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { columnsOf } from '../feed/columns-of.ts';
import { refuseUnread, takeFeed } from '../runs/take-feed.ts';
import type { PeopleSource } from '../sources/model.ts';
import { findSource, lockSource } from '../sources/store.ts';
import { asOnlyReader } from './claim-source.ts';
import { readPlace, type PlaceRead, type ReadSource } from './read-place.ts';

/** Reads one source now. */
export const READ_SOURCE = 'lifecycle.read_source';

/** Longest time for one reading. */
const WHOLE_MS = 30 * 60_000;
/** For a statement over everybody in a source. */
const LONG_MS = 15 * 60_000;
/** A source that could not be read, or whose last delivery is still being applied, is tried again this soon. */
const AGAIN_MINUTES = 5;

/** Queues a reading of every source whose time has come, each once. */
export async function queueDueReadings(job: JobCtx): Promise<void> {
  await job.db.tx(async (tx) => {
    const due = await tx.many<{ id: string }>(sql`
      insert into source_reading as r (source_id, next_at)
      select id, ${tx.now}::timestamptz + make_interval(mins => read_every_minutes)
        from people_source s where read_every_minutes > 0
         and not exists (select from source_reading o where o.source_id = s.id and o.next_at > ${tx.now})
      on conflict on constraint source_reading_pk do update set next_at = excluded.next_at
      returning r.source_id as id`);
    for (const { id } of due) await queueReading(tx, id);
  });
}

export const queueReading = (tx: Tx, sourceId: string): Promise<void> =>
  enqueue(tx, READ_SOURCE, { sourceId }, { key: `${READ_SOURCE}:${sourceId}` });

/**
 * Reads a source and delivers what it says, whole or not at all. What could not be read is a refused run that says why;
 * the same reason again is noted, and told once. While somebody else reads this source, nothing is done.
 */
export async function readSource(targets: Targets, job: JobCtx, sourceId: string): Promise<void> {
  await asOnlyReader(job, sourceId, async () => {
    const source = await job.db.tx((tx) => findSource(tx, sourceId));
    if (source === undefined || !isRead(source)) return;
    const read = await readPlace(targets, source, WHOLE_MS);
    try {
      await deliver(job, source, read);
    } catch (error) {
      // A fault that is for people to see: the reading is tried again by itself.
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      await job.db.tx((tx) => note(tx, { sourceId, runId: null, problem: error.message, rows: null, again: true }));
    } finally {
      await read.close();
    }
  });
}

export const isRead = (source: PeopleSource): source is PeopleSource & ReadSource => source.readFrom !== null;

async function deliver(job: JobCtx, read: PeopleSource & ReadSource, came: PlaceRead): Promise<void> {
  await job.act({ action: 'source.feed', statementTimeoutMs: LONG_MS }, async (ctx, permit) => {
    await lockSource(ctx.tx, read.id);
    const source = await findSource(ctx.tx, read.id);
    if (source === undefined || !isRead(source)) return;
    if (!sameWay(source, read)) {
      // It is read in another way since: what was read in the old way is nobody's any more.
      await queueReading(ctx.tx, source.id);
      return;
    }
    if (came.problem === undefined) {
      const run = await takeFeed(ctx, permit, { source: source.id, delivery: came.delivery });
      await note(ctx.tx, { sourceId: source.id, runId: run.id, problem: null, rows: came.rows, again: false });
      return;
    }
    const { detail } = came.problem;
    const known = await ctx.tx.maybe<{ runId: string | null; problem: string | null }>(
      sql`select run_id, problem from source_reading where source_id = ${source.id}`,
    );
    const told = known?.problem === detail && known.runId !== null;
    const runId = told ? known.runId : (await refuseUnread(ctx, permit, source, [came.problem])).id;
    await note(ctx.tx, { sourceId: source.id, runId, problem: detail, rows: null, again: true });
  });
}

const sameWay = (a: PeopleSource & ReadSource, b: PeopleSource & ReadSource): boolean =>
  a.readFrom.systemId === b.readFrom.systemId &&
  JSON.stringify(a.readFrom.place) === JSON.stringify(b.readFrom.place) &&
  JSON.stringify(columnsOf(a.mapping)) === JSON.stringify(columnsOf(b.mapping));

/** What a reading came to. `again`: it is tried again soon, where it is read by itself at all. */
const note = (
  tx: Tx,
  of: {
    readonly sourceId: string;
    readonly runId: string | null;
    readonly problem: string | null;
    readonly rows: number | null;
    readonly again: boolean;
  },
): Promise<number> =>
  tx.run(sql`
    update source_reading
       set looked_at = ${tx.now}, run_id = ${of.runId}, problem = ${of.problem}, rows = ${of.rows},
           next_at = case when ${of.again} then least(next_at, ${tx.now}::timestamptz + make_interval(mins => ${AGAIN_MINUTES}))
                          else next_at end
     where source_id = ${of.sourceId}`);
