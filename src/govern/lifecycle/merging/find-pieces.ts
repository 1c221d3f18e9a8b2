import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { findIdentityByUsername, getIdentity, type Identity } from '#spine/graph/index.ts';
import { readAside, readSaid } from '../precedence/read-said.ts';
import type { Charges, GrantPiece, Piece, Pieces, RecordPiece } from './model.ts';

/** By id or username. Throws `identity.not_found`. */
export async function requireIdentity(tx: Tx, idOrName: string): Promise<Identity> {
  const found = (await getIdentity(tx, idOrName)) ?? (await findIdentityByUsername(tx, idOrName));
  if (found === undefined) throw notFound('identity', idOrName);
  return found;
}

/** All that hangs on an identity now. */
export const piecesOf = async (tx: Tx, identity: Identity): Promise<Pieces> => ({
  identity,
  accounts: await accountsOf(tx, identity.id),
  records: await recordsOf(tx, identity.id),
  grants: await grantsOf(tx, identity.id),
  charges: await chargesOf(tx, identity.id),
});

/** Accounts that are there; those that are gone stay whose they were. */
const accountsOf = async (tx: Tx, id: string): Promise<Piece[]> =>
  await tx.many<Piece>(sql`
    select a.id, a.name || '@' || s.name as name from account a join system s on s.id = a.system_id
     where a.identity_id = ${id} and a.valid_to is null order by 2, 1`);

/** Rows of sources about somebody, read and put aside. */
async function recordsOf(tx: Tx, id: string): Promise<RecordPiece[]> {
  const rows = await tx.many<Omit<RecordPiece, 'said'>>(sql`
    select r.source_id, p.name as source, p.kind, r.external_id, r.present, r.aside
      from (select source_id, external_id, present, false as aside from source_record where identity_id = ${id}
            union all
            select source_id, external_id, present, true from source_aside where identity_id = ${id}) r
      join people_source p on p.id = r.source_id order by r.source_id, r.aside, r.external_id`);
  const said = [
    ...((await readSaid(tx, [id])).get(id) ?? []),
    ...(rows.some((r) => r.aside) ? ((await readAside(tx, [id])).get(id) ?? []) : []),
  ];
  return rows.flatMap((row) => {
    const says = said.find((s) => s.sourceId === row.sourceId && s.externalId === row.externalId);
    return says === undefined ? [] : [{ ...row, said: says }];
  });
}

/** Grants that have not ended. */
const grantsOf = (tx: Tx, id: string): Promise<GrantPiece[]> =>
  grantsWhere(tx, sql`g.identity_id = ${id} and g.ended_because is null`);

/** These grants, ended or not. */
export const grantsNamed = async (tx: Tx, ids: readonly string[]): Promise<GrantPiece[]> =>
  ids.length === 0 ? [] : await grantsWhere(tx, sql`g.id = any(${[...ids]}::uuid[])`);

const grantsWhere = async (tx: Tx, where: Sql): Promise<GrantPiece[]> =>
  await tx.many<GrantPiece>(sql`
    select g.id, coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as name, g.entitlement_id, g.role_id, g.valid_from,
           g.valid_to, g.origin, g.origin_id, g.reason,
           coalesce(e.valid_to, r.valid_to) is not null and coalesce(e.valid_to, r.valid_to) <= ${tx.now} as gone
      from access_grant g
      left join entitlement e on e.id = g.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = g.role_id
     where ${where} order by g.id`);

async function chargesOf(tx: Tx, id: string): Promise<Charges> {
  const people = (column: 'manager_id' | 'owner_id'): Promise<Piece[]> =>
    tx.many<Piece>(sql`
      select f.identity_id as id, f.display_name as name from identity_facts f
       where ${sql.id(column)} = ${id} and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       order by 2, 1`);
  const things = (table: 'entitlement' | 'role' | 'system'): Promise<Piece[]> =>
    tx.many<Piece>(
      sql`select id, name from ${sql.id(table)} where owner_id = ${id} and valid_to is null order by name, id`,
    );
  return {
    reports: await people('manager_id'),
    owned: await people('owner_id'),
    entitlements: await things('entitlement'),
    roles: await things('role'),
    systems: await things('system'),
  };
}
