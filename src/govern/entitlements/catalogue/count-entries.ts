import { sql, type Tx } from '#kit/db/index.ts';
import { RECENT_DAYS } from './model.ts';

/**
 * Counts who has each entitlement of a system and finds when it was last used and how well that is known. What was
 * exercised through Reeve on a grant of it is known of the entitlement; what a target tells of accounts is known of
 * whoever has it; what nobody ever had was never used; of all else nothing is known. Returns how many changed.
 */
export async function countEntries(tx: Tx, systemId: string): Promise<number> {
  return await tx.run(sql`
    with held as (
      select h.entitlement_id, count(*) filter (where h.valid_to is null)::int as holders,
             max(a.last_used_at) filter (where h.valid_to is null and a.valid_to is null) as at
        from holding h join account a on a.id = h.account_id where a.system_id = ${systemId} group by 1
    ),
    given as (
      select g.entitlement_id, count(*) filter (where g.ended_because is null and g.valid_from <= ${tx.now}
                                                  and (g.valid_to is null or g.valid_to > ${tx.now}))::int as granted
        from access_grant g join catalogue_entry c on c.entitlement_id = g.entitlement_id and c.system_id = ${systemId} group by 1
    ),
    exercised as (
      select g.entitlement_id, max(u.started_at) as at
        from access_use u cross join unnest(u.grant_ids) as rested(id) join access_grant g on g.id = rested.id
       where u.system_id = ${systemId} and g.entitlement_id is not null group by 1
    ),
    now_known as (
      select c.entitlement_id, coalesce(h.holders, 0) as holders, coalesce(g.granted, 0) as granted,
             coalesce(x.at, h.at) as last_used_at,
             case when x.at is not null then 'exercised' when h.at is not null then 'account'
                  when h.entitlement_id is null and g.entitlement_id is null
                       and not exists (select from role_content r where r.entitlement_id = c.entitlement_id)
                       and not exists (select from entitlement_edge e where e.child_id = c.entitlement_id) then 'never'
                  else 'unknown' end as use_known
        from catalogue_entry c
        left join held h on h.entitlement_id = c.entitlement_id
        left join given g on g.entitlement_id = c.entitlement_id
        left join exercised x on x.entitlement_id = c.entitlement_id
       where c.system_id = ${systemId}
    )
    update catalogue_entry c
       set holders = k.holders, granted = k.granted, last_used_at = k.last_used_at, use_known = k.use_known, counted_at = ${tx.now},
           used = case k.use_known when 'unknown' then 3 when 'never' then 2
                       else case when k.last_used_at >= ${tx.now}::timestamptz - make_interval(days => ${RECENT_DAYS}::int) then 0 else 1 end end
      from now_known k where c.entitlement_id = k.entitlement_id`);
}

/** Adds the words of a system's entries to those that what is mistyped is compared with. */
export async function learnWords(tx: Tx, systemId: string): Promise<number> {
  return await tx.run(sql`
    insert into catalogue_word (word)
    select distinct w from catalogue_entry c cross join lateral string_to_table(btrim(c.search), ' ') w
     where c.system_id = ${systemId} and length(w) between 4 and 40 and w !~ '[0-9]'
       and not exists (select from catalogue_word k where k.word = w)
     order by 1
    on conflict do nothing`);
}

/** Sums up how many entries of a system are alike. Rows that come meanwhile stay beside the sums. */
export async function sumKinds(tx: Tx, systemId: string): Promise<void> {
  await tx.run(sql`
    with summed as (delete from catalogue_kind where system_id = ${systemId} returning system_id, facets, label, n)
    insert into catalogue_kind (system_id, facets, label, n)
    select system_id, facets, label, sum(n) from summed group by 1, 2, 3 having sum(n) <> 0`);
}
