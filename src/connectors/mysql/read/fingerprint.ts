/**
 * A sum over everything a reading is made of, by the server itself. The grant tables have no versions and cannot be read in one
 * snapshot; two equal sums say that nothing changed between them.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { MysqlSettings } from '../settings.ts';
import type { Session } from '../wire/session.ts';
import { grantKinds, type GrantTables } from './grant-tables.ts';

/** `salt`: so that no row can be made to fit another's place in the sum. */
export interface Fingerprint {
  readonly salt: string;
  readonly sum: string;
}

export async function takeFingerprint(
  session: Session,
  tables: GrantTables,
  settings: MysqlSettings,
  salt = randomBytes(16).toString('hex'),
): Promise<Fingerprint> {
  const [about] = await session.rows(
    `select @@version, @@global.default_password_lifetime, current_user(), (select group_concat(PLUGIN_NAME) from information_schema.PLUGINS where PLUGIN_NAME = 'ed25519'),
       (select sum(${lapsed}) from mysql.global_priv)`,
    5,
  );
  const parts: (string | null)[] = [JSON.stringify(settings), ...(about ?? [])];
  const sources: [table: string, columns: readonly string[]][] = [
    ['global_priv', ['t.User', 't.Host', 't.Priv']],
    ['roles_mapping', ['t.User', 't.Host', 't.Role', 't.Admin_option']],
    ['proxies_priv', ['t.User', 't.Host', 't.Proxied_user', 't.Proxied_host']],
    ['proc', ['t.db', 't.name', 't.type', 't.definer', 't.security_type']],
  ];
  const names = { database: 'db', table: 'tables_priv', column: 'columns_priv', routine: 'procs_priv' } as const;
  for (const kind of grantKinds) sources.push([names[kind], await tables.columns(kind)]);
  for (const [table, columns] of sources) {
    const row = `sha2(concat_ws(x'00', x'${salt}', ${columns.map((column) => `cast(${column} as binary)`).join(', ')}), 256)`;
    const half = (at: number): string => `bit_xor(cast(conv(substr(h, ${at}, 16), 16, 10) as unsigned))`;
    const [sums] = await session.rows(
      `select count(*), ${half(1)}, ${half(17)} from (select ${row} as h from mysql.${table} t) s`,
      3,
    );
    parts.push(table, ...(sums ?? []));
  }
  return { salt, sum: createHash('sha256').update(JSON.stringify(parts)).digest('base64url') };
}

const days = `if(ifnull(json_value(Priv, '$.password_lifetime'), -1) < 0, @@global.default_password_lifetime, json_value(Priv, '$.password_lifetime'))`;
/** Whether time alone has made a password too old. */
const lapsed = `ifnull(${days} > 0 and json_value(Priv, '$.password_last_changed') + ${days} * 86400 < unix_timestamp(), 0)`;
