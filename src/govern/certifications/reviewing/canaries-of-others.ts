import { sql, type Sql } from '#kit/db/index.ts';
import type { Campaign, Subject } from '../model.ts';

/** Subjects that have lines known to be wrong. Whether an account is there at all anybody can see, and who names its owner changes it: accounts have none. */
export const HAVE_CANARIES: readonly Subject[] = ['grant', 'exception', 'role_content', 'holding'];

/** What an item is about, or what a canary shows in its place. */
export const shownGrant = sql`coalesce(i.grant_id, case when i.subject = 'grant' then (i.canary ->> 'grantId')::uuid end)`;
export const shownException = sql`coalesce(i.exception_id, case when i.subject = 'exception' then (i.canary ->> 'grantId')::uuid end)`;
export const shownPart = sql`coalesce(i.role_content_id, case when i.subject = 'role_content' then (i.canary ->> 'grantId')::uuid end)`;
export const shownAccount = sql`coalesce(i.account_id, (i.canary ->> 'accountId')::uuid)`;
export const shownEntitlement = sql`coalesce(i.entitlement_id, case when i.subject = 'holding' then (i.canary ->> 'thingId')::uuid end)`;

interface Wrong {
  /** Joins to `a`, whom or what it is said of, and `b`, what is said; both are items of the reviewer. */
  readonly from: Sql;
  readonly what: Sql;
  readonly evidence: Sql;
  readonly more: Sql;
  readonly unless: Sql;
}

/** Of what is not so: a part that is not in that role, an exception they do not have, something their account does not hold. */
const WRONG: Readonly<Partial<Record<Subject, Wrong>>> = {
  exception: {
    from: sql`join sod_exception x on x.id = b.exception_id`,
    what: sql`b.what`,
    evidence: sql`b.evidence || jsonb_build_object('department', a.evidence -> 'department')`,
    more: sql`jsonb_build_object('thingId', x.rule_id)`,
    unless: sql`select from sod_exception o where o.identity_id = a.identity_id and o.rule_id = x.rule_id`,
  },
  role_content: {
    from: sql`join role_content p on p.id = b.role_content_id join role pr on pr.id = p.role_id
              join role_content q on q.id = a.role_content_id join role qr on qr.id = q.role_id`,
    what: sql`left(b.what, length(b.what) - length(' in role ' || pr.name)) || ' in role ' || qr.name`,
    evidence: sql`a.evidence || jsonb_build_object('privileged', b.evidence -> 'privileged', 'risk', b.evidence -> 'risk')`,
    more: sql`jsonb_build_object('thingId', q.role_id, 'entitlementId', p.entitlement_id)`,
    unless: sql`select from role_content o where o.role_id = q.role_id and (o.entitlement_id = p.entitlement_id or o.child_role_id = p.child_role_id)
                 union all select where p.child_role_id = q.role_id or not b.what like '% in role ' || pr.name`,
  },
  holding: {
    from: sql`join account s on s.id = a.account_id join entitlement e on e.id = b.entitlement_id and e.system_id = s.system_id`,
    what: sql`b.what`,
    evidence: sql`b.evidence || jsonb_build_object('department', a.evidence -> 'department', 'lastUse', a.evidence -> 'lastUse',
                    'about', coalesce(b.evidence -> 'about', '{}') || jsonb_build_object('account', s.name))`,
    more: sql`jsonb_build_object('thingId', e.id, 'accountId', s.id)`,
    unless: sql`select from holding o where o.account_id = s.id and o.entitlement_id = e.id
                 union all select from access_grant g where g.identity_id = a.identity_id and g.entitlement_id = e.id`,
  },
};

/**
 * Lines known to be wrong for the reviewers of a campaign that is about no grants: rows as `placeCanaries` inserts them. Each
 * puts together two of the reviewer's own items, so it is theirs to review and reads like the rest. Which, follows from the
 * campaign, the reviewer and the round.
 */
export function wrongLines(
  campaign: Pick<Campaign, 'id'>,
  subject: Subject,
  {
    each,
    from,
    round,
    only,
  }: { readonly each: number; readonly from: number; readonly round: number; readonly only: string | null },
): Sql | undefined {
  const wrong = WRONG[subject];
  if (wrong === undefined) return undefined;
  return sql`
    with mine as materialized (
      select i.*, row_number() over (partition by i.reviewer_id order by md5(i.id::text || ${`${campaign.id} ${round}`})) as n,
             count(*) over (partition by i.reviewer_id) as of
        from campaign_item i
       where i.campaign_id = ${campaign.id} and i.state = 'open' and i.canary is null and (${only}::uuid is null or i.reviewer_id = ${only})
    ), said as (
      select a.id, a.identity_id, a.reviewer_id, a.routed, l.what, l.evidence, l.more, row_number() over (partition by a.reviewer_id order by a.n) as k
        from mine a
       cross join lateral (
         select ${wrong.what} as what, ${wrong.evidence} as evidence, ${wrong.more} as more
           from mine b ${wrong.from}
          where b.reviewer_id = a.reviewer_id and b.id <> a.id and not exists (${wrong.unless})
          order by md5(b.id::text || a.id) limit 1
       ) l
       where a.of >= ${from} and a.n <= ${each * 4}
    )
    select (substr(id::text, 1, 24) || substr(md5(id || ${`canary ${round}`}), 1, 12))::uuid as id, identity_id, reviewer_id, routed, what, evidence,
           more || jsonb_build_object('grantId', substr(id::text, 1, 24) || substr(md5(id || ${`shown ${round}`}), 1, 12)) as canary
      from said where k <= ${each}`;
}
