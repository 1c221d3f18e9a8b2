/** What a change needs on a cluster as it is now, and doing it. */
import { TargetError, type Change, type Credential, type Target } from '../port.ts';
import { tryLogin, type Database } from './client.ts';
import { readCluster, type ClusterState } from './cluster-state.ts';
import { entitlementId, quoteName } from './names.ts';
import { planChange, type AccountFacts, type Plan } from './plan-change.ts';
import { fitsVerifier, makeVerifier, usable } from './scram.ts';
import type { PostgresSettings } from './settings.ts';
import { loginOf, withDatabase } from './with-database.ts';

/** What planning these changes needs to know of the cluster: the accounts, the roles they are to get, and all above those. */
export const lookFor = (
  changes: readonly Change[],
  database: Database,
  settings: PostgresSettings,
): Promise<ClusterState> =>
  readCluster(
    database,
    settings,
    changes.flatMap((change) => [change.account, ...roleNamed(change)]),
  );

function roleNamed(change: Change): readonly string[] {
  if (change.do !== 'grant' && change.do !== 'revoke') return [];
  const id = entitlementId(change.entitlement);
  return id.kind === 'role' ? [id.role] : [];
}

/** What a change needs on a cluster in this state. */
export async function plan(target: Target, change: Change, database: Database, state: ClusterState): Promise<Plan> {
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
  const locks = change.do === 'lock_account' || (change.do === 'revoke' && change.entitlement === 'attribute:login');
  if (!locks && change.do !== 'delete_account') return unknown;
  const [live] = await database.query(
    'select count(*)::int as n from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
    [change.account],
  );
  const facts = { samePassword: false, liveSessions: Number(live?.['n']) };
  if (locks) return { ...facts, depends: [] };
  const depends = await database.query(
    `select coalesce(d.datname, '') as database, case when s.deptype in ('a', 'i') or s.classid = 'pg_default_acl'::regclass then 'privilege' when s.deptype = 'o' then 'owner' else 'other' end as kind,
       count(*)::int as n
     from pg_shdepend s left join pg_database d on d.oid = s.dbid
     where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid group by 1, 2 order by 1, 2`,
    [role.oid],
  );
  return {
    ...facts,
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

/** Statements sent at a time. */
const AT_ONCE = 100;

/** Carries out what was planned: in one transaction, then what cannot be part of one. */
export async function carryOut(target: Target, database: Database, made: Plan): Promise<void> {
  // A superuser can keep even verifiers out of the server's log; for others the settings stay as they are.
  const quietly = `begin; select set_config(name, value, true) from (values ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_error_statement', 'panic')) s (name, value)
    where (select rolsuper from pg_roles where rolname = current_user)`;
  await database.transaction(quietly, async () => {
    for (let from = 0; from < made.sql.length; from += AT_ONCE)
      await database.query(made.sql.slice(from, from + AT_ONCE).join('; '));
  });
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
