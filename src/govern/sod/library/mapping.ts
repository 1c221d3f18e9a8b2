import { sql, type Tx } from '#kit/db/index.ts';

/** The entitlements that functions of the library are here, by function. */
export const mappedEntitlements = async (tx: Tx): Promise<ReadonlyMap<string, readonly string[]>> => {
  const rows = await tx.many<{ functionKey: string; ids: string[] }>(sql`
    select function_key, array_agg(entitlement_id order by entitlement_id) as ids from sod_function_mapping group by function_key`);
  return new Map(rows.map((row) => [row.functionKey, row.ids]));
};

/** Says which entitlements a function is here, in place of what was said before. */
export const writeMapping = async (tx: Tx, key: string, entitlementIds: readonly string[]): Promise<void> => {
  const ids = sql.array([...new Set(entitlementIds)]);
  await tx.run(
    sql`delete from sod_function_mapping where function_key = ${key} and not entitlement_id = any(${ids}::uuid[])`,
  );
  await tx.run(sql`
    insert into sod_function_mapping (function_key, entitlement_id) select ${key}, unnest(${ids}::uuid[]) on conflict do nothing`);
};

/** A rule of the library that is wanted here. */
export interface Adoption {
  readonly libraryId: string;
  readonly mode: 'record' | 'warn' | 'enforce';
  readonly ownerId: string | null;
}

export const adoptions = (tx: Tx): Promise<Adoption[]> =>
  tx.many(sql`select library_id, mode, owner_id from sod_adoption order by library_id`);

/** Wants these rules here; one wanted already stays as it is. */
export const writeAdoptions = async (
  tx: Tx,
  libraryIds: readonly string[],
  how: Pick<Adoption, 'mode' | 'ownerId'>,
): Promise<void> => {
  await tx.run(sql`
    insert into sod_adoption (library_id, mode, owner_id)
    select unnest(${sql.array(libraryIds)}::text[]), ${how.mode}, ${how.ownerId} on conflict do nothing`);
};
