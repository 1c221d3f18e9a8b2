/** One row of mysql.global_priv, and the account it is. Of a password only its kind comes here. */
import { z } from 'zod';
import { TargetError, type ReadAccount } from '../../port.ts';
import { accountId, shown, type Who } from '../names.ts';
import { privilegesOf } from '../privileges.ts';
import type { ServerFacts } from './server-facts.ts';
import type { Row } from '../wire/session.ts';

/** A way in: its plugin, and whether something is stored for it. */
const way = z.object({ plugin: z.string().optional(), authentication_string: z.string().optional() });

const stored = way.extend({
  access: z.union([z.number(), z.string()]).optional(),
  auth_or: z.array(way).optional(),
  account_locked: z.boolean().optional(),
  password_last_changed: z.number().optional(),
  password_lifetime: z.number().optional(),
  default_role: z.string().optional(),
  ssl_type: z.number().optional(),
  max_connections: z.number().optional(),
  max_user_connections: z.number().optional(),
});

/**
 * The columns of {@link accountRow}: stored passwords are covered up by the server, all but the empty one and `invalid`, which
 * are none. A bit mask comes as text, since it may have more bits than a number keeps.
 */
export const accountColumns = `User, Host,
  regexp_replace(Priv, '("authentication_string"[ ]*:[ ]*")(?!invalid")(?:[^"\\\\]++|\\\\.)++"', '\\1set"'),
  json_value(Priv, '$.access'), unix_timestamp()`;

export interface AccountRow extends Who {
  readonly id: string;
  readonly privileges: readonly string[];
  /** Plugins it can log in by, in the order the server tries them. */
  readonly methods: readonly string[];
  readonly password: 'set' | 'empty' | 'unusable' | 'elsewhere';
  readonly locked: boolean;
  readonly expired: boolean;
  readonly passwordChangedAt: string | undefined;
  readonly defaultRole: string | undefined;
  readonly tls: 'none' | 'any' | 'x509' | 'specified';
  readonly connectionLimit: number;
}

export function accountRow([user, host, json, access, now]: Row, server: ServerFacts): AccountRow {
  const facts = stored.safeParse(parsed(json ?? null));
  if (user == null || host == null || !facts.success) {
    const whose = user == null || host == null ? 'nobody' : accountId({ user, host });
    throw new TargetError('failed', `what mysql.global_priv says of ${shown(whose)} is not what this was written for`);
  }
  const { data } = facts;
  // An empty object among the alternatives stands for the way told outside of them.
  const ways = (data.auth_or ?? [data]).map((one) => (one.plugin === undefined ? data : one));
  const days = data.password_lifetime ?? -1;
  const lifetime = days < 0 ? server.passwordDays : days;
  const changed = data.password_last_changed;
  const age = changed === undefined ? 0 : Number(now ?? 0) - changed;
  const passwords = ways.filter(isPassword);
  const usable = passwords.filter((one) => one.authentication_string !== 'invalid');
  return {
    user,
    host,
    id: accountId({ user, host }),
    privileges: privilegesOf(BigInt(access ?? '0'), server.privilegeCount),
    methods: ways.map((one) => one.plugin ?? 'mysql_native_password'),
    password: usable.some(isEmpty)
      ? 'empty'
      : usable.length > 0
        ? 'set'
        : passwords.length > 0
          ? 'unusable'
          : 'elsewhere',
    locked: data.account_locked === true,
    expired: passwords.length > 0 && (changed === 0 || (lifetime > 0 && age > lifetime * 86_400)),
    passwordChangedAt: changed === undefined || changed <= 0 || changed > LAST_SECOND ? undefined : instant(changed),
    defaultRole: data.default_role === '' ? undefined : data.default_role,
    tls: (['none', 'any', 'x509', 'specified'] as const)[data.ssl_type ?? 0] ?? 'specified',
    connectionLimit: data.max_user_connections ?? 0,
  };
}

/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;
const instant = (seconds: number): string => new Date(seconds * 1000).toISOString();

type Way = z.infer<typeof way>;
const isPassword = ({ plugin }: Way): boolean =>
  plugin === undefined ||
  /^(?:mysql_native_password|mysql_old_password|ed25519|caching_sha2_password|parsec)$/u.test(plugin);
const isEmpty = (one: Way): boolean => (one.authentication_string ?? '') === '';

function parsed(json: string | null): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}

export function readAccountOf(row: AccountRow, reasons: ReadAccount['privilegedBecause']): ReadAccount {
  return {
    nativeId: row.id,
    name: row.id,
    state: row.locked ? 'locked' : 'active',
    kind: kindOf(row.user),
    attributes: {
      user: row.user,
      ...(row.host === '%' || row.user === '' ? {} : { loginName: row.user }),
      host: row.host,
      loginMethods: row.methods,
      password: row.password,
      ...(row.expired ? { passwordExpired: true } : {}),
      ...(row.passwordChangedAt === undefined ? {} : { passwordChangedAt: row.passwordChangedAt }),
      ...(row.defaultRole === undefined ? {} : { defaultRole: row.defaultRole }),
      tlsRequired: row.tls,
      ...(row.connectionLimit === 0 ? {} : { connectionLimit: row.connectionLimit }),
    },
    privilegedBecause: reasons,
    // MariaDB keeps no last login: lastUsedAt stays unknown.
  };
}

/** A first guess from the name; a person or a rule confirms it in the graph. */
function kindOf(user: string): ReadAccount['kind'] {
  if (user === '' || /^(?:root|admin|administrator|dba|ops|shared|guest|test)[0-9]*$/u.test(user)) return 'shared';
  return /^(?:svc|srv|service|app|sa|bot|backup|repl(?:ica|icator|ication)?|mysql|mariadb|monitor)(?:[-_.0-9]|$)/u.test(
    user,
  )
    ? 'service'
    : 'unknown';
}
