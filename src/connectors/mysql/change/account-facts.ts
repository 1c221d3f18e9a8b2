/** What is known about one account beyond the grant tables a reading needs: its stored password, its sessions, what acts as it. */
import { z } from 'zod';
import type { Change } from '../../port.ts';
import { accountFor } from '../match-pattern.ts';
import { bytesOf, type Who } from '../names.ts';
import { text } from '../read/grant-tables.ts';
import { storedForm, type PasswordMethod } from '#kit/mysql-proofs/index.ts';
import type { Session } from '../wire/session.ts';

export interface AccountFacts {
  /** Ids of sessions that are open as this account. */
  readonly sessions: readonly string[];
  /** What would be left without its owner, in words: views, routines, triggers and events that act as the account. */
  readonly actsThrough: readonly string[];
  /** For `set_password`: how its password is kept, and whether it is that one already. */
  readonly password?: { readonly method: PasswordMethod; readonly same: boolean; readonly ways: readonly Way[] };
}

export async function factsAbout(session: Session, who: Who, change: Change): Promise<AccountFacts> {
  const ending = change.do === 'lock_account' || change.do === 'delete_account';
  const password = change.do === 'set_password' ? await storedPassword(session, who, change.password) : undefined;
  return {
    sessions: ending ? await sessionsOf(session, who) : [],
    actsThrough: change.do === 'delete_account' ? await actsThrough(session, who) : [],
    ...(password === undefined ? {} : { password }),
  };
}

/**
 * The server's list names the caller and where from, not the account it was taken for, so that is worked out as the server does.
 * Needs the privilege PROCESS; without it only Reeve's own sessions are listed.
 */
export async function sessionsOf(session: Session, who: Who): Promise<readonly string[]> {
  const accounts = (
    await session.rows(
      `select User, Host from mysql.global_priv where Host <> '' and binary User in (${bytesOf(who.user)}, x'')`,
      2,
    )
  ).map(([user, host]) => ({ user: text(user), host: text(host) }));
  // A caller taken for the account without a name is listed under the name it gave.
  const callers = who.user === '' ? 'true' : `binary USER = ${bytesOf(who.user)}`;
  const open = await session.rows(
    `select ID, USER, HOST from information_schema.PROCESSLIST where ID <> connection_id() and ${callers}`,
    3,
  );
  return open
    .filter(([, user, host]) => {
      const from = text(host).replace(/:\d+$/u, '');
      const taken = accountFor(accounts, { user: text(user), host: from });
      return taken?.user === who.user && taken.host === who.host;
    })
    .map(([id]) => String(BigInt(text(id))));
}

/** Views and triggers are seen where Reeve's account has rights on them; routines and events by the server's own tables. */
async function actsThrough(session: Session, who: Who): Promise<readonly string[]> {
  const definer = bytesOf(`${who.user}@${who.host}`);
  const rows = await session.rows(
    `select 'routines', db, count(*) from mysql.proc where binary definer = ${definer} group by db
     union all select 'events', db, count(*) from mysql.event where binary definer = ${definer} group by db
     union all select 'views', TABLE_SCHEMA, count(*) from information_schema.VIEWS where binary DEFINER = ${definer} group by TABLE_SCHEMA
     union all select 'triggers', TRIGGER_SCHEMA, count(*) from information_schema.TRIGGERS where binary DEFINER = ${definer} group by TRIGGER_SCHEMA
     order by 2, 1`,
    3,
  );
  return rows.map(([what, database, count]) => `${text(count)} ${text(what)} in ${text(database)}`);
}

/** A way an account logs in by. */
interface Way {
  readonly plugin: string;
  readonly stored: string;
  /** It is the one whose password is set. */
  readonly settable: boolean;
}

const way = z.object({
  plugin: z.string().default('mysql_native_password'),
  authentication_string: z.string().default(''),
});
const noWay = z.strictObject({});

/** What is stored is read for this one account, compared here, and forgotten. */
async function storedPassword(session: Session, who: Who, password: string): Promise<AccountFacts['password']> {
  const [row] = await session.rows(
    `select Priv, json_extract(Priv, '$.auth_or') from mysql.global_priv
     where binary User = ${bytesOf(who.user)} and binary Host = ${bytesOf(who.host)}`,
    2,
  );
  if (!row) return undefined;
  const own = way.parse(JSON.parse(text(row[0])));
  const list: unknown = row[1] === null || row[1] === undefined ? [own] : JSON.parse(row[1]);
  // An empty one stands for the way told outside of the list.
  const ways = z
    .array(z.unknown())
    .parse(list)
    .map((one) => (noWay.safeParse(one).success ? own : way.parse(one)));
  const at = ways.findIndex(({ plugin }) => isPasswordMethod(plugin));
  const method = ways[at]?.plugin;
  if (method === undefined || !isPasswordMethod(method)) return undefined;
  return {
    method,
    same: ways[at]?.authentication_string === storedForm(method, password),
    ways: ways.map((one, index) => ({
      plugin: one.plugin,
      stored: one.authentication_string,
      settable: index === at,
    })),
  };
}

const isPasswordMethod = (plugin: string): plugin is PasswordMethod =>
  plugin === 'ed25519' || plugin === 'mysql_native_password';
