/** Names in SQL, and the grammar of account and entitlement ids of this kind. README.md has both in words. */
import { TargetError } from '../port.ts';

/** An account as the server keys it: the name it logs in by, and from where. */
export interface Who {
  readonly user: string;
  /** `%` and `_` stand for anything, `10.0.0.0/255.0.0.0` for a network. */
  readonly host: string;
}

/** `` `…` ``, safe for every name without NUL, whatever the server's sql_mode. */
export function quoteName(name: string): string {
  if (name.includes('\0')) throw new TargetError('refused', 'a name holds a NUL character');
  return `\`${name.replaceAll('`', '``')}\``;
}

export const quoteWho = (who: Who): string => `${quoteName(who.user)}@${quoteName(who.host)}`;

/** `'…'`, safe because sessions have no_backslash_escapes on. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The bytes of a text as a literal no sql_mode reads otherwise. */
export const bytesOf = (text: string): string => `x'${Buffer.from(text).toString('hex')}'`;

/** A name for a message: without control characters, cut to a sensible length. */
export const shown = (name: string): string => `\`${name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?').slice(0, 80)}\``;

/** Characters nobody sees are spelled out, so that an id is one line and shows what it is. */
const spell = (text: string): string =>
  text.replace(/\\(?=u\{)|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
const unspell = (text: string): string =>
  text.replace(/\\u\{([0-9a-f]{1,6})\}/gu, (whole, digits: string) => {
    const point = Number.parseInt(digits, 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });

/** Anything visible but a quote, a backslash and the at sign, not beginning or ending with a space. */
const plainUser = /^(?! )[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}@'\\]+(?<! )$/u;
const plainHost = /^[a-z0-9._%:/-]+$/u;

const written = (text: string, plain: RegExp): string =>
  plain.test(text) ? text : `'${spell(text).replaceAll("'", "''")}'`;

/** The native id: `name` where it may come from anywhere, else `name@host`. */
export const accountId = ({ user, host }: Who): string =>
  host === '%' ? written(user, plainUser) : `${written(user, plainUser)}@${written(host, plainHost)}`;

const accountPattern = /^(?<user>'(?:[^']|'')*'|[^'@]+)(?:@(?<host>'(?:[^']|'')*'|[^'@]+))?$/u;
const bare = (text: string): string => (text.startsWith("'") ? unspell(text.slice(1, -1).replaceAll("''", "'")) : text);

/** Throws TargetError `refused` for what is no id, or an id in another spelling than its own. */
export function parseAccount(id: string): Who {
  const { user, host } = accountPattern.exec(id)?.groups ?? {};
  const who = user === undefined ? undefined : { user: bare(user), host: host === undefined ? '%' : bare(host) };
  if (who && accountId(who) === id && !id.includes('\0')) return who;
  throw new TargetError(
    'refused',
    who && accountId(who).length < 300 && !/\p{Cc}/u.test(id)
      ? `${shown(id)} is no account name as Reeve spells it: ${shown(accountId(who))}`
      : `${shown(id)} is no account name of a MariaDB server: \`name\` or \`name@host\``,
  );
}

/** Names a server takes for something else, or keeps for itself. */
const reserved = /^(?:public|none|current_user|current_role|mariadb\.sys)$/iu;

/** {@link parseAccount} for an account that may be made. */
export function newAccount(id: string): Who {
  const who = parseAccount(id);
  const fits = plainUser.test(who.user) && who.user.length <= 128 && who.host.length <= 255;
  if (fits && !reserved.test(who.user) && !/[\u{10000}-\u{10ffff}]/u.test(who.user) && plainHost.test(who.host))
    return who;
  throw new TargetError(
    'refused',
    `${shown(id)} cannot be an account name: 1 to 128 characters of the basic plane, visible, without quotes and backslashes, and a host as in \`10.0.%\``,
  );
}

