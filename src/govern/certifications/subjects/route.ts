import { sql, type Sql } from '#kit/db/index.ts';
import { known, live, type Range } from '../freeze-items.ts';
import { gradeOf } from '../reviewing/independence.ts';
import type { Seated } from '../reviewing/seated.ts';

/** Somebody who may be asked: an expression that gives their id, and why it is them. */
export interface Candidate {
  readonly id: Sql;
  readonly via: 'manager' | 'owner' | 'system_owner' | 'named';
}

/**
 * A lateral join `routed(reviewer_id, routed)`: the first candidate who is active and independent, then the last
 * resorts; null where there is nobody. `independent` speaks of `x.id`. Whom the rule means comes first.
 */
export function routedTo(
  campaign: Seated,
  at: Date,
  route: {
    readonly candidates: readonly Candidate[];
    readonly resorts: readonly string[];
    readonly independent: Sql;
    /** Whose it is; absent where it is nobody's. */
    readonly holder?: Sql;
  },
): Sql {
  const named: readonly Candidate[] =
    campaign.reviewerRule === 'named' ? [{ id: sql`${campaign.scope.reviewerId ?? null}`, via: 'named' }] : [];
  const asked = [...named, ...route.candidates];
  const first = asked.filter(({ via }) => via === campaign.reviewerRule);
  const rows = [
    ...[...first, ...asked.filter((c) => !first.includes(c))].map(
      ({ id, via }, n) => sql`(${id}::uuid, ${via}::text, ${n}::int)`,
    ),
    ...route.resorts.map(
      (id, n) =>
        sql`(${id}::uuid, ${id === campaign.createdBy ? 'campaign_owner' : 'overseer'}::text, ${100 + n}::int)`,
    ),
    sql`(null::uuid, null::text, 1000)`,
  ];
  return sql`
    left join lateral (
      select x.id as reviewer_id, x.via as routed from (values ${sql.join(rows, sql`, `)}) x(id, via, n)
       where x.id is not null and ${route.independent} and not ${route.holder === undefined ? sql`false` : owes(route.holder, at)}
         and exists (select from ${known('identity_facts', at, sql`identity_id = x.id`)} f where f.state = 'active' and ${live(at)})
       order by x.n limit 1
    ) routed on true`;
}

/** Whether `x.id` is the deputy of somebody, or of a lower grade than they, as known at an instant. */
const owes = (holder: Sql, at: Date): Sql => sql`(
  exists (select from approval_deputy d where d.identity_id = ${holder} and d.deputy_id = x.id and d.made_at <= ${at}
             and d.starts_at <= ${at} and d.ends_at > ${at} and (d.ended_at is null or d.ended_at > ${at}))
  or coalesce(${gradeAt(sql`x.id`, at)} < ${gradeAt(holder, at)}, false))`;
const gradeAt = (id: Sql, at: Date): Sql =>
  sql`(select ${gradeOf(sql`f`)} from ${known('identity_facts', at, sql`identity_id = ${id}`)} f where ${live(at)} limit 1)`;

/** A part of a table, by id. */
export const between = ({ after, upto }: Range): Sql =>
  sql`${after === null ? sql`true` : sql`id > ${after}::uuid`} and ${upto === null ? sql`true` : sql`id <= ${upto}::uuid`}`;

/** What stands beside an item that is no grant, in the shape all evidence has. */
export const evidenceOf = (what: {
  readonly origin: string;
  readonly reason: Sql;
  readonly since: Sql;
  readonly until: Sql;
  readonly lastUse?: Sql;
  readonly about: Sql;
  readonly runs?: Sql;
}): Sql => sql`
  jsonb_build_object('origin', ${what.origin}::text, 'reason', ${what.reason}, 'since', ${what.since}, 'until', ${what.until},
    'privileged', p.privileged, 'risk', p.risk, 'lastUse', ${what.lastUse ?? sql`null::timestamptz`}, 'uses', 0, 'sessions', '[]'::jsonb,
    'peers', null, 'about', ${what.about}) ${what.runs === undefined ? sql`` : sql`|| jsonb_build_object('runs', ${what.runs})`}`;

/** The name of an identity at an instant. */
export const nameAt = (id: Sql, at: Date): Sql =>
  sql`(select f.display_name from ${known('identity_facts', at, sql`identity_id = ${id}`)} f where ${live(at)} limit 1)`;
