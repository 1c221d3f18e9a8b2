import { sql, type Queryable } from '#kit/db/index.ts';

/** When a system is read by itself, and how much a reading of it may take away. */
export interface ReadingSchedule {
  readonly systemId: string;
  /** Seconds between whole readings; 0: never by itself. */
  readonly readEverySeconds: number;
  /** Seconds between readings of what changed, where the system tells that; 0: never. */
  readonly readChangesEverySeconds: number;
  readonly maxLossPercent: number;
  readonly maxLossFree: number;
  readonly nextReadAt: Date | null;
  readonly nextChangesAt: Date | null;
  /** Why what changed could not be read the last time. */
  readonly changesProblem: string | null;
}

/** Whole readings are for what changes cannot tell; a system that tells no changes is read whole more often. */
const EVERY = { whereChangesAreTold: 86_400, whereNot: 900 } as const;

/** Seconds between whole readings of system `s` with schedule `r` and mark `m`. */
export const everySeconds = sql`coalesce(r.read_every_seconds, case when m.mark is null then ${EVERY.whereNot}::int else ${EVERY.whereChangesAreTold}::int end)`;

/** The schedule of a system, said or by default. */
export const getSchedule = (tx: Queryable, systemId: string): Promise<ReadingSchedule | undefined> =>
  tx.maybe<ReadingSchedule>(sql`
    select s.id as system_id, ${everySeconds} as read_every_seconds,
           coalesce(r.read_changes_every_seconds, 60) as read_changes_every_seconds,
           coalesce(r.max_loss_percent, 50) as max_loss_percent, coalesce(r.max_loss_free, 0) as max_loss_free,
           r.next_read_at, r.next_changes_at, r.changes_problem
      from system s left join reading_schedule r on r.system_id = s.id left join reading_mark m on m.system_id = s.id
     where s.id = ${systemId}`);

/** Makes a system one that is read by itself, also where nobody logs in to it. */
export const schedule = (tx: Queryable, systemId: string): Promise<number> =>
  tx.run(sql`insert into reading_schedule (system_id) values (${systemId}) on conflict do nothing`);

/** The next whole reading, a little sooner or later than asked, so that systems connected together are not read together. */
export const planNext = (
  tx: Queryable,
  input: { readonly systemId: string; readonly now: Date; readonly atLeastSeconds?: number },
): Promise<number> =>
  tx.run(sql`
    insert into reading_schedule as t (system_id, next_read_at)
    select s.id, ${input.now}::timestamptz
           + make_interval(secs => greatest(${everySeconds}, ${input.atLeastSeconds ?? 0}::int) * (0.95 + 0.1 * random()))
      from system s left join reading_schedule r on r.system_id = s.id left join reading_mark m on m.system_id = s.id
     where s.id = ${input.systemId}
    on conflict on constraint reading_schedule_pk do update set next_read_at = excluded.next_read_at`);
