import { join } from 'node:path';
import type { Lab } from '#lab/index.ts';
import { needed, run, sorted, type TargetRecord } from './record.ts';

export async function postgresRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.postgres);
  const ask = async (statement: string): Promise<string> =>
    (await run('psql', ['-XAtc', statement], server.env())).trim();
  await ask("alter system set wal_keep_size = '1GB'");
  await ask('select pg_reload_conf()');
  const since = await ask('select pg_current_wal_lsn()');
  return {
    name: 'orders',
    complete: true,
    named: false,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split('connection authorized').length,
    done: async () => await committed(ask, since),
    stands: async (prefix) =>
      sorted(
        (
          await ask(`
            select r.rolname || ' role ' || concat_ws(' ', r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolvaliduntil, shobj_description(r.oid, 'pg_authid'))
              from pg_roles r where r.rolname like '${prefix}%'
            union all
            select m.rolname || ' member ' || concat_ws(' ', g.rolname, a.admin_option)
              from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
             where m.rolname like '${prefix}%'`)
        ).split('\n'),
      ),
  };
}

/**
 * Changes of the tables of roles and memberships by transactions that were committed, as the write-ahead log has them. A
 * role that is changed and commented on was locked; one that is only changed got a password.
 */
async function committed(ask: (statement: string) => Promise<string>, since: string): Promise<readonly string[]> {
  const [accounts, members, comments, end, folder, version] = (
    await ask(`select concat_ws('|', pg_relation_filenode('pg_authid'), pg_relation_filenode('pg_auth_members'), pg_relation_filenode('pg_shdescription'), pg_current_wal_flush_lsn(),
                      current_setting('data_directory'), current_setting('server_version_num')::int / 10000)`)
  ).split('|');
  const dump = `/usr/lib/postgresql/${version ?? ''}/bin/pg_waldump`;
  const log = await run(dump, ['-p', join(folder ?? '', 'pg_wal'), '-s', since, '-e', end ?? '']);
  const pending = new Map<string, string[]>();
  const done: string[] = [];
  for (const line of log.split('\n')) {
    const [, tx = '', what = ''] = /tx: +(\d+),.* desc: (\w+)/u.exec(line) ?? [];
    const table = /rel 1664\/0\/(\d+) /u.exec(line)?.[1];
    const soFar = pending.get(tx) ?? [];
    if (what === 'COMMIT') done.push(...soFar);
    else if (table === accounts) pending.set(tx, [...soFar, ...operationOn(ACCOUNT_ROWS, what)]);
    else if (table === members) pending.set(tx, [...soFar, ...operationOn(MEMBER_ROWS, what)]);
    else if (table === comments)
      pending.set(
        tx,
        soFar.map((operation) => (operation === 'password *' ? 'lock *' : operation)),
      );
  }
  return done;
}
const operationOn = (rows: Readonly<Record<string, string>>, what: string): readonly string[] => {
  const operation = rows[what];
  return operation === undefined ? [] : [operation];
};
const ACCOUNT_ROWS: Readonly<Record<string, string>> = {
  INSERT: 'create *',
  UPDATE: 'password *',
  HOT_UPDATE: 'password *',
  DELETE: 'delete *',
};
const MEMBER_ROWS: Readonly<Record<string, string>> = {
  INSERT: 'grant *',
  UPDATE: 'grant again *',
  HOT_UPDATE: 'grant again *',
  DELETE: 'revoke *',
};
