import { sql, type Sql, type Tx } from '#kit/db/index.ts';

/** How long a delivery can be taken back. */
export const UNDO_DAYS = 30;

/** What is said of a person in a row of facts, without when. Two that say the same are the same text. */
export const contentOf = (facts: Sql): Sql =>
  sql`(to_jsonb(${facts}) - '{identity_id,valid_from,valid_to,recorded_from}'::text[])`;

/** The facts of an identity that hold at an instant, looked up by its key; none where there are none. */
export const factsHolding = (identityId: Sql, at: Date): Sql => sql`
  lateral (select f.* from (select * from identity_facts where identity_id = ${identityId} and valid_from <= ${at}
                             order by valid_from desc limit 1) f
            where f.valid_to is null or f.valid_to > ${at})`;

/** Deliveries only: what a directory pushed is taken back there. */
const delivered = (runId: string): Sql => sql`
  (select r.id, r.source_id from feed_run r join people_source p on p.id = r.source_id where r.id = ${runId} and p.kind = 'hr_csv')`;

/**
 * Keeps what is so of people whom a run is about to change, in its transaction. What was kept of somebody the run
 * changed before stays: it is undone to what was before all of it.
 */
export async function keepBefore(tx: Tx, runId: string, identityIds: readonly string[]): Promise<void> {
  if (identityIds.length === 0) return;
  await tx.run(sql`
    insert into feed_before (run_id, identity_id, facts, record, touched_at)
    select r.id, i.id, ${contentOf(sql`f`)}, case when s.identity_id is not null then to_jsonb(s) end, ${tx.now}
      from ${delivered(runId)} r cross join unnest(${sql.array(identityIds)}::uuid[]) as w(id)
      join identity i on i.id = w.id
      left join ${factsHolding(sql`w.id`, tx.now)} f on true
      left join source_record s on s.identity_id = w.id and s.source_id = r.source_id
    on conflict on constraint feed_before_pk do nothing`);
}

/** Notes how the run left them, so that it is known later whether anybody changed them since. */
export async function noteAfter(tx: Tx, runId: string, identityIds: readonly string[]): Promise<void> {
  if (identityIds.length === 0) return;
  await tx.run(sql`
    insert into feed_before (run_id, identity_id, after, touched_at)
    select r.id, w.id, md5(${contentOf(sql`f`)}::text), ${tx.now}
      from ${delivered(runId)} r cross join unnest(${sql.array(identityIds)}::uuid[]) as w(id)
      left join ${factsHolding(sql`w.id`, tx.now)} f on true
    on conflict on constraint feed_before_pk do update set after = excluded.after, touched_at = excluded.touched_at`);
}

/** Forgets what was kept of runs that can be taken back no longer. */
export const forgetOld = async (tx: Tx): Promise<number> =>
  await tx.run(sql`
    delete from feed_before b using feed_run r
     where r.id = b.run_id and r.state <> 'held' and r.settled_at < ${tx.now}::timestamptz - make_interval(days => ${UNDO_DAYS})`);
