import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { findingReopened } from '../events.ts';
import { queueRemoval } from '../queue/change-finding.ts';
import { askLook, queueLook } from './ask-look.ts';

/** Looks asked for in one tick at most. */
const MOST = 20;

/**
 * What the clock does, every ten minutes: asks for looks that are due (a day after the last, or as scheduled), takes up
 * those whose job is gone and removals whose target was away, and opens again what was accepted until now. Running twice does no harm.
 */
export async function tick(job: JobCtx): Promise<void> {
  const now = job.clock.now();
  const left = await job.db.many<{ id: string }>(sql`
    select l.id from privilege_look l where l.state = 'waiting' and l.asked_at < ${now}::timestamptz - interval '30 minutes'
       and not exists (select from graphile_worker.jobs j where j.key = 'look:' || l.id::text and j.attempts < j.max_attempts)`);
  for (const { id } of left) await queueLook(job.db, id);
  const away = await job.db.many<{ id: string }>(
    sql`select id from finding where underway = 'remove' and problem is not null and state <> 'gone'`,
  );
  for (const { id } of away) await queueRemoval(job.db, id);
  const due = await job.db.many<{ id: string }>(sql`
    select s.id from system s join privilege_schedule p on p.system_id = s.id
     where s.valid_to is null and p.every_seconds > 0 and (p.next_at is null or p.next_at <= ${now})
       and not exists (select from privilege_look l where l.system_id = s.id and l.state = 'waiting')
     order by p.next_at nulls first limit ${MOST}`);
  for (const { id } of due)
    await job.act({ action: 'discovery.look', resource: { type: 'System', id } }, (ctx, permit) =>
      askLook(ctx, permit, { systemId: id }),
    );
  await job.act({ action: 'discovery.keep' }, async (ctx, permit) => {
    const over = await ctx.tx.many<{ id: string; systemId: string; kind: string }>(sql`
      update finding set state = 'open', accepted_because = null, accepted_by = null, accepted_until = null
       where state = 'accepted' and accepted_until <= ${ctx.now} returning id, system_id, kind`);
    await ctx.recordAll(
      permit,
      over.map(({ id, systemId, kind }) => ({ event: findingReopened, data: { findingId: id, systemId, kind } })),
    );
  });
}
