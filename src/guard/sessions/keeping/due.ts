import { sql, type Queryable, type Sql } from '#kit/db/index.ts';

/** A recording whose time is over. */
export interface DueRecording {
  readonly sessionId: string;
  readonly class: string;
  readonly days: number;
  readonly endedAt: Date;
  readonly recordingHead: string | null;
  readonly identityId: string;
}

const fits = sql`(c.protocol is null or c.protocol = s.protocol)
       and (cardinality(c.system_ids) = 0 or s.system_id = any(c.system_ids))`;

/** The class each session is of: the first that fits. */
const classOfSession = sql`
  join lateral (
    select c.name, c.days, c.counts_from from recording_class c where ${fits} order by c.place, c.name limit 1) c on true`;

/** What is held, whatever its class says. A class that is held holds all that fits it: another put before it takes nothing out of that. */
const held = sql`exists (
  select 1 from recording_hold h where h.lifted_at is null
    and (h.session_id = s.id or h.identity_id = s.identity_id or h.system_id = s.system_id
      or exists (select 1 from recording_class c where c.id = h.class_id and ${fits})))`;

/** Sessions whose recordings are due at `at`, as of classes and holds now. */
const due = (at: Date): Sql => sql`
  from session s ${classOfSession}
 where s.state = 'ended' and s.recorded and s.recording_purged_at is null and c.days is not null
   and c.counts_from <= ${at} and s.ended_at < ${at}::timestamptz - make_interval(days => c.days) and not ${held}`;

const columns = sql`s.id as session_id, c.name as class, c.days, s.ended_at, s.recording_head, s.identity_id`;

export const countDue = async (
  db: Queryable,
  at: Date,
): Promise<{ readonly class: string; readonly recordings: number }[]> =>
  db.many(sql`select c.name as class, count(*)::int as recordings ${due(at)} group by c.name order by c.name`);

/** The oldest that are due. */
export const someDue = (db: Queryable, at: Date, most: number): Promise<DueRecording[]> =>
  db.many<DueRecording>(sql`select ${columns} ${due(at)} order by s.ended_at, s.id limit ${most}`);

/** One, locked, if it is due still. */
export const lockDue = (tx: Queryable, sessionId: string, at: Date): Promise<DueRecording | undefined> =>
  tx.maybe<DueRecording>(sql`select ${columns} ${due(at)} and s.id = ${sessionId} for update of s`);
