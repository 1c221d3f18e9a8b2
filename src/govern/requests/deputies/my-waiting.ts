import { sql, type Sql } from '#kit/db/index.ts';
import { standIns } from './cover.ts';

/**
 * Requests that wait for somebody, once each: rows of request_id, step_id and on_behalf_of. Their own step comes before
 * another's. What they decided a step of already waits for others.
 */
export const myWaiting = (now: Date, me: string): Sql => sql`
  select distinct on (w.request_id) w.request_id, w.step_id, w.on_behalf_of from (
    select s.request_id, s.id as step_id, null::uuid as on_behalf_of, s.n
      from approval_step s where s.state = 'open' and s.candidates @> array[${me}::uuid]
    union all
    select t.request_id, t.step_id, t.identity_id, 100 + o.n
      from (${standIns(
        now,
        sql`d.deputy_id = ${me}
            and s.candidates && (select array_agg(identity_id) from approval_deputy where deputy_id = ${me})`,
      )}) t join approval_step o on o.id = t.step_id) w
   where not exists (select from approval_step o where o.request_id = w.request_id and ${me} in (o.decided_by, o.decided_for))
   order by w.request_id, w.n, w.on_behalf_of`;
