import { sql } from '#kit/db/index.ts';
import { forgetReading } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { askReading, queueRun } from '../runs/ask-reading.ts';
import { queueChanges } from '../runs/read-changes.ts';
import { forgottenReadings } from '../runs/store.ts';
import { everySeconds } from './store.ts';

/** Systems asked for in one tick at most. */
const MOST = 100;
/** A tick comes a little late or early; what is due within these seconds is due. */
const SLACK_SECONDS = 5;

/** Systems in use that can be read: pinned and with a credential, or connected as one nobody logs in to. */
const readable = sql`
  system s left join reading_schedule r on r.system_id = s.id left join reading_mark m on m.system_id = s.id
  where s.valid_to is null and ((s.credential_secret_id is not null and cardinality(s.pinned) > 0)
         or (s.credential_secret_id is null and r.system_id is not null))
    and not exists (select from discovery_run o where o.system_id = s.id and o.state in ('waiting', 'applying'))`;

/**
 * What the clock does for readings, once a minute: asks for those that are due, whole and by changes; takes up again
 * what nobody is at though it was asked for; and puts away pieces of readings that are over. Running twice does no harm.
 */
export async function tick(job: JobCtx): Promise<void> {
  const now = job.clock.now();
  await takeUpLeftBehind(job, now);
  const due = await job.db.many<{ id: string }>(sql`
    select s.id from ${readable} and ${everySeconds} > 0 and (r.next_read_at is null or r.next_read_at <= ${now})
     order by r.next_read_at nulls first, s.id limit ${MOST}`);
  for (const { id } of due) {
    await job.act({ action: 'system.ask_reading', resource: { type: 'System', id } }, (ctx, permit) =>
      askReading(ctx, permit, { systemId: id }),
    );
  }
  await job.db.tx(async (tx) => {
    const changed = await tx.many<{ systemId: string }>(sql`
      update reading_schedule t set next_changes_at = ${now}::timestamptz + make_interval(secs => t.read_changes_every_seconds)
        from (select s.id from ${readable} and m.mark is not null and r.read_changes_every_seconds > 0
                and (r.next_changes_at is null or r.next_changes_at <= ${now}::timestamptz + make_interval(secs => ${SLACK_SECONDS}))
               order by r.next_changes_at nulls first limit ${MOST}) d
       where t.system_id = d.id returning t.system_id`);
    for (const { systemId } of changed) await queueChanges(tx, systemId);
  });
  for (const { id } of await forgottenReadings(job.db)) await forgetReading(job.db, id);
}

/** A reading whose job is gone, for instance after too many crashes, would keep its system from ever being read again. */
async function takeUpLeftBehind(job: JobCtx, now: Date): Promise<void> {
  const left = await job.db.many<{ id: string }>(sql`
    select o.id from discovery_run o left join reading_schedule r on r.system_id = o.system_id
     where o.state in ('waiting', 'applying') and o.asked_at < ${now}::timestamptz - interval '10 minutes'
       and (r.claimed_until is null or r.claimed_until <= ${now})
       and not exists (select from graphile_worker.jobs j where j.key = 'read:' || o.id::text and j.attempts < j.max_attempts)`);
  for (const { id } of left) await queueRun(job.db, id);
}
