import { deputiesInReviews } from '#govern/requests/index.ts';
import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { barOf } from './independence.ts';

/**
 * Who may decide undecided items in whose name, now: rows of item_id, campaign_id, identity_id and deputy_id. Looked up
 * when it matters, so that a deputy's time and scope hold to the instant, for what waits already too. A deputy who is not
 * independent of an item, or who votes about it already, is none for it, and a deputy of a deputy is not followed.
 */
export const standIns = (now: Date, and: Sql): Sql => sql`
  select i.id as item_id, i.campaign_id, d.identity_id, d.deputy_id
    from ${deputiesInReviews(now)} d join campaign_item i on i.reviewer_id = d.identity_id join campaign c on c.id = i.campaign_id
    left join access_grant h on h.id = i.grant_id
    left join role_content rc on rc.id = i.role_content_id
    left join entitlement e on e.id = coalesce(h.entitlement_id, i.entitlement_id, rc.entitlement_id, (i.canary ->> 'entitlementId')::uuid, (i.canary ->> 'thingId')::uuid)
    left join account a on a.id = i.account_id
   where i.state in ('open', 'decided') and c.state = 'open' and ${and}
     and (d.system_ids is null and d.target_ids is null
          or coalesce(h.entitlement_id, h.role_id, rc.role_id, e.id) = any (d.target_ids)
          or coalesce(e.system_id, a.system_id) = any (d.system_ids))
     and not exists (
       select from campaign_item o where o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id
          and (o.reviewer_id = d.deputy_id and o.state <> 'spared' or d.deputy_id in (o.decided_by, o.decided_for)))
     and ${barOf(sql`d.deputy_id`, now)} is null`;

/** Whose items somebody may have to decide, in one campaign or in all. */
export const inWhoseNames = async (
  tx: Queryable,
  deputyId: string,
  now: Date,
  campaignId: string | null = null,
): Promise<string[]> =>
  (
    await tx.many<{ identityId: string }>(sql`
      select distinct d.identity_id from ${deputiesInReviews(now)} d
       where d.deputy_id = ${deputyId}
         and exists (select from campaign_reviewer r where r.reviewer_id = d.identity_id and r.items > 0
                        and (${campaignId}::uuid is null or r.campaign_id = ${campaignId}))`)
  ).map((row) => row.identityId);

/** Items among these that somebody may decide in the name of another. */
export const standsInFor = (
  tx: Queryable,
  asked: { readonly deputyId: string; readonly items: readonly string[]; readonly now: Date },
): Promise<{ itemId: string; identityId: string }[]> =>
  tx.many(sql`
    select distinct item_id, identity_id
      from (${standIns(asked.now, sql`d.deputy_id = ${asked.deputyId} and i.id = any(${sql.array(asked.items)}::uuid[])`)}) s`);

/**
 * Items `i` that somebody has to decide: their own, and those of others they stand in for. Without anybody to stand in
 * for it is one comparison, so that a page stays a walk along one index.
 */
export const waitsFor = (now: Date, me: string, names: readonly string[]): Sql =>
  names.length === 0
    ? sql`i.reviewer_id = ${me}`
    : sql`(i.reviewer_id = ${me} or i.reviewer_id = any(${sql.array(names)}::uuid[]) and exists (
        select from (${standIns(now, sql`d.deputy_id = ${me}`)}) s where s.item_id = i.id))`;
