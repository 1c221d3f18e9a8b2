/** A closer look at a MariaDB server: what a reading calls privileged, and passwords, functions of the server and open sessions. */
import { createHash } from 'node:crypto';
import {
  fromReading,
  inOrder,
  TargetError,
  type Inspection,
  type InspectionLimits,
  type Observation,
  type ReadAccount,
} from '../../port.ts';
import { guessesFor } from '#kit/common-passwords/index.ts';
import { accountId } from '../names.ts';
import type { Row, Session } from '../wire/session.ts';

const ROUTINE_LIMIT = 2_000;

export async function inspectServer(
  session: Session,
  accounts: readonly ReadAccount[],
  limits: InspectionLimits,
): Promise<Inspection> {
  const leftOut: { kind: string; because: string }[] = [];
  const ask = async (kind: string, sql: string, width: number): Promise<readonly Row[]> => {
    try {
      return await session.rows(sql, width, ROUTINE_LIMIT);
    } catch (error) {
      if (!(error instanceof TargetError) || error.code === 'unreachable') throw error;
      leftOut.push({ kind, because: error.message });
      return [];
    }
  };
  const found: Observation[] = [
    ...fromReading(accounts, 'held'),
    ...accounts.flatMap((account) => ofAccount(account, limits.now)),
  ];
  for (const [name, library, type] of await ask(
    'server_function',
    `select name, dl, type from mysql.func order by name`,
    3,
  ))
    found.push({
      kind: 'server_function',
      account: '',
      about: `function ${name ?? ''}`,
      place: `mysql.func ${name ?? ''}`,
      facts: { routine: name ?? '', language: `library ${library ?? ''}`, type: type ?? '' },
    });
  for (const [database, name, definer] of await ask(
    'definer_routine',
    `select EVENT_SCHEMA, EVENT_NAME, DEFINER from information_schema.EVENTS where STATUS = 'ENABLED' order by 1, 2`,
    3,
  ))
    found.push({
      kind: 'scheduled_event',
      account: definer ?? '',
      about: `event ${database ?? ''}.${name ?? ''}`,
      place: `information_schema.EVENTS ${database ?? ''}.${name ?? ''}`,
      facts: { event: `${database ?? ''}.${name ?? ''}` },
    });
  found.push(...(await borrowed(ask)), ...(await bySocket(ask, accounts)), ...(await weak(ask, accounts)));
  const logons = (
    await ask(
      'logons',
      `select USER, HOST, TIME from information_schema.PROCESSLIST where ID <> connection_id() and USER not in ('system user', 'event_scheduler') order by ID`,
      3,
    )
  ).map(([user, host]) => ({
    account: user ?? '',
    at: limits.now.toISOString(),
    from: (host ?? '').replace(/:\d+$/u, ''),
    how: 'session that was open',
  }));
  const masters = accounts
    .filter(({ privilegedBecause }) =>
      privilegedBecause.some(({ reason }) => reason === 'holds every global privilege'),
    )
    .map(({ nativeId }) => nativeId);
  return { observations: inOrder(found), keys: [], logons, masters, leftOut };
}

/** Views that show with their definer's rights what their readers may not see, passwords to other servers, and the oldest way to keep one. */
async function borrowed(
  ask: (kind: string, sql: string, width: number) => Promise<readonly Row[]>,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const [schema, name, definer] of await ask(
    'definer_view',
    `select TABLE_SCHEMA, TABLE_NAME, DEFINER from information_schema.VIEWS where SECURITY_TYPE = 'DEFINER' and TABLE_SCHEMA not in ('mysql', 'sys', 'performance_schema', 'information_schema')
       and VIEW_DEFINITION regexp '.mysql.[.].(user|global_priv|db|tables_priv|columns_priv|procs_priv|proxies_priv|servers).' order by 1, 2`,
    3,
  ))
    found.push({
      kind: 'definer_view',
      account: '',
      about: `view ${schema ?? ''}.${name ?? ''}`,
      place: `information_schema.VIEWS ${schema ?? ''}.${name ?? ''}, definer ${definer ?? ''}`,
      facts: { view: `${schema ?? ''}.${name ?? ''}`, actsAs: definer ?? '' },
    });
  for (const [server, user] of await ask(
    'stored_password',
    `select Server_name, Username from mysql.servers where Password <> '' order by 1`,
    2,
  ))
    found.push({
      kind: 'stored_password',
      account: '',
      about: `server ${server ?? ''}`,
      place: `mysql.servers ${server ?? ''}`,
      facts: { server: `${server ?? ''} (as ${user ?? ''})` },
    });
  for (const [user, host] of await ask(
    'weak_hash',
    `select User, Host from mysql.global_priv where json_value(Priv, '$.plugin') = 'mysql_old_password' and ifnull(json_value(Priv, '$.account_locked'), 0) = 0 order by 1, 2`,
    2,
  )) {
    const id = accountId({ user: user ?? '', host: host ?? '' });
    found.push({
      kind: 'weak_hash',
      account: id,
      about: 'password',
      place: `mysql.global_priv ${id}: mysql_old_password`,
      facts: { scheme: 'the form of before 4.1, which is broken in minutes' },
    });
  }
  return found;
}

