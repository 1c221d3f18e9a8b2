import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Campaign, CampaignItem, CampaignScope, Candidate } from './model.ts';

const campaignColumns = sql`c.id, c.name, c.kind, c.scope, c.reviewer_rule, c.state, c.due_at, c.created_by, c.launched_at, c.closed_at`;
const itemColumns = sql`i.id, i.campaign_id, i.grant_id, i.identity_id, i.reviewer_id, i.what, i.evidence, i.state, i.decision, i.comment,
  i.decided_by, i.decided_at, i.signed_at, i.sessions_ended_ms, i.effect_ms, i.proven, i.closed_at`;

export const findCampaign = (tx: Queryable, id: string): Promise<Campaign | undefined> =>
  tx.maybe<Campaign>(sql`select ${campaignColumns} from campaign c where c.id = ${id}`);

/** Locks a campaign against launch, sign and close at the same time. Throws `campaign.not_found`. */
export async function lockCampaign(tx: Queryable, id: string): Promise<Campaign> {
  const found = await tx.maybe<Campaign>(sql`select ${campaignColumns} from campaign c where c.id = ${id} for update`);
  if (found === undefined) throw notFound('campaign', id);
  return found;
}

export async function listCampaigns(
  tx: Queryable,
  input: { readonly cursor?: string | undefined; readonly limit: number; readonly reviewerId?: string | undefined },
): Promise<{ items: (Campaign & Progress)[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Campaign & Progress>(sql`
    select ${campaignColumns}, p.* from campaign c cross join lateral (${progress(sql`c.id`)}) p
    where (${after}::uuid is null or c.id < ${after})
      and (${input.reviewerId ?? null}::uuid is null
           or exists (select 1 from campaign_item i where i.campaign_id = c.id and i.reviewer_id = ${input.reviewerId ?? null}))
    order by c.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

/** How far a campaign is. */
export interface Progress {
  readonly total: number;
  readonly open: number;
  readonly decided: number;
  readonly kept: number;
  readonly revoking: number;
  readonly revoked: number;
}

const progress = (campaignId: Sql): Sql => sql`
  select count(*)::int as total, (count(*) filter (where state = 'open'))::int as open,
    (count(*) filter (where state = 'decided'))::int as decided, (count(*) filter (where state = 'kept'))::int as kept,
    (count(*) filter (where state = 'revoking'))::int as revoking, (count(*) filter (where state = 'revoked'))::int as revoked
  from campaign_item where campaign_id = ${campaignId}`;

export const progressOf = (tx: Queryable, campaignId: string): Promise<Progress> =>
  tx.one<Progress>(progress(sql`${campaignId}::uuid`));

/** Live grants in scope, with who could review each. */
export const candidates = (
  tx: Queryable,
  scope: CampaignScope,
  now: Date,
): Promise<(Candidate & { what: string; evidence: object })[]> =>
  tx.many(sql`
    with facts as (
      select identity_id, manager_id, department from identity_facts
      where valid_from <= ${now} and (valid_to is null or valid_to > ${now})
    ), live as (
      select g.*, f.manager_id, f.department, e.owner_id, s.owner_id as system_owner_id, e.system_id,
        coalesce(e.privileged, false) as privileged, coalesce(e.risk, r.risk) as risk,
        case when e.id is null then 'role ' || r.name else e.name || ' on ' || s.name end as what
      from access_grant g join facts f on f.identity_id = g.identity_id
      left join entitlement e on e.id = g.entitlement_id left join system s on s.id = e.system_id left join role r on r.id = g.role_id
      where g.ended_because is null and g.valid_from <= ${now} and (g.valid_to is null or g.valid_to > ${now})
        and (${scope.systemId ?? null}::uuid is null or e.system_id = ${scope.systemId ?? null})
        and (${scope.entitlementId ?? null}::uuid is null or g.entitlement_id = ${scope.entitlementId ?? null})
        and (${scope.identityId ?? null}::uuid is null or g.identity_id = ${scope.identityId ?? null})
        and (not ${scope.privileged === true} or e.privileged)
    ), groups as (
      select department, count(*)::int as people from facts where department is not null group by department
    ), holders as (
      select f.department, coalesce(g.entitlement_id, g.role_id) as thing, count(distinct g.identity_id)::int as people
      from access_grant g join facts f on f.identity_id = g.identity_id
      where g.ended_because is null and (g.valid_to is null or g.valid_to > ${now}) and f.department is not null group by 1, 2
    )
    select live.id as grant_id, live.identity_id, live.manager_id, live.owner_id, live.system_owner_id, live.what,
      jsonb_build_object(
        'origin', live.origin, 'reason', live.reason, 'since', live.valid_from, 'until', live.valid_to,
        'privileged', live.privileged, 'risk', live.risk,
        'lastUse', (select max(u.started_at) from access_use u where u.grant_ids @> array[live.id]),
        'uses', (select count(*) from access_use u where u.grant_ids @> array[live.id]),
        'sessions', coalesce((select jsonb_agg(jsonb_build_object('sessionId', u.id, 'protocol', u.protocol, 'startedAt', u.started_at,
            'endedAt', u.ended_at, 'commands', u.commands, 'commandClasses', u.command_classes) order by u.started_at desc)
          from (select * from access_use u where u.grant_ids @> array[live.id] order by u.started_at desc limit 20) u), '[]'),
        'peers', case when groups.people >= 5 then jsonb_build_object('holding', coalesce(holders.people, 0), 'of', groups.people) end
      ) as evidence
    from live left join groups on groups.department = live.department
    left join holders on holders.department = live.department and holders.thing = coalesce(live.entitlement_id, live.role_id)
    order by live.id`);

export async function activeAmong(tx: Queryable, ids: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    select identity_id as id from identity_facts where identity_id = any(${ids}::uuid[]) and state = 'active'
      and valid_from <= ${now} and (valid_to is null or valid_to > ${now})`);
  return new Set(rows.map((r) => r.id));
}

export const insertItems = (
  tx: Queryable,
  campaignId: string,
  items: readonly {
    readonly id: string;
    readonly grantId: string;
    readonly identityId: string;
    readonly reviewerId: string;
    readonly what: string;
    readonly evidence: object;
  }[],
): Promise<number> =>
  tx.run(sql`
    insert into campaign_item (id, campaign_id, grant_id, identity_id, reviewer_id, what, evidence)
    select (x ->> 'id')::uuid, ${campaignId}, (x ->> 'grantId')::uuid, (x ->> 'identityId')::uuid, (x ->> 'reviewerId')::uuid, x ->> 'what', x -> 'evidence'
    from jsonb_array_elements(${sql.json(items)}::jsonb) x
    on conflict on constraint campaign_item_is_there_once do nothing`);

export const findItem = (tx: Queryable, id: string): Promise<CampaignItem | undefined> =>
  tx.maybe<CampaignItem>(sql`select ${itemColumns} from campaign_item i where i.id = ${id}`);

export async function lockItem(tx: Queryable, id: string): Promise<CampaignItem> {
  const found = await tx.maybe<CampaignItem>(
    sql`select ${itemColumns} from campaign_item i where i.id = ${id} for update`,
  );
  if (found === undefined) throw notFound('campaign_item', id);
  return found;
}

/** An item with the name of the person it is about. */
export type NamedItem = CampaignItem & { readonly identityName: string };

export async function listItems(
  tx: Queryable,
  input: {
    readonly campaignId: string;
    readonly reviewerId?: string | undefined;
    readonly state?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: NamedItem[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<NamedItem>(sql`
    select ${itemColumns}, f.display_name as identity_name from campaign_item i
    join lateral (select display_name from identity_facts f where f.identity_id = i.identity_id order by valid_from desc limit 1) f on true
    where i.campaign_id = ${input.campaignId} and (${input.reviewerId ?? null}::uuid is null or i.reviewer_id = ${input.reviewerId ?? null})
      and (${input.state ?? null}::text is null or i.state = ${input.state ?? ''})
      and (${after}::uuid is null or i.id > ${after}) order by i.id limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

export const decidedItemsOf = (tx: Queryable, campaignId: string, reviewerId: string): Promise<CampaignItem[]> =>
  tx.many<CampaignItem>(sql`
    select ${itemColumns} from campaign_item i
    where i.campaign_id = ${campaignId} and i.reviewer_id = ${reviewerId} and i.state = 'decided' order by i.id for update`);

export const revokingItemsOf = (tx: Queryable, grantId: string): Promise<CampaignItem[]> =>
  tx.many<CampaignItem>(
    sql`select ${itemColumns} from campaign_item i where i.grant_id = ${grantId} and i.state = 'revoking' for update`,
  );
