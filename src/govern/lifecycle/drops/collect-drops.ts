import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { FolderError } from '#kit/files/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { takeFeed } from '../runs/take-feed.ts';
import { lockSource } from '../sources/store.ts';
import { flowFile } from './flow-file.ts';
import { openDrop, type Drop } from './open-drop.ts';

/** Looks for new files now. */
export const COLLECT = 'lifecycle.collect_drops';

/** A file that was written to in the last moments is not whole yet. */
const SETTLED_MS = 10_000;
/** For a statement over everybody in a file. */
const LONG_MS = 15 * 60_000;

interface Named {
  readonly sourceId: string;
  readonly source: string;
  readonly file: string;
  /** Of the file that was looked at last. */
  readonly mark: string | null;
}

/**
 * Delivers every file that was put where its source looks and was not looked at yet, each once, whole or not at all.
 * What cannot be read is told with the source; one that comes while an earlier one is still applied waits.
 */
export async function collectDrops(job: JobCtx, root: string): Promise<void> {
  const named = await job.db.many<Named>(sql`
    select s.id as source_id, s.name as source, s.drop_file as file, d.mark
      from people_source s left join source_drop d on d.source_id = s.id where s.drop_file is not null order by s.name`);
  for (const one of named) {
    try {
      await collect(job, root, one);
    } catch (error) {
      job.log.warn('a file of people could not be collected', { sourceId: one.sourceId, error });
    }
  }
}

async function collect(job: JobCtx, root: string, named: Named): Promise<void> {
  let drop: Drop | undefined;
  try {
    drop = await openDrop(root, named.file);
    if (drop === undefined || drop.mark === named.mark) return;
    if (job.clock.now().getTime() - drop.writtenAt.getTime() < SETTLED_MS) return;
    await deliver(job, named, drop);
  } catch (error) {
    const known = error instanceof FolderError || (error instanceof AppError && error.status < 500);
    if (!known) throw error;
    if (error instanceof AppError && error.code === 'feed.still_applying') return;
    // Told once, and tried again with the next file; whoever put this one there can put it there again.
    const mark = drop?.mark ?? 'none';
    const problem = error.message;
    await job.db.tx((tx) => noteLook(tx, { sourceId: named.sourceId, mark, runId: null, problem }));
  } finally {
    await drop?.handle.close();
  }
}

async function deliver(job: JobCtx, named: Named, drop: Drop): Promise<void> {
  const delivery = await flowFile(drop.handle);
  await job.act({ action: 'source.feed', statementTimeoutMs: LONG_MS }, async (ctx, permit) => {
    await lockSource(ctx.tx, named.sourceId);
    const taken = await ctx.tx.maybe(
      sql`select 1 from source_drop where source_id = ${named.sourceId} and mark = ${drop.mark}`,
    );
    if (taken !== undefined) return;
    const run = await takeFeed(ctx, permit, { source: named.sourceId, delivery });
    await noteLook(ctx.tx, { sourceId: named.sourceId, mark: drop.mark, runId: run.id, problem: null });
  });
}

const noteLook = (
  tx: Tx,
  of: {
    readonly sourceId: string;
    readonly mark: string;
    readonly runId: string | null;
    readonly problem: string | null;
  },
): Promise<number> =>
  tx.run(sql`
    insert into source_drop (source_id, mark, looked_at, run_id, problem)
    values (${of.sourceId}, ${of.mark}, ${tx.now}, ${of.runId}, ${of.problem})
    on conflict (source_id) do update
       set mark = excluded.mark, looked_at = excluded.looked_at, run_id = excluded.run_id, problem = excluded.problem`);
