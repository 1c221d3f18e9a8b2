/** PostgreSQL servers. See README.md for the native ids, the settings and what the management role needs. */
import {
  applyInTurn,
  TargetError,
  type AccountSession,
  type Change,
  type Connector,
  type Credential,
  type Target,
} from '../port.ts';
import { buildReading, readOne } from './build-reading.ts';
import { openDatabase, tryLogin, type Database, type Login } from './client.ts';
import { readCluster, type ClusterState } from './cluster-state.ts';
import { dial } from './dial.ts';
import { quoteName } from './names.ts';
import { checkNames, planChange, type AccountFacts, type Plan } from './plan-change.ts';
import { fitsVerifier, makeVerifier, usable } from './scram.ts';
import { postgresSettings, settingsOf, type PostgresSettings } from './settings.ts';

export const postgresConnector: Connector = {
  kind: 'postgres',
  settings: postgresSettings,
  credentials: ['password'],

  async probe(target) {
    const login = loginOf(target);
    if (target.pinned.length === 0) {
      const line = await dial(login.address);
      line.stream.destroy();
      return { pins: [line.pin], version: 'PostgreSQL protocol 3.0', proved: false };
    }
    return withDatabase(target, async (database) => {
      const [row] = await database.query(`select current_setting('server_version') as version`);
      return { pins: target.pinned, version: `PostgreSQL ${String(row?.['version'])}`, proved: true };
    });
  },

  read: (target) =>
    withDatabase(target, async (database, settings) => buildReading(await readCluster(database, settings))),

  readAccount: (target, account) =>
    withDatabase(target, async (database, settings) => {
      const state = await readCluster(database, settings);
      const role = state.roles.get(account);
      return role?.isAccount === true ? readOne(role, state) : undefined;
    }),

  together: (target, work) => withDatabase(target, (database, settings) => work(sessionOn(target, database, settings))),

  async preview(target, change) {
    checkNames(change);
    return withDatabase(target, async (database, settings) => {
      const { summary, needed } = await plan(target, change, database, await readCluster(database, settings));
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withDatabase(target, async (database, settings) => {
      const made = await plan(target, change, database, await readCluster(database, settings));
      if (made.needed) await carryOut(target, database, made);
      return { changed: made.needed };
    });
  },

  verify: (target, credential) => tryLogin({ ...loginOf(target), credential }),
};

/** Calls over one log-in. What is given does not depend on what else is given, so that one look at the cluster serves many. */
function sessionOn(target: Target, database: Database, settings: PostgresSettings): AccountSession {
  let known: ClusterState | undefined;
  const undone = async (): Promise<void> => {
    known = undefined;
    await database.query('rollback').catch(() => undefined);
  };
  const apply: AccountSession['apply'] = async (change) => {
    checkNames(change);
    known ??= await readCluster(database, settings);
    try {
      const made = await plan(target, change, database, known);
      if (made.needed) await carryOut(target, database, made);
      if (made.needed) known = undefined;
      return { changed: made.needed };
    } catch (error) {
      await undone();
      throw error;
    }
  };
  return {
    readAccount: async (account) => {
      known = await readCluster(database, settings);
      const role = known.roles.get(account);
      return role?.isAccount === true ? readOne(role, known) : undefined;
    },
    apply,
    applyEach: async (changes) => {
      if (changes.some((change) => change.do !== 'grant')) return await applyInTurn(apply, changes);
      try {
        known ??= await readCluster(database, settings);
        const plans: (Plan | { readonly error: unknown })[] = [];
        for (const change of changes)
          plans.push(await plan(target, change, database, known).catch((error: unknown) => ({ error })));
        const made = plans.flatMap((one) => ('error' in one || !one.needed ? [] : one.sql));
        if (made.length > 0) await carryOut(target, database, { summary: 'give', needed: true, sql: made });
        known = undefined;
        return plans.map((one) => ('error' in one ? one : { changed: one.needed }));
      } catch {
        // One of them is not to be had: which, they say one by one.
        await undone();
        return await applyInTurn(apply, changes);
      }
    },
  };
}

function loginOf(target: Target, database?: string): Login {
  const settings = settingsOf(target);
  return {
    address: { host: target.host, port: target.port, connectMs: settings.connectSeconds * 1000 },
    database: database ?? settings.database,
    credential: target.credential,
    pinned: target.pinned,
    statementMs: settings.timeoutSeconds * 1000,
  };
}

async function withDatabase<Result>(
  target: Target,
  act: (database: Database, settings: PostgresSettings) => Promise<Result>,
  name?: string,
): Promise<Result> {
  const database = await openDatabase(loginOf(target, name));
  try {
    return await act(database, settingsOf(target));
  } finally {
    await database.close();
  }
}

async function plan(target: Target, change: Change, database: Database, state: ClusterState): Promise<Plan> {
  const verifier = change.do === 'set_password' ? await makeVerifier(change.password) : '';
  return planChange(state, change, await factsAbout(target, change, database, state), verifier);
}

async function factsAbout(
  target: Target,
  change: Change,
  database: Database,
  state: ClusterState,
): Promise<AccountFacts> {
  const role = state.roles.get(change.account);
  const unknown: AccountFacts = { samePassword: false, liveSessions: 0, depends: [] };
  if (!role) return unknown;
  if (change.do === 'set_password')
    return { ...unknown, samePassword: await hasPassword(target, change.account, change.password, database) };
  if (change.do !== 'lock_account' && change.do !== 'delete_account' && change.do !== 'revoke') return unknown;
  const [live] = await database.query(
    'select count(*)::int as n from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
    [change.account],
  );
  const depends = await database.query(
    `select coalesce(d.datname, '') as database, case when s.deptype in ('a', 'i') or s.classid = 'pg_default_acl'::regclass then 'privilege' when s.deptype = 'o' then 'owner' else 'other' end as kind,
       count(*)::int as n
     from pg_shdepend s left join pg_database d on d.oid = s.dbid
     where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid group by 1, 2 order by 1, 2`,
    [role.oid],
  );
  return {
    samePassword: false,
    liveSessions: Number(live?.['n']),
    depends: depends.map((row) => ({
      database: String(row['database']),
      kind: row['kind'] === 'owner' ? 'owner' : row['kind'] === 'privilege' ? 'privilege' : 'other',
      count: Number(row['n']),
    })),
  };
}

/** By the stored verifier when Reeve's role may see it, else by trying to log in. */
async function hasPassword(target: Target, account: string, password: string, database: Database): Promise<boolean> {
  const [may] = await database.query(`select has_table_privilege('pg_catalog.pg_authid', 'select') as yes`);
  if (may?.['yes'] === true) {
    const [row] = await database.query('select rolpassword as stored from pg_authid where rolname = $1', [account]);
    return typeof row?.['stored'] === 'string' && (await fitsVerifier(password, row['stored'])) === true;
  }
  const credential: Credential = { kind: 'password', username: account, password: usable(password) };
  try {
    return await tryLogin({ ...loginOf(target), credential });
  } catch (error) {
    // A server that asks this role for no password proves nothing; then the password is simply set.
    if (error instanceof TargetError && error.code === 'unsupported') return false;
    throw error;
  }
}

async function carryOut(target: Target, database: Database, made: Plan): Promise<void> {
  await database.query('begin');
  // A superuser can keep even verifiers out of the server's log; for others the settings stay as they are.
  await database.query(
    `select set_config(name, value, true) from (values ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_error_statement', 'panic')) s (name, value)
     where (select rolsuper from pg_roles where rolname = current_user)`,
  );
  for (const statement of made.sql) await database.query(statement);
  await database.query('commit');
  if (made.endSessionsOf !== undefined) await endSessions(database, made.endSessionsOf);
  const { drop } = made;
  if (!drop) return;
  for (const name of drop.databases) {
    await withDatabase(target, (other) => other.query(`drop owned by ${quoteName(drop.role)} restrict`), name);
  }
  await database.query(`drop role ${quoteName(drop.role)}`);
}

/** Ends the role's sessions and waits until they are gone, a few seconds at most. */
async function endSessions(database: Database, role: string): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    const rows = await database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
      [role],
    );
    if (rows.length === 0) return;
    await database.query('select pg_sleep(0.1)');
  }
  throw new TargetError(
    'failed',
    `sessions of \`${role}\` did not end within 2 s; it cannot log in again, and ending them is tried again`,
  );
}
