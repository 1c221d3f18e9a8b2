import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { instantIn, instantOut } from '#kit/http/index.ts';
import type { ResourceRef } from '#spine/decide/port.ts';
import { findIdentityByUsername } from '../identities/read-identities.ts';
import { isUuid } from '../is-uuid.ts';
import { getSystem, requireSystem } from '../systems/systems.ts';

/** Fields every question about the past has. */
export const asOfInput = {
  /** The instant asked about; default now. */
  at: instantIn.optional(),
  /** By what was known then; default all we know. */
  knownAt: instantIn.optional(),
};

export const period = { validFrom: instantOut, validTo: instantOut.nullable() };
export const facts = z.record(z.string(), z.unknown());
/** An id, or a name people know it by. */
export const idOrName = z.string().min(1).max(200);

/** Who is meant by an id or a username; an unknown name stays as it is and is found by nobody. */
export async function identityId(tx: Tx, idOrUsername: string): Promise<string> {
  if (isUuid(idOrUsername)) return idOrUsername;
  return (await findIdentityByUsername(tx, idOrUsername))?.id ?? idOrUsername;
}
export const identityRef = async (tx: Tx, idOrUsername: string): Promise<ResourceRef> => ({
  type: 'Identity',
  id: await identityId(tx, idOrUsername),
});

/** Which system a list is narrowed to; undefined: to none. Throws `system.not_found` for an id or name there is none of. */
export const onSystem = async (tx: Tx, idOrName: string | undefined): Promise<string | undefined> =>
  idOrName === undefined ? undefined : (await requireSystem(tx, idOrName)).id;

/** Which system is meant by an id or a name; an unknown name stays as it is, and policy is asked about what is not there. */
export async function systemId(tx: Tx, idOrSystemName: string): Promise<string> {
  return (await getSystem(tx, idOrSystemName))?.id ?? idOrSystemName;
}

/** Display names by id. */
export async function identityNames(tx: Tx, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.many<{ id: string; name: string }>(sql`
    select distinct on (identity_id) identity_id as id, display_name as name from identity_facts
     where identity_id = any(${wanted}::uuid[]) and valid_from <= ${tx.now}
     order by identity_id, valid_from desc`);
  return new Map(rows.map((r) => [r.id, r.name]));
}

/** Names by id of systems, entitlements, roles or accounts. */
export async function namesIn(
  tx: Tx,
  table: 'system' | 'entitlement' | 'role' | 'account',
  ids: readonly (string | null | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null && id !== undefined))];
  if (wanted.length === 0) return new Map();
  const rows = await tx.many<{ id: string; name: string }>(
    sql`select id, name from ${sql.id(table)} where id = any(${wanted}::uuid[])`,
  );
  return new Map(rows.map((r) => [r.id, r.name]));
}

/** The name of `id` when there is one. */
export const nameOf = (names: ReadonlyMap<string, string>, id: string | null | undefined): string | null =>
  id === null || id === undefined ? null : (names.get(id) ?? null);
