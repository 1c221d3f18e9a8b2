import { sql, type Tx } from '#kit/db/index.ts';
import { lasting } from './direct-grants-of.ts';
import { requireCandidate } from './store.ts';

export interface ShownMatrix {
  /** How many there are altogether, drawn or not. */
  readonly people: number;
  readonly entitlements: number;
  readonly columns: readonly {
    readonly id: string;
    readonly name: string;
    readonly systemName: string;
    /** How many of the candidate's people hold it. */
    readonly held: number;
  }[];
  readonly rows: readonly {
    readonly id: string;
    readonly name: string;
    readonly department: string | null;
    /** Places in `columns`. */
    readonly holds: readonly number[];
  }[];
}

/** Who of a candidate holds what of it directly now: what most hold first, who lacks most first, so that gaps meet. */
export async function showMatrix(
  tx: Tx,
  asked: { readonly id: string; readonly people: number; readonly entitlements: number },
): Promise<ShownMatrix> {
  const { identityIds, entitlementIds } = await requireCandidate(tx, asked.id);
  const people = sql`${sql.array(identityIds)}::uuid[]`;
  const held = sql`
    select distinct g.identity_id, g.entitlement_id from access_grant g
     where g.identity_id = any(${people}) and g.entitlement_id = any(${sql.array(entitlementIds)}::uuid[]) and ${lasting}`;
  const columns = await tx.many<ShownMatrix['columns'][number]>(sql`
    select e.id, e.name, s.name as system_name, count(h.identity_id)::int as held
      from entitlement e join system s on s.id = e.system_id left join (${held}) h on h.entitlement_id = e.id
     where e.id = any(${sql.array(entitlementIds)}::uuid[])
     group by e.id, e.name, s.name order by held desc, s.name, e.name, e.id limit ${asked.entitlements}`);
  const rows = await tx.many<{ id: string; name: string; department: string | null; holds: string[] }>(sql`
    select f.identity_id as id, f.display_name as name, f.department,
           coalesce(array_agg(h.entitlement_id) filter (where h.entitlement_id is not null), '{}') as holds
      from identity_facts f left join (${held}) h on h.identity_id = f.identity_id
     where f.identity_id = any(${people}) and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     group by f.identity_id, f.display_name, f.department
     order by count(h.entitlement_id), f.department nulls last, f.display_name, f.identity_id limit ${asked.people}`);
  const placeOf = new Map(columns.map(({ id }, n) => [id, n]));
  return {
    people: identityIds.length,
    entitlements: entitlementIds.length,
    columns,
    rows: rows.map(({ holds, ...person }) => ({
      ...person,
      holds: holds.flatMap((id) => placeOf.get(id) ?? []).sort((a, b) => a - b),
    })),
  };
}
