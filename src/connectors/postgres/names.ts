/** Names and literals in SQL, and the grammar of entitlement ids of this kind. */
import { TargetError } from '../port.ts';

/** A role name PostgreSQL keeps as it is. Longer ones it would cut off without an error, and meet another role. */
export function roleName(name: string): string {
  const usable = name !== '' && Buffer.byteLength(name) <= 63 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name);
  if (usable && !/^pg_/iu.test(name) && !/^(?:public|none)$/iu.test(name)) return name;
  throw new TargetError(
    'refused',
    `${shown(name)} cannot be an account name in PostgreSQL: 1 to 63 bytes, no control characters, not beginning with pg_, not public or none`,
  );
}

/** `"…"`, safe for every name without NUL. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new TargetError('refused', 'a name holds a NUL character');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `'…'`, safe because the connection has standard_conforming_strings on. */
export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TargetError('refused', 'a text holds a NUL character');
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name quoted for a message: without control characters, cut to a sensible length. */
export const shown = (name: string): string => `\`${name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?').slice(0, 64)}\``;

export const attributes = ['superuser', 'createrole', 'createdb', 'replication', 'bypassrls', 'login'] as const;
export type Attribute = (typeof attributes)[number];

const tablePrivileges = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'REFERENCES',
  'TRIGGER',
  'MAINTAIN',
] as const;
export type TablePrivilege = (typeof tablePrivileges)[number];

/** An entitlement id, taken apart. */
export type EntitlementId =
  | { readonly kind: 'attribute'; readonly attribute: Attribute }
  /** Membership of a role; `admin` adds the right to give it to others. */
  | { readonly kind: 'role'; readonly role: string; readonly admin: boolean }
  /** A table privilege; without `table` on the tables of a whole schema. */
  | {
      readonly kind: 'grant';
      readonly schema: string;
      readonly table: string | undefined;
      readonly privilege: TablePrivilege;
    };

const name = '(?:[a-z_][a-z0-9_$]*|"(?:[^"\\p{Cc}]|"")+")';
const grantId = new RegExp(`^grant:(${name})\\.(\\*|${name}):([A-Z]+)$`, 'u');

export const grantIdOf = (schema: string, table: string | undefined, privilege: string): string =>
  `grant:${plainName(schema)}.${table === undefined ? '*' : plainName(table)}:${privilege}`;

/** Throws TargetError `unsupported` for what is not an id of this kind. */
export function entitlementId(id: string): EntitlementId {
  const attribute = attributes.find((known) => id === `attribute:${known}`);
  if (attribute) return { kind: 'attribute', attribute };
  if (id.startsWith('role:') && isRole(id.slice(5))) return { kind: 'role', role: id.slice(5), admin: false };
  if (id.startsWith('role-admin:') && isRole(id.slice(11))) return { kind: 'role', role: id.slice(11), admin: true };
  const [, schema, table, word] = grantId.exec(id) ?? [];
  const privilege = tablePrivileges.find((known) => known === word);
  if (schema !== undefined && table !== undefined && privilege) {
    return { kind: 'grant', schema: unquote(schema), table: table === '*' ? undefined : unquote(table), privilege };
  }
  throw new TargetError(
    'unsupported',
    `${shown(id)} is not an entitlement of PostgreSQL: \`role:<name>\`, \`role-admin:<name>\`, \`attribute:<name>\` or \`grant:<schema>.<table>:<PRIVILEGE>\``,
  );
}

const isRole = (role: string): boolean =>
  role !== '' && role !== 'public' && Buffer.byteLength(role) <= 63 && !/\p{Cc}/u.test(role);
const plainName = (part: string): string => (/^[a-z_][a-z0-9_$]*$/u.test(part) ? part : quoteName(part));
const unquote = (part: string): string => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part);