/** Privileged accounts that another account of the machine is let in as, without a password. */
async function bySocket(
  ask: (kind: string, sql: string, width: number) => Promise<readonly Row[]>,
  accounts: readonly ReadAccount[],
): Promise<readonly Observation[]> {
  const powerful = new Set(
    accounts.filter(({ privilegedBecause }) => privilegedBecause.length > 0).map(({ nativeId }) => nativeId),
  );
  const rows = await ask(
    'mapped_login',
    `select User, Host, json_value(Priv, '$.authentication_string') from mysql.global_priv where json_value(Priv, '$.plugin') = 'unix_socket'
       and ifnull(json_value(Priv, '$.authentication_string'), '') not in ('', 'root', User) and ifnull(json_value(Priv, '$.account_locked'), 0) = 0 order by 1, 2`,
    3,
  );
  return rows.flatMap(([user, host, machine]) => {
    const id = accountId({ user: user ?? '', host: host ?? '' });
    return powerful.has(id)
      ? [
          {
            kind: 'mapped_login',
            account: id,
            about: `unix_socket: ${machine ?? ''}`,
            place: `mysql.global_priv ${id}: unix_socket as ${machine ?? ''}`,
            facts: { machine: machine ?? '', map: 'unix_socket' },
          },
        ]
      : [];
  });
}

function ofAccount(account: ReadAccount, now: Date): readonly Observation[] {
  if (account.state === 'locked') return [];
  const { attributes, nativeId } = account;
  const changed = attributes['passwordChangedAt'];
  const anonymous = attributes['user'] === '';
  return [
    ...(attributes['password'] === 'empty'
      ? [
          {
            kind: 'password',
            account: nativeId,
            about: 'password',
            place: `mysql.global_priv ${nativeId}`,
            facts: { empty: true, neverExpires: false },
          },
        ]
      : []),
    ...(attributes['password'] === 'set' && typeof changed === 'string'
      ? [
          {
            kind: 'password',
            account: nativeId,
            about: 'password',
            place: `mysql.global_priv ${nativeId}`,
            facts: {
              empty: false,
              neverExpires: false,
              ageDays: Math.floor((now.getTime() - Date.parse(changed)) / 86_400_000),
            },
          },
        ]
      : []),
    ...(anonymous
      ? [
          {
            kind: 'anonymous',
            account: nativeId,
            about: 'no name',
            place: `mysql.global_priv ${nativeId}`,
            facts: { host: String(attributes['host'] ?? '') },
          },
        ]
      : []),
  ];
}

/** The form `mysql_native_password` keeps. Guesses travel in that form and are compared on the server: nothing stored leaves it. */
const native = (password: string): string => {
  const inner = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(inner).digest('hex').toUpperCase()}`;
};

async function weak(
  ask: (kind: string, sql: string, width: number) => Promise<readonly Row[]>,
  accounts: readonly ReadAccount[],
): Promise<readonly Observation[]> {
  const users = [
    ...new Set(
      accounts.filter(({ state }) => state === 'active').map(({ attributes }) => String(attributes['user'] ?? '')),
    ),
  ];
  const guesses = new Set(
    guessesFor('')
      .filter((guess) => guess !== '')
      .map(native),
  );
  for (const user of users.slice(0, 500))
    for (const guess of guessesFor(user)) if (guess !== '') guesses.add(native(guess));
  // One account may have several ways in, each with a password of its own: all of what is stored is looked through.
  const stored = (forms: readonly string[]): string =>
    `upper(Priv) regexp '"AUTHENTICATION_STRING"[ ]*:[ ]*"[*](${forms.map((form) => form.slice(1)).join('|')})"'`;
  const own = [...new Set(users.slice(0, 500).flatMap((user) => ownForms(user)))];
  const rows = await ask(
    'weak_password',
    `select User, Host, ${own.length === 0 ? '0' : stored(own)} from mysql.global_priv where ${stored([...guesses])}
       and ifnull(json_value(Priv, '$.account_locked'), 0) = 0 and ifnull(json_value(Priv, '$.is_role'), 0) = 0 order by 1, 2`,
    3,
  );
  return rows.map(([user, host, own]) => {
    const id = accountId({ user: user ?? '', host: host ?? '' });
    return {
      kind: 'weak_password',
      account: id,
      about: 'password',
      place: `mysql.global_priv ${id}`,
      facts: { sort: own === '1' ? 'made of a name' : 'one that everybody tries first' },
    };
  });
}

const ownForms = (user: string): readonly string[] => (user === '' ? [] : [user, `${user}1`, `${user}123`].map(native));
