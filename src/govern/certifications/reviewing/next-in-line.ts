import { sql, type Tx } from '#kit/db/index.ts';
import { known, lastResorts, live, thing } from '../freeze-items.ts';
import type { Campaign } from '../model.ts';
import { barOf } from './independence.ts';

/** Somebody who could review an item, and why they. */
export interface Candidate {
  readonly id: string;
  readonly routed: 'manager' | 'owner' | 'system_owner' | 'named' | 'campaign_owner' | 'overseer';
}

const ORDER: Readonly<Record<Campaign['reviewerRule'], readonly string[]>> = {
  manager: ['manager', 'owner', 'system_owner'],
  owner: ['owner', 'system_owner', 'manager'],
  named: ['named', 'owner', 'system_owner', 'manager'],
};

/**
 * Who could review items, by item and in the order they are asked in: by the rule of the campaign as known at an instant,
 * then whoever made it, then those who oversee; whatever the items are about. Only who is active and independent.
 */
export async function candidatesFor(
  tx: Tx,
  campaign: Campaign,
  asked: { readonly items: readonly string[]; readonly at: Date },
): Promise<ReadonlyMap<string, readonly Candidate[]>> {
  const { items, at } = asked;
  const resorts = await lastResorts(tx, campaign, at);
  const rows = await tx.many<Candidate & { itemId: string }>(sql`
    with wanted as materialized (
      select i.*, coalesce(g.entitlement_id, g.role_id, i.entitlement_id, c.role_id, x.rule_id, (i.canary ->> 'thingId')::uuid) as thing_id,
             c.entitlement_id as part_id, a.system_id
        from campaign_item i left join access_grant g on g.id = i.grant_id left join role_content c on c.id = i.role_content_id
        left join sod_exception x on x.id = i.exception_id left join account a on a.id = i.account_id where i.id = any(${sql.array(items)}::uuid[])
    ), who as materialized (
      select i.id as item_id, x.id, x.routed, x.n
        from wanted i
        left join ${known('identity_facts', at, sql`identity_id in (select identity_id from wanted)`)} f
          on f.identity_id = i.identity_id and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at})
        left join ${thing('entitlement', at)} e on e.id = i.thing_id
        left join ${thing('entitlement', at)} p on p.id = i.part_id
        left join ${thing('system', at)} s on s.id = coalesce(e.system_id, p.system_id, i.system_id)
        left join ${thing('role', at)} r on r.id = i.thing_id
        left join ${thing('sod_rule', at)} d on d.id = i.thing_id
       cross join lateral (
         select v.id, v.routed, array_position(${sql.array([...ORDER[campaign.reviewerRule]])}::text[], v.routed) as n from (values
           (coalesce(f.manager_id, f.owner_id), 'manager'), (coalesce(e.owner_id, r.owner_id, d.owner_id), 'owner'), (s.owner_id, 'system_owner'),
           (${campaign.scope.reviewerId ?? null}::uuid, 'named')) v(id, routed)
         union all
         select o.id, case when o.id = ${campaign.createdBy}::uuid then 'campaign_owner' else 'overseer' end, 10 + o.n
           from unnest(${sql.array([...resorts])}::uuid[]) with ordinality o(id, n)
       ) x
       where x.id is not null and x.n is not null
    )
    select w.item_id, w.id, w.routed
      from who w join wanted i on i.id = w.item_id join campaign c on c.id = i.campaign_id
     where exists (select from ${known('identity_facts', at, sql`identity_id in (select id from who)`)} f
                    where f.identity_id = w.id and f.state = 'active' and ${live(at)})
       and ${barOf(sql`w.id`, tx.now)} is null
     order by w.item_id, w.n`);
  const by = new Map<string, Candidate[]>();
  for (const { itemId, id, routed } of rows) by.set(itemId, [...(by.get(itemId) ?? []), { id, routed }]);
  return by;
}
