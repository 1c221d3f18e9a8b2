import { sql, type Queryable } from '#kit/db/index.ts';
import { HOUSE_POLICY } from './policies/model.ts';
import { isWithin, type TimeWindow } from './policies/time-window.ts';

/** An account whose credential is due by its policy. */
export interface DueRotation {
  readonly accountId: string;
  readonly systemId: string;
  readonly cause: 'age' | 'use';
  /** When it may be done; null: at once. */
  readonly window: TimeWindow | null;
}

/**
 * Accounts whose credential is older, or was used in more sessions, than their policy allows, inside the policy's window,
 * oldest first. Those that rotate already, are gone or locked, are out with somebody, wait in a plan of many for a person
 * to decide, or were in one that was declined within a day, are not among them.
 */
export async function dueRotations(db: Queryable, now: Date, limit: number): Promise<readonly DueRotation[]> {
  const rows = await db.many<DueRotation>(sql`
    select a.id as account_id, a.system_id, p.time_window as "window",
           case when s.changed_at < ${now}::timestamptz - make_interval(days => p.max_age_days) then 'age' else 'use' end as cause
      from secret s join account a on a.id = s.account_id
      join lateral (
        select p.max_age_days, p.max_uses, p.time_window from rotation_policy p
         where p.account_id = a.id or p.system_id = a.system_id or (p.account_id is null and p.system_id is null)
         order by p.account_id nulls last, p.system_id nulls last limit 1) p on true
     where s.removed_at is null and s.current_version is not null and a.state = 'active' and a.valid_to is null
       and (s.changed_at < ${now}::timestamptz - make_interval(days => p.max_age_days)
            or p.max_uses <= (select count(*) from access_use u where u.account_id = a.id and u.started_at >= s.changed_at))
       and not exists (select from rotation r where r.account_id = a.id and (r.ended_at is null or r.ended_at > ${now}::timestamptz - interval '1 hour'))
       and not exists (select from secret_checkout c where c.secret_id = s.id and c.ended_at is null)
       and not exists (
         select from mass_change m join mass_change_item i on i.mass_change_id = m.id
          where m.kind = 'rotation' and i.data ->> 'accountId' = a.id::text
            and (m.settled_at is null or (m.state = 'declined' and m.settled_at > ${now}::timestamptz - interval '1 day')))
     order by s.changed_at, a.id limit ${limit}`);
  return rows.filter((row) => isWithin(row.window ?? HOUSE_POLICY.window, now));
}
