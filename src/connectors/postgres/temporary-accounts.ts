/** Roles that exist for a lease: made with an end the server itself keeps, and gone with all they own handed over. */
import { TargetError, type Target, type TemporaryAccounts } from '../port.ts';
import type { Database } from './client.ts';
import { entitlementId, quoteName, quoteText, roleName, shown } from './names.ts';
import { makeVerifier } from './scram.ts';
import { withDatabase } from './with-database.ts';

/** What the comment of such a role begins with: nothing else is ever dropped here. */
const MARK = 'reeve lease';

export const temporary: TemporaryAccounts = {
  create: (target, { account, password, until, entitlements }) => {
    roleName(account);
    const roles = entitlements.map(roleOf);
    return withDatabase(target, async (database) => {
      const known = await find(database, account);
      if (known !== undefined && !known.ours)
        throw new TargetError('refused', `there is an account ${shown(account)} already, and no lease made it`);
      const role = quoteName(account);
      const verifier = quoteText(await makeVerifier(password));
      const end = quoteText(until.toISOString());
      // A superuser can keep even verifiers out of the server's log.
      const quietly = `begin; select set_config(name, value, true) from (values ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_error_statement', 'panic')) s (name, value)
        where (select rolsuper from pg_roles where rolname = current_user)`;
      await database.transaction(quietly, async () => {
        await database.query(
          [
            `${known === undefined ? 'create' : 'alter'} role ${role} login password ${verifier} valid until ${end} connection limit 20`,
            `comment on role ${role} is ${quoteText(MARK)}`,
            ...roles.map((given) => `grant ${quoteName(given)} to ${role}`),
          ].join('; '),
        );
      });
    });
  },

  extend: (target, { account, until }) =>
    withDatabase(target, async (database) => {
      if ((await find(database, account))?.ours !== true)
        throw new TargetError('refused', `there is no account of a lease called ${shown(account)}`);
      await database.query(`alter role ${quoteName(account)} valid until ${quoteText(until.toISOString())}`);
    }),

  remove: (target, { account, heir }) =>
    withDatabase(target, async (database) => {
      const known = await find(database, account);
      if (known === undefined) return { changed: false };
      if (!known.ours) throw new TargetError('refused', `${shown(account)} was not made for a lease, and stays`);
      const role = quoteName(account);
      await database.query(`alter role ${role} nologin password null`);
      await endSessions(database, account);
      await handOver(target, database, { account, oid: known.oid, heir });
      await database.query(`drop role ${role}`);
      return { changed: true };
    }),

  list: (target, prefix) =>
    withDatabase(target, async (database) => {
      const rows = await database.query(
        `select rolname as name from pg_roles where starts_with(rolname, $1) and shobj_description(oid, 'pg_authid') = $2 order by 1`,
        [prefix, MARK],
      );
      return rows.map(({ name }) => String(name));
    }),
};

/** A lease gives membership of roles: what those may do is decided where they are kept. */
function roleOf(id: string): string {
  const entitlement = entitlementId(id);
  if (entitlement.kind === 'role' && !entitlement.admin) return entitlement.role;
  throw new TargetError('unsupported', `a lease gives roles (role:<name>), and ${shown(id)} is none`);
}

async function find(database: Database, account: string): Promise<{ oid: string; ours: boolean } | undefined> {
  const [row] = await database.query(
    `select oid::text as oid, shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
    [account],
  );
  return row === undefined ? undefined : { oid: String(row['oid']), ours: row['comment'] === MARK };
}

async function endSessions(database: Database, account: string): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    const rows = await database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
      [account],
    );
    if (rows.length === 0) return;
    await database.query('select pg_sleep(0.1)');
  }
  throw new TargetError('failed', `sessions of ${shown(account)} did not end within 5 s; ending them is tried again`);
}

/** What it made stays, and belongs to somebody who stays. Its privileges go. */
async function handOver(
  target: Target,
  database: Database,
  { account, oid, heir }: { readonly account: string; readonly oid: string; readonly heir: string | undefined },
): Promise<void> {
  const role = quoteName(account);
  const [me] = await database.query(
    `select rolsuper as super, current_user as name from pg_roles where rolname = current_user`,
  );
  const to = quoteName(heir ?? String(me?.['name']));
  // Whoever is no superuser has to be a member of a role to give away what it owns.
  if (me?.['super'] !== true) await database.query(`grant ${role} to current_user`);
  const rows = await database.query(
    `select distinct coalesce(d.datname, current_database()) as name from pg_shdepend s left join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and s.refobjid = $1::oid`,
    [oid],
  );
  for (const { name } of rows)
    await withDatabase(
      target,
      (other) => other.query(`reassign owned by ${role} to ${to}; drop owned by ${role}`),
      String(name),
    );
}
