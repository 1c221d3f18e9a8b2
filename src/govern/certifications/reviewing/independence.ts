import { sql, type Queryable, type Sql } from '#kit/db/index.ts';

/** Why somebody does not review an item. */
export const BARS = [
  'subject',
  'holder',
  'answers',
  'requester',
  'subject_deputy',
  'subject_delegate',
  'approver',
  'below_grade',
  'reciprocal',
] as const;
export type Bar = (typeof BARS)[number];

/** The same in words, to go on with `because`. */
export const BAR_WORDS: Readonly<Record<Bar, string>> = {
  subject: 'it is their own access',
  holder: 'they have the role it is a part of',
  answers: 'they answer for whom it is about',
  requester: 'they asked for it',
  subject_deputy: 'they are the deputy of the person concerned',
  subject_delegate: 'the person concerned gave them items of this certification',
  approver: 'they approved it and benefit from it',
  below_grade: 'they are of a lower grade than the person concerned',
  reciprocal: 'the person concerned reviews their access in this certification',
};

const PROGRAM = sql`('service', 'workload', 'agent')`;

/** Slices of facts that have a grade; written as the index has it. */
export const GRADED = sql`attributes ?| array['grade', 'level']`;
/** The grade or level of slice `f` of facts, where it is a number. */
export const gradeOf = (f: Sql): Sql => {
  const said = sql`coalesce(${f}.attributes ->> 'grade', ${f}.attributes ->> 'level')`;
  return sql`case when ${said} ~ '^[0-9]{1,6}$' then (${said})::int end`;
};
const factsNow = (identity: Sql, now: Date): Sql => sql`(
  select ${gradeOf(sql`f`)} from identity_facts f
   where f.identity_id = ${identity} and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now}))`;

const standing = (g: Sql, now: Date): Sql =>
  sql`${g}.ended_because is null and ${g}.valid_from <= ${now} and (${g}.valid_to is null or ${g}.valid_to > ${now})`;

/** Whether `who` has the role that item `i` is a part of, by itself or within another. */
const hasRole = (who: Sql, now: Date): Sql => sql`exists (
  with recursive above(id) as (
    select c.role_id from role_content c where c.id = i.role_content_id
    union select c.role_id from role_content c join above a on c.child_role_id = a.id
     where c.valid_from <= ${now} and (c.valid_to is null or c.valid_to > ${now})
  ) select from access_grant h where h.identity_id = ${who} and h.role_id in (select id from above) and ${standing(sql`h`, now)})`;

/** Whether `who` asked for that role, and it waits or stands. */
const askedForRole = (who: Sql, now: Date): Sql => sql`exists (
  select from role_content c join request_line l on l.role_id = c.role_id and l.takes_grant_id is null
    join request q on q.id = l.request_id and q.requester_id = ${who}
   where c.id = i.role_content_id
     and (q.state = 'pending' or exists (select from access_grant h where h.id = l.grant_id and ${standing(sql`h`, now)})))`;

/**
 * Why `who` is not independent of item `i` of campaign `c`, as things are now; null where they are. For the person who
 * decides and for the one in whose name they do.
 */
export const barOf = (who: Sql, now: Date): Sql => sql`(
  select case
    when i.identity_id = ${who} or exists (select from identity_merge m
      where m.duplicate_id = i.identity_id and m.now_id = ${who} and m.undone_at is null) then 'subject'
    when i.role_content_id is not null and ${hasRole(who, now)} then 'holder'
    when i.account_id is not null and exists (
      select from account a left join identity_facts f on f.identity_id = a.identity_id and i.subject = 'account'
         and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
       where a.id = i.account_id and ${who} in (a.identity_id, f.owner_id)) then 'answers'
    when i.exception_id is not null and exists (
      select from identity_facts f where f.identity_id = i.identity_id and f.owner_id = ${who}
         and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})) then 'answers'
    when g.origin = 'request' and exists (select from request q where q.id = g.origin_id and q.requester_id = ${who}) then 'requester'
    when i.role_content_id is not null and ${askedForRole(who, now)} then 'requester'
    when exists (select from approval_deputy d where d.identity_id = i.identity_id and d.deputy_id = ${who}
                    and d.ended_at is null and d.starts_at <= ${now} and d.ends_at > ${now}) then 'subject_deputy'
    when exists (select from campaign_item_move m where m.campaign_id = i.campaign_id and m.from_id = i.identity_id and m.to_id = ${who}
                    and m.because = 'given') then 'subject_delegate'
    when g.origin = 'request' and exists (
      select from approval_step s where s.request_id = g.origin_id and ${who} in (s.decided_by, s.decided_for)
         and (exists (select from identity p join identity_facts f on f.identity_id = p.id and f.owner_id = ${who}
                         and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
                       where p.id = i.identity_id and p.kind in ${PROGRAM})
              or exists (select from access_grant own join approval_step o on own.origin = 'request' and o.request_id = own.origin_id
                            and i.identity_id in (o.decided_by, o.decided_for)
                          where own.identity_id = ${who} and own.ended_because is null
                            and coalesce(own.entitlement_id, own.role_id) = coalesce(g.entitlement_id, g.role_id)))) then 'approver'
    when ${factsNow(who, now)} < ${factsNow(sql`i.identity_id`, now)} then 'below_grade'
    when c.reciprocal = 'reroute' and exists (
      select from campaign_item o where o.campaign_id = i.campaign_id and o.reviewer_id = i.identity_id and o.identity_id = ${who}
         and o.state <> 'spared') then 'reciprocal'
  end from (select) one left join access_grant g on g.id = i.grant_id)`;

