import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { REEVE_SYSTEM_ID } from '#spine/graph/index.ts';
import { lasting } from './direct-grants-of.ts';
import type { Attribute } from './mining/index.ts';
import type { MiningParameters } from './model.ts';
import { idleAccounts, seenUse } from './optimising/read-uses.ts';
import { UNUSED, USE_DAYS, USED } from './optimising/uses-of-candidates.ts';

/** Who holds what directly, in an order that depends on nothing but what is there. */
export interface Population {
  readonly identityIds: readonly string[];
  readonly entitlementIds: readonly string[];
  readonly names: readonly string[];
  readonly attributes: readonly Attribute[];
  /** User, entitlement, user, entitlement… */
  readonly pairs: Int32Array;
  /** What is known of the use of each pair lately, as `USED` and `UNUSED` say it. */
  readonly use: Uint8Array;
}

const DAY_MS = 86_400_000;

/** More than this is not mined at once: memory stays within about half a gigabyte. */
const MOST_GRANTS = 1_000_000;
const MOST_CELLS = 100_000_000;

/**
 * Reads what is to be mined: grants of single entitlements that are live, without an end, and given one by one. Reeve's
 * own admin roles are left out: they are never bundled. Refuses what would not fit into memory.
 */
export async function readPopulation(tx: Tx, asked: MiningParameters): Promise<Population> {
  const since = new Date(tx.now.getTime() - USE_DAYS * DAY_MS);
  const grants = sql`
    select g.identity_id, g.entitlement_id, g.id, e.system_id, g.valid_from
      from access_grant g
      join entitlement e on e.id = g.entitlement_id and e.valid_to is null and e.system_id <> ${REEVE_SYSTEM_ID}
      join identity i on i.id = g.identity_id
      join identity_facts f on f.identity_id = i.id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where ${lasting} and f.state <> 'leaver'
       and (${asked.systemIds.length === 0} or e.system_id = any(${sql.array(asked.systemIds)}::uuid[]))
       and (${asked.kind}::text is null or i.kind = ${asked.kind})
       and (${asked.department}::text is null or f.department = ${asked.department})`;
  const people = await tx.many<{ id: string; facts: Record<string, unknown> }>(sql`
    select f.identity_id as id, jsonb_build_object('department', f.department, 'jobTitle', f.job_title, 'orgUnit', f.org_unit,
           'attributes', f.attributes) as facts
      from identity_facts f
     where f.identity_id in (select identity_id from (${grants}) p)
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     order by f.department nulls last, f.job_title nulls last, f.identity_id`);
  const entitlements = await tx.many<{ id: string; name: string }>(sql`
    select e.id, e.name || ' on ' || s.name as name from entitlement e join system s on s.id = e.system_id
     where e.id in (select entitlement_id from (${grants}) p) order by s.name, e.name, e.id`);
  if (people.length * entitlements.length > MOST_CELLS) throw tooLarge(`${people.length} by ${entitlements.length}`);
  const rows = await tx.many<{ identityId: string; entitlementId: string; use: number }>(sql`
    with seen as materialized (${seenUse(since)}), idle as materialized (${idleAccounts(since)})
    select p.identity_id, p.entitlement_id,
           case when bool_or(s.grant_id is not null) then ${USED}::int
                when bool_or(i.unused and p.valid_from <= ${since}) then ${UNUSED}::int else 0 end as use
      from (${grants}) p
      left join seen s on s.grant_id = p.id and s.system_id = p.system_id
      left join idle i on i.identity_id = p.identity_id and i.system_id = p.system_id
     group by 1, 2 order by 1, 2 limit ${MOST_GRANTS + 1}`);
  if (rows.length > MOST_GRANTS) throw tooLarge(`more than ${MOST_GRANTS} grants`);
  const userAt = new Map(people.map(({ id }, n) => [id, n]));
  const entitlementAt = new Map(entitlements.map(({ id }, n) => [id, n]));
  const pairs = new Int32Array(rows.length * 2);
  const use = new Uint8Array(rows.length);
  for (const [n, { identityId, entitlementId, use: known }] of rows.entries()) {
    use[n] = known;
    pairs[2 * n] = userAt.get(identityId) ?? 0;
    pairs[2 * n + 1] = entitlementAt.get(entitlementId) ?? 0;
  }
  return {
    identityIds: people.map(({ id }) => id),
    entitlementIds: entitlements.map(({ id }) => id),
    names: entitlements.map(({ name }) => name),
    attributes: asked.attributes.map((name) => ({ name, values: people.map(({ facts }) => valueOf(facts, name)) })),
    pairs,
    use,
  };
}

function valueOf(facts: Record<string, unknown>, name: string): string | null {
  const own = facts[name];
  const value =
    name === 'attributes' || own === undefined ? (facts['attributes'] as Record<string, unknown>)[name] : own;
  return typeof value === 'string' && value !== '' ? value : null;
}

const tooLarge = (what: string): AppError =>
  new AppError({
    code: 'role_mining.too_large',
    status: 422,
    detail: `${what} is more than is mined at once`,
    fix: 'choose systems, a kind of identity or a department',
  });
