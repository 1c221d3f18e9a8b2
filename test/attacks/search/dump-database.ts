import { closeSync, openSync, writeSync } from 'node:fs';
import { sealContext, type SealedPlace, type VersionState } from '#guard/vault/model.ts';
import { openEnvelope, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';

/** Writes every row of every table of every schema to a file, as PostgreSQL shows it. Returns how many rows. */
export async function dumpDatabase(db: Db, path: string): Promise<number> {
  const tables = await db.many<{ name: string }>(sql`
    select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`);
  const file = openSync(path, 'w', 0o600);
  let rows = 0;
  try {
    for (const { name } of tables) {
      // The name is the catalogue's own, quoted by it; it cannot be a parameter.
      const found = await db.many<{ row: string }>(sql`
        select xmltable.row from xmltable('/table/row' passing
          query_to_xml(${`select t::text as line from ${name} t`}, false, false, '') columns row text path 'line')`);
      for (const { row } of found) writeSync(file, `${name} ${row}\n`);
      rows += found.length;
    }
  } finally {
    closeSync(file);
  }
  return rows;
}

/** Every value the vault holds, opened with the root key: what a grep must not find anywhere. */
export async function openVault(
  db: Db,
  keys: Keys,
): Promise<readonly { readonly name: string; readonly value: Buffer }[]> {
  const rows = await db.many<
    SealedPlace & { name: string; state: VersionState; wrappedKey: Buffer; sealed: Buffer }
  >(sql`
    select s.id, s.name, s.kind, s.purpose, s.account_id, s.system_id, v.version, v.username, v.state, v.wrapped_key,
      v.sealed
    from secret_version v join secret s on s.id = v.secret_id`);
  return rows.map((row) => ({
    name: `${row.name} version ${row.version}`,
    value: openEnvelope(keys.sealing('vault wrapping'), row, sealContext(row, row.state)),
  }));
}