/** Where a privilege holds. A database may be a pattern, as the server keeps it. */
export type Scope =
  | { readonly level: 'global' }
  | { readonly level: 'database'; readonly database: string }
  | { readonly level: 'table'; readonly database: string; readonly table: string }
  | { readonly level: 'column'; readonly database: string; readonly table: string; readonly column: string }
  | {
      readonly level: 'routine';
      readonly database: string;
      readonly routine: string;
      readonly type: 'procedure' | 'function' | 'package' | 'package body';
    };

/** An entitlement id, taken apart. */
export type EntitlementId =
  | { readonly kind: 'role'; readonly role: string; readonly admin: boolean }
  | { readonly kind: 'grant'; readonly scope: Scope; readonly privilege: string };

const plainPart = /^[A-Za-z0-9_$]+$/u;
const part = (text: string): string => (plainPart.test(text) ? text : `\`${spell(text).replaceAll('`', '``')}\``);
const barePart = (text: string): string =>
  text.startsWith('`') ? unspell(text.slice(1, -1).replaceAll('``', '`')) : text;

export const roleId = (role: string): string => `role:${written(role, plainUser)}`;
export const roleAdminId = (role: string): string => `role-admin:${written(role, plainUser)}`;
export const grantId = (scope: Scope, privilege: string): string => `grant:${scopeText(scope)}:${privilege}`;

export function scopeText(scope: Scope): string {
  switch (scope.level) {
    case 'global':
      return '*.*';
    case 'database':
      return `${part(scope.database)}.*`;
    case 'table':
      return `${part(scope.database)}.${part(scope.table)}`;
    case 'column':
      return `${part(scope.database)}.${part(scope.table)}(${part(scope.column)})`;
    case 'routine':
      return `${scope.type} ${part(scope.database)}.${part(scope.routine)}`;
  }
}

const name = '(?:[A-Za-z0-9_$]+|`(?:[^`]|``)+`)';
const grantPattern = new RegExp(
  `^grant:(?:(?<all>\\*\\.\\*)|(?:(?<type>procedure|function|package|package body) )?(?<database>${name})\\.(?:(?<whole>\\*)|(?<thing>${name})(?:\\((?<column>${name})\\))?)):(?<privilege>[A-Z_]+(?: [A-Z_]+)*)$`,
  'u',
);

/** Throws TargetError `unsupported` for what is not an id of this kind, in its own spelling. */
export function parseEntitlement(id: string): EntitlementId {
  const found = parseRole(id) ?? parseGrant(id);
  if (found && entitlementId(found) === id) return found;
  throw new TargetError(
    'unsupported',
    `${shown(id)} is not an entitlement of a MariaDB server: \`role:<name>\`, \`role-admin:<name>\` or \`grant:<where>:<PRIVILEGE>\``,
  );
}

const entitlementId = (id: EntitlementId): string => {
  if (id.kind === 'grant') return grantId(id.scope, id.privilege);
  return id.admin ? roleAdminId(id.role) : roleId(id.role);
};

function parseRole(id: string): EntitlementId | undefined {
  const [, admin, text = ''] = /^role(-admin)?:('(?:[^']|'')+'|[^'@]+)$/u.exec(id) ?? [];
  const role = bare(text);
  return role === '' || role === 'PUBLIC' ? undefined : { kind: 'role', role, admin: admin !== undefined };
}

function parseGrant(id: string): EntitlementId | undefined {
  const groups = grantPattern.exec(id)?.groups;
  if (!groups) return undefined;
  const { privilege = '', all, whole, type, thing, column } = groups;
  const database = barePart(groups['database'] ?? '');
  const grant = (scope: Scope): EntitlementId => ({ kind: 'grant', scope, privilege });
  if (all !== undefined) return grant({ level: 'global' });
  if (whole !== undefined) return type === undefined ? grant({ level: 'database', database }) : undefined;
  const named = barePart(thing ?? '');
  if (column !== undefined)
    return type === undefined
      ? grant({ level: 'column', database, table: named, column: barePart(column) })
      : undefined;
  if (type === undefined) return grant({ level: 'table', database, table: named });
  return type === 'procedure' || type === 'function' || type === 'package' || type === 'package body'
    ? grant({ level: 'routine', database, routine: named, type })
    : undefined;
}
