import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { CampaignItem } from './model.ts';
import {
  shownAccount,
  shownEntitlement,
  shownException,
  shownGrant,
  shownPart,
} from './reviewing/canaries-of-others.ts';
import { recommend } from './reviewing/recommend.ts';

/** Since when what it gives is gone at its source: a tombstone, as the catalogue shows it. */
const goneSince = sql`(
  select e.valid_to from entitlement e where e.id = coalesce(i.entitlement_id,
    (select g.entitlement_id from access_grant g where g.id = i.grant_id),
    (select c.entitlement_id from role_content c where c.id = i.role_content_id)))`;
/** What happened to it that opened the review, in a review that was opened so. */
const askedBecause = sql`coalesce((
  select jsonb_build_object('about', jsonb_build_object('asked because', w.because)) from review_wanted w
   where c.opened_by is not null and w.campaign_id = i.campaign_id and w.grant_id = i.grant_id limit 1), '{}')`;
/** Why a revocation is not carried out: what the item says, or else what the targets say. */
const problem = sql`coalesce(i.problem, case when i.state = 'revoking' then (
  select t.problem from provision_task t where t.grant_id = any(i.grant_id || i.ends) and t.state <> 'done' and t.problem is not null
   order by t.decided_at, t.id limit 1) end)`;

/**
 * An item with all its evidence. What is frozen stands in its row; uses and sessions are looked up here, as they were at
 * the campaign's instant, and peers come from what was counted then.
 */
const columns = sql`i.id, i.campaign_id, i.subject, ${shownGrant} as grant_id, i.identity_id, ${shownPart} as role_content_id, ${shownAccount} as account_id,
  ${shownEntitlement} as entitlement_id, ${shownException} as exception_id, i.action, i.reviewer_id, i.routed,
  i.rerouted_because, i.stage, i.seat, i.state = 'checked' as canary, i.canary_found, i.answer_by, i.objection, i.decided_for, i.what, i.last_kept_at, i.last_kept_by, i.changes,
  i.unchanged, i.state, i.decision, i.no_response, i.comment, i.decided_by, i.decided_at, i.signed_at, i.sessions_ended_ms, i.effect_ms,
  i.proven, i.closed_at, ${goneSince} as gone_since, ${problem} as problem,
  (case when i.evidence ? 'sessions' then i.evidence else i.evidence || ${askedBecause} || jsonb_build_object(
    'lastUse', u.last_use, 'uses', u.uses, 'sessions', u.sessions,
    'peers', (select jsonb_build_object('holding', q.holding, 'of', q.people) from campaign_peers q join access_grant g on g.id = i.grant_id
               where q.campaign_id = i.campaign_id and q.department = i.evidence ->> 'department'
                 and q.thing_id = coalesce(g.entitlement_id, g.role_id))) end)
    || jsonb_build_object('conflicts', coalesce((
      select jsonb_agg(r.name order by r.name) from sod_violation v join sod_rule r on r.id = v.rule_id
       where v.identity_id = i.identity_id and v.cleared_at is null and v.opened_at <= c.frozen_at), '[]')) as evidence, c.frozen_at as at`;
/** What sessions of it rest on: the grant, and of an eligibility what was activated by it. */
const restingOn = sql`(array[i.grant_id] || coalesce((
  select array_agg(w.id) from access_grant g
    join eligibility el on el.entitlement_id = g.entitlement_id
    join access_grant w on w.identity_id = g.identity_id and w.origin = 'jit'
     and (w.entitlement_id = el.for_entitlement_id or w.role_id = el.for_role_id)
   where g.id = i.grant_id), '{}'))`;
