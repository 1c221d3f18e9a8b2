import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { FeedRun } from '../runs/model.ts';

/**
 * Makes what a source remembers of people what it was before a run, digest and all: a row that differs from it is
 * looked at with the next delivery, also where that delivery is the same file again; where the house has said since how
 * sources are read, every row is. Whom the run made or met the source
 * knows no longer; a key it made somebody by is that same identity, should it be delivered again.
 */
export async function restoreRecords(tx: Tx, run: Pick<FeedRun, 'id' | 'sourceId'>, which: Sql): Promise<void> {
  const theirs = sql`
    b.run_id = ${run.id} and s.source_id = ${run.sourceId} and s.identity_id = b.identity_id and s.run_id = b.run_id
       and b.record is null and ${which}`;
  await tx.run(sql`
    insert into source_taken_back (source_id, external_id, identity_id)
    select s.source_id, s.external_id, s.identity_id from feed_before b join source_record s on ${theirs} where b.facts is null
    on conflict on constraint source_taken_back_pk do update set identity_id = excluded.identity_id`);
  await tx.run(sql`delete from source_record s using feed_before b where ${theirs}`);
  await tx.run(sql`
    insert into source_record
    select (jsonb_populate_record(null::source_record,
              b.record || case when read.anew > b.touched_at then '{"digest": "\\\\x"}'::jsonb else '{}'::jsonb end)).*
      from feed_before b cross join (select max(recorded_from) as anew from people_source) read
      join source_record s on s.source_id = ${run.sourceId} and s.identity_id = b.identity_id
     where b.run_id = ${run.id} and b.record is not null and ${which}
    on conflict on constraint source_record_pk do update
       set digest = excluded.digest, status = excluded.status, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
           state = excluded.state, due_at = excluded.due_at, present = excluded.present, since = excluded.since,
           run_id = excluded.run_id, record = excluded.record`);
}
