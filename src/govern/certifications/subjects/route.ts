import { sql, type Sql } from '#kit/db/index.ts';
import { known, live, type Range } from '../freeze-items.ts';
import type { Campaign } from '../model.ts';

/** Somebody who may be asked: an expression that gives their id, and why it is them. */
export interface Candidate {
  readonly id: Sql;
  readonly via: 'manager' | 'owner' | 'system_owner' | 'named';
}

/**
 * A lateral join `routed(reviewer_id, routed)`: the first candidate who is active and independent, then the last
 * resorts; null where there is nobody. `independent` speaks of `x.id`. Whoever the campaign names comes first.
 */
export function routedTo(
  campaign: Campaign,
  at: Date,
  route: { readonly candidates: readonly Candidate[]; readonly resorts: readonly string[]; readonly independent: Sql },
): Sql {
  const named: readonly Candidate[] =
    campaign.reviewerRule === 'named' ? [{ id: sql`${campaign.scope.reviewerId ?? null}`, via: 'named' }] : [];
  const rows = [
    ...[...named, ...route.candidates].map(({ id, via }, n) => sql`(${id}::uuid, ${via}::text, ${n}::int)`),
    ...route.resorts.map(
      (id, n) =>
        sql`(${id}::uuid, ${id === campaign.createdBy ? 'campaign_owner' : 'overseer'}::text, ${100 + n}::int)`,
    ),
    sql`(null::uuid, null::text, 1000)`,
  ];
  return sql`
    left join lateral (
      select x.id as reviewer_id, x.via as routed from (values ${sql.join(rows, sql`, `)}) x(id, via, n)
       where x.id is not null and ${route.independent}
         and exists (select from ${known('identity_facts', at, sql`identity_id = x.id`)} f where f.state = 'active' and ${live(at)})
       order by x.n limit 1
    ) routed on true`;
}

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