const SESSIONS = 20;
const uses = sql`
  cross join lateral (
    select max(u.started_at) as last_use, count(*)::int as uses,
           coalesce(jsonb_agg(jsonb_build_object('sessionId', u.id, 'protocol', u.protocol, 'startedAt', u.started_at,
             'endedAt', case when u.ended_at <= c.frozen_at then u.ended_at end,
             'commands', case when u.ended_at <= c.frozen_at then u.commands else 0 end,
             'commandClasses', case when u.ended_at <= c.frozen_at then u.command_classes else '{}' end) order by u.started_at desc)
             filter (where u.n <= ${SESSIONS}), '[]') as sessions
      from (select a.*, row_number() over (order by a.started_at desc) as n from access_use a
             where a.grant_ids && ${restingOn} and a.started_at <= c.frozen_at and not i.evidence ? 'sessions') u
  ) u`;

type Row<T> = Omit<T, 'recommendation'> & { readonly at: Date };
const advised = <T extends CampaignItem>({ at, ...row }: Row<T>): T =>
  ({ ...row, recommendation: recommend(row, at) ?? null }) as unknown as T;

export async function findItem(tx: Queryable, id: string): Promise<CampaignItem | undefined> {
  const row = await tx.maybe<Row<CampaignItem>>(
    sql`select ${columns} from campaign_item i join campaign c on c.id = i.campaign_id ${uses} where i.id = ${id}`,
  );
  return row === undefined ? undefined : advised<CampaignItem>(row);
}

export async function lockItem(tx: Queryable, id: string): Promise<CampaignItem> {
  await tx.maybe(sql`select id from campaign_item where id = ${id} for update`);
  const found = await findItem(tx, id);
  if (found === undefined) throw notFound('campaign_item', id);
  return found;
}

/** An item with the name of the person it is about. */
export type NamedItem = CampaignItem & { readonly identityName: string | null };

/** A page of items, in the order they were frozen. */
export async function listItems(
  tx: Queryable,
  input: {
    readonly campaignId: string;
    /** Which are the asker's; absent: everybody's. */
    readonly mine?: Sql | undefined;
    readonly state?: string | undefined;
    readonly unchanged?: boolean | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: NamedItem[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0];
  const when = [
    sql`i.campaign_id = ${input.campaignId}`,
    ...(input.mine === undefined ? [] : [input.mine, sql`i.state not in ('waiting', 'spared')`]),
    ...(input.state === undefined ? [] : [sql`i.state = ${input.state}`]),
    ...(input.unchanged === undefined ? [] : [sql`i.unchanged = ${input.unchanged}`]),
    ...(after === undefined ? [] : [sql`i.id > ${after}::uuid`]),
  ];
  const rows = await tx.many<Row<NamedItem>>(sql`
    select ${columns}, f.display_name as identity_name
      from (select * from campaign_item i where ${sql.join(when, sql` and `)} order by i.id limit ${input.limit + 1}) i
      join campaign c on c.id = i.campaign_id ${uses}
      left join lateral (select display_name from identity_facts f where f.identity_id = i.identity_id order by valid_from desc limit 1) f on true
     order by i.id`);
  return page(rows.map(advised<NamedItem>), input.limit, (r) => [r.id]);
}

/** What a revocation under way still has to prove. */
export interface Revoking {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string | null;
  readonly identityId: string | null;
  readonly signedAt: Date | null;
  readonly sessionsEndedMs: number | null;
  readonly effectMs: number | null;
  readonly proven: boolean | null;
  /** Grants beside its own that ended with it. */
  readonly ends: readonly string[];
  readonly problem: string | null;
}

const revoking = sql`id, campaign_id, grant_id, identity_id, signed_at, sessions_ended_ms, effect_ms, proven, ends, problem`;

export const revokingItem = (tx: Queryable, id: string): Promise<Revoking | undefined> =>
  tx.maybe<Revoking>(sql`select ${revoking} from campaign_item where id = ${id} and state = 'revoking' for update`);

export const revokingItemsOf = (tx: Queryable, grantId: string): Promise<Revoking[]> =>
  tx.many<Revoking>(sql`
    select ${revoking}
      from campaign_item where (grant_id = ${grantId} or ends @> array[${grantId}::uuid]) and subject = 'grant' and state = 'revoking'
     order by id for update`);
