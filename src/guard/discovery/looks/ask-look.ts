import { sql, type Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { lookAsked } from '../events.ts';

export const LOOK = 'discovery.look';

/** Asks for a closer look at a system; one that waits or goes on already is that one, so that no target is looked at twice at a time. */
export async function askLook(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly whole?: boolean },
): Promise<{ lookId: string }> {
  const system = await requireSystem(ctx.tx, input.systemId);
  const fresh = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into privilege_look as l (id, system_id, asked_at, whole) values (${fresh}, ${system.id}, ${ctx.now}, ${input.whole ?? false})
    on conflict (system_id) where state = 'waiting' do update set whole = l.whole or excluded.whole`);
  const { id: lookId } = await ctx.tx.one<{ id: string }>(
    sql`select id from privilege_look where system_id = ${system.id} and state = 'waiting'`,
  );
  await ctx.record(permit, { event: lookAsked, data: { lookId, systemId: system.id } });
  await queueLook(ctx.tx, lookId);
  return { lookId };
}

export const queueLook = (tx: Queryable, lookId: string, runAt?: Date): Promise<void> =>
  enqueue(
    tx,
    LOOK,
    { lookId },
    { key: `look:${lookId}`, priority: 10, maxAttempts: 5, ...(runAt === undefined ? {} : { runAt }) },
  );
