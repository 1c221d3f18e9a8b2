import { sql, type Tx } from '#kit/db/index.ts';
import { getEntitlements, getSystem } from '#spine/graph/index.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Entitlements by id or by `<system>:<native id or name>`: name → id. A name that means nothing, or more than one
 * thing, is absent.
 */
export const entitlementsNamed = async (tx: Tx, names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  const ids = names.filter((name) => UUID.test(name));
  for (const { id } of await getEntitlements(tx, ids)) found.set(id, id);
  for (const name of new Set(names.filter((n) => !UUID.test(n)))) {
    const colon = name.indexOf(':');
    const system = colon < 1 ? undefined : await getSystem(tx, name.slice(0, colon).toLowerCase());
    if (system === undefined) continue;
    const native = name.slice(colon + 1);
    const rows = await tx.many<{ id: string; exact: boolean }>(sql`
      select id, native_id = ${native} as exact from entitlement
       where system_id = ${system.id} and valid_to is null and (native_id = ${native} or lower(name) = lower(${native}))
       order by native_id = ${native} desc limit 2`);
    const [first, second] = rows;
    if (first !== undefined && (second === undefined || (first.exact && !second.exact))) found.set(name, first.id);
  }
  return found;
};

/** `<system>:<native id>` of each, for files people read; what is gone keeps its id. */
export const nameEntitlements = async (tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx.many<{ id: string; name: string }>(sql`
    select e.id, y.name || ':' || e.native_id as name from entitlement e join system y on y.id = e.system_id
     where e.id = any(${[...new Set(ids)]}::uuid[]) and e.valid_to is null`);
  return new Map(rows.map((r) => [r.id, r.name]));
};
