/** What a real MariaDB server shows of who may do what. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import type { Reading } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { accountColumns } from './read/account-row.ts';
import { applyOn, ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';

let lab: LabMariadb;
if (noServer !== '') console.log(`SKIP a real MariaDB server: ${noServer}`);
beforeAll(async () => {
  if (noServer === '') lab = await server();
});
afterAll(stopServer);

const because = (reading: Reading, id: string) =>
  reading.accounts.find((account) => account.nativeId === id)?.privilegedBecause;
const applied = applyOn(() => lab);
const holdings = async (account: string) => (await mysqlConnector.readAccount(targetOf(lab), account))?.holdings ?? [];

describe.skipIf(noServer !== '')('who is privileged', () => {
  it('is told with what shows it: rights, roles with the path, routines, empty passwords', async () => {
    const reading = await mysqlConnector.read(targetOf(lab));
    expect(because(reading, 'mikael')).toContainEqual({
      reason: 'through dba: creates, changes and drops accounts',
      evidence: 'mikael → dba; CREATE USER on *.*',
    });
    expect(because(reading, 'mikael')).toContainEqual({
      reason: 'is privileged and may log in from anywhere',
      evidence: 'host %',
    });
    expect(because(reading, 'svc_billing@127.0.0.%')).toEqual([
      { reason: 'holds every global privilege', evidence: 'ALL PRIVILEGES on *.*' },
      { reason: 'gives its rights on everything to others', evidence: 'GRANT OPTION on *.*' },
    ]);
    expect(because(reading, 'svc_report')).toContainEqual({
      reason: 'reads and writes files as the server',
      evidence: 'FILE on *.*',
    });
    expect(because(reading, 'svc_wiki_admin')).toContainEqual({
      reason: 'writes the server’s own tables (database mysql), where rights are kept',
      evidence: 'UPDATE on mysql.global_priv',
    });
    expect(because(reading, 'kiosk')).toContainEqual({
      reason: 'runs routines that act as somebody privileged',
      evidence: 'EXECUTE on procedure billing.close_month; procedure billing.close_month acts as root@localhost',
    });
    expect(because(reading, 'temp_import')).toEqual([
      { reason: 'gets in without a password', evidence: 'empty password, host %' },
    ]);
    expect(because(reading, "''@localhost")?.map(({ reason }) => reason)).toEqual([
      'gets in without a password',
      'lets people in under any name',
    ]);
    expect(reading.accounts.every((account) => account.lastUsedAt === undefined)).toBe(true);
  });

  it('goes by patterns as the server means them, and by columns, proxies and grant options', async () => {
    await ask(
      lab,
      0,
      'create role nested1',
      'create role nested2',
      'grant nested2 to nested1',
      'grant insert on `m%`.* to nested2',
      'create user pattern1, pattern2, column1, proxy1, option1, member1, calls1',
      'grant delete on `my_ql`.* to pattern1',
      'grant delete on `my\\_ql`.* to pattern2',
      'grant update (Priv) on mysql.global_priv to column1',
      "insert into mysql.proxies_priv (Host, User, Proxied_host, Proxied_user) values ('%', 'proxy1', 'localhost', 'root')",
      'grant select on wiki.* to option1 with grant option',
      'grant nested1 to member1',
      'grant execute on `bill%`.* to calls1',
    );
    const reading = await mysqlConnector.read(targetOf(lab));
    const reasons = (id: string) => because(reading, id)?.filter(({ reason }) => !/password|anywhere/u.test(reason));
    const own = 'writes the server’s own tables (database mysql), where rights are kept';
    expect(reasons('pattern1')).toEqual([{ reason: own, evidence: 'DELETE on my_ql.*' }]);
    expect(reasons('pattern2')).toEqual([]);
    expect(reasons('column1')).toEqual([{ reason: own, evidence: 'UPDATE on mysql.global_priv(Priv)' }]);
    expect(reasons('proxy1')).toEqual([{ reason: 'may log in as somebody else', evidence: 'PROXY on root@localhost' }]);
    expect(reasons('option1')).toEqual([
      { reason: 'gives its rights on something to others', evidence: 'GRANT OPTION on wiki.*' },
    ]);
    expect(reasons('member1')).toEqual([
      { reason: `through nested2: ${own}`, evidence: 'member1 → nested1 → nested2; INSERT on `m%`.*' },
    ]);
    expect(reasons('calls1')?.[0]?.evidence).toMatch(/^EXECUTE on `bill%`\.\*; procedure billing\.close_month/u);
    expect(reading.entitlements.find(({ nativeId }) => nativeId === 'role:nested1')?.privileged).toBe(true);
    const made = ['pattern1', 'pattern2', 'column1', 'proxy1', 'option1', 'member1', 'calls1'];
    await ask(lab, 0, `drop user ${made.join(', ')}`, 'drop role nested1, nested2');
  });

  it('counts rights that were given to the same name from elsewhere, to nobody by name, and to everybody', async () => {
    await ask(
      lab,
      0,
      "create user same, same@'10.1.%', same@'10.2.%', other1",
      'grant insert on mysql.* to same',
      "grant select on wiki.* to same@'10.1.%' with grant option",
      'grant select on wiki.page to public',
    );
    const own = 'writes the server’s own tables (database mysql), where rights are kept';
    const before = await mysqlConnector.read(targetOf(lab));
    expect(because(before, 'same@10.1.%')).toEqual([
      { reason: 'gives its rights on something to others', evidence: 'GRANT OPTION on wiki.*' },
      { reason: own, evidence: 'INSERT on mysql.*, granted to same' },
      { reason: 'gets in without a password', evidence: 'empty password, host 10.1.%' },
    ]);
    expect(because(before, 'same@10.2.%')?.map(({ evidence }) => evidence)).toEqual([
      'INSERT on mysql.*, granted to same',
      'empty password, host 10.2.%',
    ]);
    // What everybody has is held by everybody, and no danger as long as it is none.
    expect(before.nesting).toContainEqual({ parent: 'role:PUBLIC', child: 'grant:wiki.page:SELECT' });
    expect(before.holdings.filter(({ entitlement }) => entitlement === 'role:PUBLIC').length).toBe(
      before.accounts.length,
    );
    expect(because(before, 'lena')).toEqual([]);

    await ask(
      lab,
      0,
      "insert into mysql.db (Host, User, Db, Delete_priv) values ('10.%', '', 'm%', 'Y')",
      'flush privileges',
      'grant file on *.* to public',
    );
    const after = await mysqlConnector.read(targetOf(lab));
    expect(because(after, 'wiki@10.20.%')).toEqual([
      { reason: own, evidence: 'DELETE on `m%`.*, granted to everybody from 10.%' },
      {
        reason: 'through PUBLIC: reads and writes files as the server',
        evidence: 'wiki@10.20.% → PUBLIC; FILE on *.*',
      },
    ]);
    expect(because(after, 'lena')?.map(({ reason }) => reason)).toEqual([
      'through PUBLIC: reads and writes files as the server',
      'is privileged and may log in from anywhere',
    ]);
    expect((await mysqlConnector.readAccount(targetOf(lab), 'lena'))?.account.privilegedBecause).toEqual(
      because(after, 'lena'),
    );
    await ask(
      lab,
      0,
      "delete from mysql.db where User = '' and Host = '10.%'",
      'flush privileges',
      'revoke all privileges, grant option from public',
      "drop user same, same@'10.1.%', same@'10.2.%', other1",
    );
  });

  it('root as a new server has it: every right, from several places, without a password', async () => {
    await ask(
      lab,
      0,
      `insert into mysql.global_priv values ('10.9.9.9', 'root', '{"access":18446744073709551615}')`,
      'flush privileges',
    );
    const reading = await mysqlConnector.read(targetOf(lab));
    expect(because(reading, 'root@10.9.9.9')?.map(({ reason }) => reason)).toEqual([
      'holds every global privilege',
      'gives its rights on everything to others',
      'gets in without a password',
    ]);
    const ids = new Set(reading.entitlements.map(({ nativeId }) => nativeId));
    expect([...ids].filter((id) => id.includes('UNKNOWN'))).toEqual([]);
    await ask(lab, 0, "drop user root@'10.9.9.9'");
  });

  it('every privilege this server knows has the name the server gives it', async () => {
    const known = await ask(
      lab,
      1,
      "select PRIVILEGE_TYPE from information_schema.USER_PRIVILEGES where GRANTEE = '''reeve''@''%'''",
    );
    const held = await holdings('reeve');
    expect(held.filter((id) => id.startsWith('grant:*.*:')).sort()).toEqual(
      [...known.map(([privilege]) => `grant:*.*:${privilege}`), 'grant:*.*:GRANT OPTION'].sort(),
    );
  });
});

describe.skipIf(noServer !== '')('what an account is', () => {
  it('is told without anything of its password', async () => {
    const reading = await mysqlConnector.read(targetOf(lab));
    const facts = (id: string) => reading.accounts.find(({ nativeId }) => nativeId === id);
    expect(facts('mikael')?.attributes).toMatchObject({
      loginMethods: ['ed25519'],
      password: 'set',
      defaultRole: 'dba',
    });
    expect(facts('monitor@localhost')?.attributes).toMatchObject({
      loginMethods: ['unix_socket'],
      password: 'elsewhere',
    });
    expect(facts('gareth')).toMatchObject({ state: 'locked', attributes: { password: 'set' } });
    expect(facts('nadia')).toMatchObject({ state: 'active', attributes: { passwordExpired: true } });
    const stored = await ask(lab, 1, `select json_value(Priv, '$.authentication_string') from mysql.global_priv`);
    const hashes = stored.map(([hash]) => hash ?? '').filter((hash) => hash.length > 10);
    expect(hashes.length).toBeGreaterThan(8);
    expect(hashes.filter((hash) => JSON.stringify(reading).includes(hash))).toEqual([]);
  });

  it('is covered up by the server before it is sent: only what is no password stays', async () => {
    const crafted = (host: string, json: string): string =>
      `insert into mysql.global_priv values ('${host}', 'crafted', '${json}')`;
    await ask(
      lab,
      0,
      crafted('a', '{"plugin":"pam","authentication_string":"secret-one\\" \\\\ secret-two","x":"kept"}'),
      crafted(
        'b',
        '{"plugin":"ed25519", "authentication_string" : "secret-three","auth_or":[{"plugin":"x","authentication_string":"secret-four"},{}]}',
      ),
    );
    const sent = await ask(lab, 5, `select ${accountColumns} from mysql.global_priv`);
    const stored = await ask(lab, 1, `select json_value(Priv, '$.authentication_string') from mysql.global_priv`);
    const secrets = stored.map(([one]) => one ?? '').filter((one) => one !== '' && one !== 'invalid');
    expect(secrets.length).toBeGreaterThan(8);
    expect(secrets.filter((one) => JSON.stringify(sent).includes(one))).toEqual([]);
    const of = (host: string): string => sent.find(([user, from]) => user === 'crafted' && from === host)?.[2] ?? '';
    expect(of('a')).toBe('{"plugin":"pam","authentication_string":"set","x":"kept"}');
    expect(of('b')).not.toContain('secret');
    expect(JSON.parse(of('b'))).toMatchObject({ auth_or: [{ plugin: 'x', authentication_string: 'set' }, {}] });
    await ask(lab, 0, "delete from mysql.global_priv where User = 'crafted'");
  });

  it('names of every kind are read, locked, granted to and deleted, and nothing else is', async () => {
    const names: readonly [sql: string, id: string][] = [
      ["`o'brien`@`%`", "'o''brien'"],
      ['`a``b"c\\d`@`10.%`', "'a`b\"c\\d'@10.%"],
      ['`x@y`@`%`', "'x@y'"],
      ["`'; drop table wiki.page; --`@`localhost`", "'''; drop table wiki.page; --'@localhost"],
    ];
    for (const [sql, id] of names) {
      await ask(lab, 0, `create user ${sql} identified via mysql_native_password using 'invalid'`);
      const entitlement = 'grant:wiki.page:SELECT';
      expect(await applied({ do: 'grant', account: id, entitlement })).toEqual({ changed: true });
      expect(await applied({ do: 'lock_account', account: id })).toEqual({ changed: true });
      expect(await holdings(id)).toContain(entitlement);
      const reading = await mysqlConnector.read(targetOf(lab));
      expect(reading.accounts.find(({ nativeId }) => nativeId === id)).toMatchObject({ name: id, state: 'locked' });
      expect(await applied({ do: 'delete_account', account: id })).toEqual({ changed: true });
      expect(await mysqlConnector.readAccount(targetOf(lab), id)).toBeUndefined();
    }
    expect((await ask(lab, 1, 'select count(*) from wiki.page'))[0]).toEqual(['0']);
  });
});

describe.skipIf(noServer !== '')('a server that went away and came back', () => {
  it('is unreachable meanwhile, and read as before afterwards', async () => {
    const own = await startMariadb();
    try {
      const target = targetOf(own);
      const before = await mysqlConnector.read(target);
      await own.kill9();
      await expect(mysqlConnector.read(target)).rejects.toMatchObject({ code: 'unreachable', retry: true });
      await own.up();
      expect((await mysqlConnector.read(target)).accounts).toEqual(before.accounts);
    } finally {
      await own.stop();
    }
  });
});