/**
 * Of these items, those somebody is not independent of, and why. Most items are not even candidates, which is cheap to see
 * for a thousand at once; `barOf` alone says what is so of the rest.
 */
export const notIndependent = (
  tx: Queryable,
  asked: { readonly who: string; readonly items: readonly string[]; readonly now: Date },
): Promise<{ itemId: string; bar: Bar }[]> => {
  const who = sql`${asked.who}::uuid`;
  return tx.many(
    sql.aboutIds(
      'certifications.not_independent',
      asked.items,
      (are) => sql`
    with suspect as materialized (
      select i.id from campaign_item i join campaign c on c.id = i.campaign_id
       where ${are(sql`i.id`)} and (
         i.identity_id = ${who} or i.identity_id in (select m.duplicate_id from identity_merge m where m.now_id = ${who})
         or c.reciprocal = 'reroute'
         or i.identity_id in (select d.identity_id from approval_deputy d where d.deputy_id = ${who})
         or i.identity_id in (select m.from_id from campaign_item_move m where m.to_id = ${who})
         or i.identity_id in (select f.identity_id from identity_facts f where ${GRADED})
         or i.subject <> 'grant' or exists (select from access_grant g where g.id = i.grant_id and g.origin = 'request'))
    ), barred as (
      select i.id as item_id, ${barOf(who, asked.now)} as bar
        from campaign_item i join campaign c on c.id = i.campaign_id where i.id in (select id from suspect)
    )
    select item_id, bar from barred where bar is not null order by item_id`,
    ),
  );
};

/**
 * Body of a common table: pairs of a person concerned and somebody who is not independent of them, as known at an
 * instant, for the rows of `live` as `frozenRows` makes them. What is the same for every row (subject, requester) is asked there.
 */
export const barredAt = (at: Date, facts: Sql): Sql => sql`
  select d.identity_id, d.deputy_id as who, 'subject_deputy' as why from approval_deputy d
   where d.made_at <= ${at} and d.starts_at <= ${at} and d.ends_at > ${at} and (d.ended_at is null or d.ended_at > ${at})
  union all
  select l.identity_id, x.id, 'below_grade'
    from (select f.identity_id, ${gradeOf(sql`f`)} as grade from ${facts} f) subject
    join live l on l.identity_id = subject.identity_id
   cross join lateral (values (l.manager_id), (l.owner_id), (l.system_owner_id), (l.named_id)) x(id)
    join (select f.identity_id, ${gradeOf(sql`f`)} as grade from ${facts} f) r on r.identity_id = x.id
   where r.grade < subject.grade
  union all
  select l.identity_id, x.id, 'approver'
    from live l join approval_step s on s.request_id = l.request_id and s.decided_at <= ${at}
    join identity p on p.id = l.identity_id
   cross join lateral (values (s.decided_by), (s.decided_for)) x(id)
   where x.id is not null
     and (p.kind in ${PROGRAM} and x.id = l.answers_id
          or exists (select from access_grant own join approval_step o on own.origin = 'request' and o.request_id = own.origin_id
                        and l.identity_id in (o.decided_by, o.decided_for) and o.decided_at <= ${at}
                      where own.identity_id = x.id and coalesce(own.entitlement_id, own.role_id) = l.thing_id))`;
