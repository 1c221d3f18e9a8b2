import { sql, type Sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { subjectOf, type Campaign } from '../model.ts';
import { HAVE_CANARIES, wrongLines } from './canaries-of-others.ts';
import { canariesPlaced } from './events.ts';

/** Reviewers with fewer items than this are shown none: they would stand out. */
const FROM = 8;

/**
 * Puts lines known to be wrong among those of each reviewer: somebody whose access they review, with something under review
 * that person does not have and nobody of their department does. Which, follows from the campaign, the reviewer and the
 * round, so the same freeze has the same ones. They are about nothing there is, so nothing can come of them.
 */
export async function placeCanaries(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  { round, only = null }: { readonly round: number; readonly only?: string | null },
): Promise<void> {
  const each = campaign.review.canaries;
  const subject = subjectOf(campaign);
  if (each === 0 || campaign.review.stages !== null || !HAVE_CANARIES.includes(subject)) return;
  const others = wrongLines(campaign, subject, { each, from: FROM, round, only });
  const placed =
    others === undefined
      ? await ctx.tx.run(amongGrants(campaign, { each, round, only }))
      : await ctx.tx.run(sql`
          insert into campaign_item (id, campaign_id, identity_id, reviewer_id, routed, what, evidence, canary, subject)
          select id, ${campaign.id}, identity_id, reviewer_id, routed, what, evidence, canary, ${subject} from (${others}) w
          on conflict do nothing`);
  if (placed > 0)
    await ctx.record(permit, { event: canariesPlaced, data: { campaignId: campaign.id, canaries: placed } });
}

/** Somebody with something under review that they do not have. */
const amongGrants = (
  campaign: Campaign,
  { each, round, only }: { readonly each: number; readonly round: number; readonly only: string | null },
): Sql => sql`
    with mine as materialized (
      select i.reviewer_id, i.identity_id, i.id, i.evidence, row_number() over (partition by i.reviewer_id order by md5(i.id::text || ${`${campaign.id} ${round}`})) as n
        from campaign_item i
       where i.campaign_id = ${campaign.id} and i.state = 'open' and i.canary is null and (${only}::uuid is null or i.reviewer_id = ${only})
    ), asked as (
      select * from mine m where n <= ${each} and (select count(*) from mine o where o.reviewer_id = m.reviewer_id) >= ${FROM}
    ), things as materialized (
      select distinct on (coalesce(g.entitlement_id, g.role_id)) coalesce(g.entitlement_id, g.role_id) as id, i.what, i.evidence
        from campaign_item i join access_grant g on g.id = i.grant_id where i.campaign_id = ${campaign.id} order by 1, i.id
    )
    insert into campaign_item (id, campaign_id, grant_id, identity_id, reviewer_id, routed, what, evidence, canary)
    select (substr(a.id::text, 1, 24) || substr(md5(a.id || ${`canary ${round}`}), 1, 12))::uuid, ${campaign.id}, null, a.identity_id, a.reviewer_id,
           m.routed, t.what,
           t.evidence || jsonb_build_object('origin', 'import', 'reason', null, 'until', null, 'department', a.evidence -> 'department',
             'lastUse', null, 'uses', 0, 'sessions', '[]'::jsonb, 'peers', (
               select jsonb_build_object('holding', 0, 'of', q.people) from campaign_peers q
                where q.campaign_id = ${campaign.id} and q.department = a.evidence ->> 'department' limit 1)),
           jsonb_build_object('grantId', substr(m.grant_id::text, 1, 24) || substr(md5(a.id || ${`grant ${round}`}), 1, 12), 'thingId', t.id)
      from asked a join campaign_item m on m.id = a.id
     cross join lateral (
       select t.* from things t
        where not exists (
          select from access_grant g join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null
           where coalesce(g.entitlement_id, g.role_id) = t.id and g.ended_because is null
             and (g.identity_id = a.identity_id or f.department is not distinct from a.evidence ->> 'department' and f.department is not null))
        order by md5(t.id::text || a.id) limit 1
     ) t
    on conflict do nothing`;
