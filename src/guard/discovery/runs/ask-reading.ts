import { sql, type Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { readingAsked } from '../events.ts';

export const READ_SYSTEM = 'discovery.read';
/** Readings let everything else ahead that waits for a worker. */
export const READING_PRIORITY = 10;

/** Asks for a whole reading of a system; one that waits or goes on already is that one. */
export async function askReading(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string },
): Promise<{ runId: string }> {
  const system = await requireSystem(ctx.tx, input.systemId);
  const fresh = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into discovery_run (id, system_id) values (${fresh}, ${system.id})
    on conflict (system_id) where state in ('waiting', 'applying') do nothing`);
  const { id: runId } = await ctx.tx.one<{ id: string }>(
    sql`select id from discovery_run where system_id = ${system.id} and state in ('waiting', 'applying')`,
  );
  await ctx.record(permit, { event: readingAsked, data: { runId, systemId: system.id } });
  await queueRun(ctx.tx, runId);
  return { runId };
}

/** Queues a reading that was asked for, now or for later. One under way already is followed by this, and finds it done. */
export const queueRun = (tx: Queryable, runId: string, runAt?: Date): Promise<void> =>
  enqueue(
    tx,
    READ_SYSTEM,
    { runId },
    { key: `read:${runId}`, priority: READING_PRIORITY, ...(runAt === undefined ? {} : { runAt }) },
  );
