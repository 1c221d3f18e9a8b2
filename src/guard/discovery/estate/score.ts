import { sql, type Tx } from '#kit/db/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** How much of a system's estate a finding is, by severity. */
const weight = sql`case f.severity when 'critical' then 8 when 'high' then 4 when 'medium' then 2 else 1 end`;

/**
 * Under control: accepted for a time with a reason; or it rests on a credential that is in the vault; or everything
 * privileged the account holds is a grant with an end. A file or a key is brought under control by changing it, only.
 */
const controlled = sql`(
  f.state = 'accepted'
  or (f.rests_on = 'credential' and f.account_id is not null and (
    exists (select from secret v where v.account_id = f.account_id and v.removed_at is null and v.current_version is not null)
    or (exists (select from holding h join entitlement e on e.id = h.entitlement_id where h.account_id = f.account_id and h.valid_to is null and e.privileged)
        and not exists (
          select from holding h join entitlement e on e.id = h.entitlement_id join account a on a.id = h.account_id
           where h.account_id = f.account_id and h.valid_to is null and e.privileged
             and not exists (select from access_grant g where g.identity_id = a.identity_id and g.entitlement_id = h.entitlement_id
                                and g.started and g.ended_because is null and g.valid_to is not null))))))`;

export interface SystemScore {
  readonly systemId: string;
  readonly systemName: string;
  readonly kind: string;
  readonly weight: number;
  readonly controlled: number;
  readonly findings: number;
  readonly accounts: number;
  readonly owned: number;
  readonly critical: number;
  readonly lookedAt: Date | null;
  /** When everything was looked at last, also what had not changed. */
  readonly wholeLookAt: Date | null;
  readonly problem: string | null;
}

/** How it stands now, by system; systems nobody has looked at are among them, with nothing found and no look. */
export const scores = (tx: Tx): Promise<readonly SystemScore[]> =>
  tx.many<SystemScore>(sql`
    select s.id as system_id, s.name as system_name, s.kind,
      coalesce(sum(${weight}), 0)::int as weight, coalesce(sum(${weight}) filter (where ${controlled}), 0)::int as controlled,
      count(f.id)::int as findings, count(distinct f.account_name) filter (where f.power)::int as accounts,
      count(f.id) filter (where f.owner_id is not null)::int as owned, count(f.id) filter (where f.severity = 'critical' and f.state = 'open')::int as critical,
      (select max(l.ended_at) from privilege_look l where l.system_id = s.id and l.state = 'done') as looked_at,
      (select p.whole_at from privilege_schedule p where p.system_id = s.id) as whole_look_at,
      (select l.problem from privilege_look l where l.system_id = s.id and l.state <> 'waiting' order by l.asked_at desc, l.id desc limit 1) as problem
    from system s left join finding f on f.system_id = s.id and f.state <> 'gone' and f.source <> 'reading'
    where s.valid_to is null and s.kind = any(array['linux', 'postgres', 'mysql', 'ldap', 'activedirectory'])
    group by s.id, s.name, s.kind order by s.name`);

/** Keeps the score of the day. Taken again on the same day, the later one stays. */
export async function takeScore(ctx: Ctx, systemId: string): Promise<void> {
  await ctx.tx.run(sql`
    insert into estate_score (system_id, taken_on, weight, controlled, findings, accounts, owned)
    select ${systemId}, (${ctx.now}::timestamptz at time zone 'UTC')::date, coalesce(sum(${weight}), 0), coalesce(sum(${weight}) filter (where ${controlled}), 0),
      count(f.id), count(distinct f.account_name) filter (where f.power), count(f.id) filter (where f.owner_id is not null)
    from finding f where f.system_id = ${systemId} and f.state <> 'gone' and f.source <> 'reading'
    on conflict on constraint estate_score_pk do update set weight = excluded.weight, controlled = excluded.controlled,
      findings = excluded.findings, accounts = excluded.accounts, owned = excluded.owned`);
}

/** The days kept, oldest first; a system counts with its last score of or before each day. */
export const trend = (tx: Tx, since: Date): Promise<readonly { day: string; weight: number; controlled: number }[]> =>
  tx.many(sql`
    with days as (select distinct taken_on from estate_score where taken_on >= ${since}::date)
    select d.taken_on::text as day, sum(l.weight)::int as weight, sum(l.controlled)::int as controlled
      from days d cross join system s
      cross join lateral (select e.weight, e.controlled from estate_score e where e.system_id = s.id and e.taken_on <= d.taken_on
                           order by e.taken_on desc limit 1) l
     where s.valid_to is null group by d.taken_on order by d.taken_on`);
