/** What a real MariaDB server makes of changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil, type LabMariadb } from '#lab/index.ts';
import type { Change } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { applyOn, ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';
import { openSession } from './wire/session.ts';

let lab: LabMariadb;
if (noServer !== '') console.log(`SKIP a real MariaDB server: ${noServer}`);
beforeAll(async () => {
  if (noServer === '') lab = await server();
});
afterAll(stopServer);

const applied = applyOn(() => lab);
const holdings = async (account: string) => (await mysqlConnector.readAccount(targetOf(lab), account))?.holdings ?? [];

describe.skipIf(noServer !== '')('passwords', () => {
  it('never reach the server, not even its log of all statements, by either method', async () => {
    await ask(lab, 0, "create user quiet_native identified via mysql_native_password using 'invalid'");
    await ask(lab, 0, "create user quiet_curve identified via ed25519 using password('first')");
    for (const account of ['quiet_native', 'quiet_curve']) {
      const change = { do: 'set_password', account, password: 'Clear-Words-0815' } as const;
      expect([await applied(change), await applied(change)]).toEqual([{ changed: true }, { changed: false }]);
      const proof = (password: string) =>
        mysqlConnector.verify(targetOf(lab), { kind: 'password', username: account, password });
      expect([await proof('Clear-Words-0815'), await proof('first')]).toEqual([true, false]);
      await applied({ do: 'delete_account', account });
    }
    expect(lab.logs()).not.toContain('Clear-Words-0815');
    // Reeve's account here may keep even what is stored out of the log.
    expect(lab.logs()).not.toMatch(/alter user `quiet_\w+`@`%` identified/iu);
  });

  it('are set beside other ways in, and not where there is none to set', async () => {
    await ask(lab, 0, "create user several identified via unix_socket or mysql_native_password using 'invalid'");
    await applied({ do: 'set_password', account: 'several', password: 'Several-1' });
    const read = await mysqlConnector.readAccount(targetOf(lab), 'several');
    expect(read?.account.attributes['loginMethods']).toEqual(['unix_socket', 'mysql_native_password']);
    const login = { kind: 'password', username: 'several', password: 'Several-1' } as const;
    expect(await mysqlConnector.verify(targetOf(lab), login)).toBe(true);
    const socket = applied({ do: 'set_password', account: 'monitor@localhost', password: 'Several-1' });
    await expect(socket).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('ways in') });
    await applied({ do: 'delete_account', account: 'several' });
  });

  it('are proved for the account that is meant and no other', async () => {
    await ask(
      lab,
      0,
      "create user twin identified via mysql_native_password using password('Twin-1')",
      "create user twin@'127.0.0.1' identified via mysql_native_password using password('Twin-2')",
      "create user far@'10.20.%' identified via mysql_native_password using password('Far-1')",
    );
    const proof = (username: string, password: string) =>
      mysqlConnector.verify(targetOf(lab), { kind: 'password', username, password });
    expect([await proof('twin@127.0.0.1', 'Twin-2'), await proof('twin@127.0.0.1', 'Twin-1')]).toEqual([true, false]);
    for (const password of ['Twin-1', 'Twin-2'])
      await expect(proof('twin', password)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(proof('far@10.20.%', 'Far-1')).rejects.toMatchObject({ code: 'unsupported' });
    const empty = mysqlConnector.verify(targetOf(lab), { kind: 'password', username: 'temp_import', password: 'x' });
    expect(await empty).toBe(false);
    await ask(lab, 0, "drop user twin, twin@'127.0.0.1', far@'10.20.%'");
  });

  it('a server that judges passwords itself says that it takes no stored one', async () => {
    await ask(lab, 0, 'create user judged', "install soname 'simple_password_check'");
    try {
      const setting = { do: 'set_password', account: 'judged', password: 'Judged-0815' } as const;
      const refused = { code: 'refused', message: expect.stringContaining('strict_password_validation = off') };
      await expect(mysqlConnector.preview(targetOf(lab), setting)).rejects.toMatchObject(refused);
      await expect(applied({ do: 'create_account', account: 'unjudged', fullName: '' })).rejects.toMatchObject(refused);
      await ask(lab, 0, 'set global strict_password_validation = off');
      expect(await applied(setting)).toEqual({ changed: true });
    } finally {
      await ask(
        lab,
        0,
        'set global strict_password_validation = on',
        "uninstall soname 'simple_password_check'",
        'drop user judged',
      );
    }
  });
});

describe.skipIf(noServer !== '')('changes', () => {
  it('a lock ends the sessions of that account, and not those of its namesake', async () => {
    await ask(
      lab,
      0,
      "create user busy@'127.0.0.%' identified via mysql_native_password using password('Busy-1')",
      "create user busy identified via mysql_native_password using password('Busy-2')",
    );
    const open = async (): Promise<number> =>
      (await ask(lab, 1, "select ID from information_schema.PROCESSLIST where USER = 'busy'")).length;
    const { pinned } = targetOf(lab);
    const session = await openSession({
      address: { host: lab.host, port: lab.port, connectMs: 5_000 },
      user: 'busy',
      credential: { kind: 'password', username: 'busy', password: 'Busy-1' },
      pinned,
      statementMs: 30_000,
    });
    const ended = session.rows('select sleep(30)', 1).then(
      () => 'it ran to its end',
      (error: unknown) => String(error),
    );
    await waitUntil('the statement to run', 10_000, async () => (await open()) > 0);
    await applied({ do: 'lock_account', account: 'busy' });
    expect(await open()).toBe(1);
    await applied({ do: 'lock_account', account: 'busy@127.0.0.%' });
    expect(await open()).toBe(0);
    expect(await ended).toMatch(/broke off|killed/u);
    await ask(lab, 0, "drop user busy, busy@'127.0.0.%'");
  });

  it('an account that views, routines, triggers or events act as is not deleted, and it is said where', async () => {
    await ask(
      lab,
      0,
      "create user maker identified via mysql_native_password using 'invalid'",
      'create definer = maker view wiki.v as select 1 as one',
      'create definer = maker procedure wiki.p() select 1',
      'create definer = maker trigger wiki.t before insert on wiki.page for each row set new.title = 1',
      'create definer = maker event wiki.e on schedule every 1 year do select 1',
    );
    const attempt = applied({ do: 'delete_account', account: 'maker' });
    await expect(attempt).rejects.toThrow(
      /1 events in wiki, 1 routines in wiki, 1 triggers in wiki, 1 views in wiki act as it/u,
    );
    expect((await mysqlConnector.readAccount(targetOf(lab), 'maker'))?.account.state).toBe('active');
    await ask(lab, 0, 'drop view wiki.v', 'drop procedure wiki.p', 'drop trigger wiki.t', 'drop event wiki.e');
    expect(await applied({ do: 'delete_account', account: 'maker' })).toEqual({ changed: true });
  });

  it('the first role is taken on at log-in, and let go of with it; where that is set, default roles are let be', async () => {
    await ask(lab, 0, "create user roles1 identified via mysql_native_password using 'invalid'");
    const defaultRole = async () =>
      (await mysqlConnector.readAccount(targetOf(lab), 'roles1'))?.account.attributes['defaultRole'];
    const change = { account: 'roles1', entitlement: 'role:support' } as const;
    await applied({ do: 'grant', ...change });
    await applied({ do: 'grant', account: 'roles1', entitlement: 'role:billing_read' });
    expect(await defaultRole()).toBe('support');
    await applied({ do: 'revoke', ...change });
    expect(await defaultRole()).toBeUndefined();
    const left = { ...targetOf(lab), settings: { defaultRole: 'leave' } };
    await mysqlConnector.apply(left, { do: 'grant', ...change });
    expect(await defaultRole()).toBeUndefined();
    await applied({ do: 'delete_account', account: 'roles1' });
  });

  it('a role that a server took only half of when it went away is taken whole by the same change again', async () => {
    await ask(lab, 0, "create user halfway identified via mysql_native_password using 'invalid'");
    const defaultRole = async () =>
      (await mysqlConnector.readAccount(targetOf(lab), 'halfway'))?.account.attributes['defaultRole'];
    const change = { account: 'halfway', entitlement: 'role:support' } as const;
    await ask(lab, 0, 'grant support to halfway');
    expect(await applied({ do: 'grant', ...change })).toEqual({ changed: false });
    expect(await defaultRole()).toBe('support');
    await ask(lab, 0, 'revoke support from halfway');
    expect(await applied({ do: 'revoke', ...change })).toEqual({ changed: false });
    expect(await defaultRole()).toBeUndefined();
    // With another role beside it, who took it off may have meant it.
    await ask(lab, 0, 'grant support to halfway', 'grant billing_read to halfway');
    await applied({ do: 'grant', ...change });
    expect(await defaultRole()).toBeUndefined();
    await applied({ do: 'delete_account', account: 'halfway' });
  });

  it('every privilege that can be granted somewhere can be granted there, seen and taken', async () => {
    await ask(lab, 0, "create user widely identified via mysql_native_password using 'invalid'");
    const places: readonly [where: string, privileges: readonly string[]][] = [
      [
        '*.*',
        [
          'SELECT',
          'SUPER',
          'BINLOG MONITOR',
          'REPLICATION SLAVE ADMIN',
          'READ_ONLY ADMIN',
          'SHOW DATABASES',
          'GRANT OPTION',
        ],
      ],
      ['`wi\\_ki`.*', ['CREATE TEMPORARY TABLES', 'LOCK TABLES', 'DELETE HISTORY', 'EVENT', 'GRANT OPTION']],
      ['wiki.page', ['CREATE VIEW', 'SHOW VIEW', 'DELETE HISTORY', 'TRIGGER', 'GRANT OPTION']],
      ['wiki.page(title)', ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']],
      ['procedure billing.close_month', ['EXECUTE', 'ALTER ROUTINE', 'GRANT OPTION']],
    ];
    for (const [where, privileges] of places) {
      for (const privilege of privileges) {
        const change = { account: 'widely', entitlement: `grant:${where}:${privilege}` } as const;
        expect([change.entitlement, await applied({ do: 'grant', ...change })]).toEqual([
          change.entitlement,
          { changed: true },
        ]);
        expect(await holdings('widely')).toContain(change.entitlement);
      }
    }
    for (const [where, privileges] of places)
      for (const privilege of privileges)
        await applied({ do: 'revoke', account: 'widely', entitlement: `grant:${where}:${privilege}` });
    expect(await holdings('widely')).toEqual([]);
    await expect(
      applied({ do: 'grant', account: 'widely', entitlement: 'grant:wiki.page:SUPER' }),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await applied({ do: 'delete_account', account: 'widely' });
  });

  it('a right taken from a table leaves those on its columns', async () => {
    await ask(lab, 0, "create user columns1 identified via mysql_native_password using 'invalid'");
    const column = 'grant:billing.customer(name):SELECT';
    const [table, update] = ['grant:billing.customer:SELECT', 'grant:billing.customer(iban):UPDATE'];
    for (const entitlement of [column, table, update]) await applied({ do: 'grant', account: 'columns1', entitlement });
    expect(await applied({ do: 'revoke', account: 'columns1', entitlement: table })).toEqual({ changed: true });
    expect([...(await holdings('columns1'))].sort()).toEqual([update, column].sort());
    await applied({ do: 'delete_account', account: 'columns1' });
  });

  it('a grant to somebody who is gone makes nobody', async () => {
    await expect(ask(lab, 0, 'grant select on wiki.* to ghost')).rejects.toMatchObject({ code: 'refused' });
    expect(await ask(lab, 1, "select User from mysql.global_priv where User = 'ghost'")).toEqual([]);
  });

  it('an account with as much as the guide gives it can do what the guide says, and no more', async () => {
    await ask(
      lab,
      0,
      "create user keeper identified via ed25519 using password('Keeper-4711')",
      'grant select on mysql.* to keeper',
      'grant create user, process, connection admin on *.* to keeper',
      'grant billing_read to keeper with admin option',
      'grant select on wiki.* to keeper with grant option',
    );
    const target = targetOf(lab, 'keeper', 'Keeper-4711');
    expect((await mysqlConnector.read(target)).accounts.length).toBeGreaterThan(10);
    const account = 'kept';
    const login = { kind: 'password', username: account, password: 'Kept-0815' } as const;
    const changes: readonly Change[] = [
      { do: 'create_account', account, fullName: 'Kept One' },
      { do: 'set_password', account, password: login.password },
      { do: 'grant', account, entitlement: 'role:billing_read' },
      { do: 'grant', account, entitlement: 'grant:wiki.*:SELECT' },
      { do: 'lock_account', account },
      { do: 'unlock_account', account },
      { do: 'revoke', account, entitlement: 'role:billing_read' },
    ];
    for (const change of changes) {
      expect([change.do, await mysqlConnector.apply(target, change)]).toEqual([change.do, { changed: true }]);
      expect([change.do, await mysqlConnector.apply(target, change)]).toEqual([change.do, { changed: false }]);
      expect(await mysqlConnector.verify(target, login)).toBe(
        change.do !== 'create_account' && change.do !== 'lock_account',
      );
    }
    await expect(
      mysqlConnector.apply(target, { do: 'grant', account, entitlement: 'grant:billing.*:SELECT' }),
    ).rejects.toMatchObject({ code: 'refused' });
    expect(await mysqlConnector.apply(target, { do: 'delete_account', account })).toEqual({ changed: true });
    for (const action of ['lock_account', 'delete_account'] as const)
      await expect(mysqlConnector.apply(target, { do: action, account: 'keeper' })).rejects.toThrow(/shut Reeve out/u);
    await applied({ do: 'delete_account', account: 'keeper' });
  });

  it('an account that may read the grant tables reads everything, and changes nothing', async () => {
    await ask(
      lab,
      0,
      "create user reader identified via mysql_native_password using password('Reader-4711')",
      'grant select on mysql.* to reader',
    );
    const target = targetOf(lab, 'reader', 'Reader-4711');
    const { mark: mine, ...seen } = await mysqlConnector.read(targetOf(lab));
    const { mark: its, ...same } = await mysqlConnector.read(target);
    expect(same).toEqual(seen);
    expect(its).not.toBe(mine);
    for (const change of [
      { do: 'create_account', account: 'unmade', fullName: '' },
      { do: 'lock_account', account: 'lena' },
      { do: 'set_password', account: 'lena', password: 'Reader-4712' },
      { do: 'grant', account: 'lena', entitlement: 'role:support' },
      { do: 'grant', account: 'lena', entitlement: 'grant:wiki.*:SELECT' },
      { do: 'delete_account', account: 'lena' },
    ] as const)
      expect([change.do, await mysqlConnector.apply(target, change).catch(String)]).toEqual([
        change.do,
        expect.stringMatching(/TargetError/u),
      ]);
    await applied({ do: 'delete_account', account: 'reader' });
  });

  it('an account that may read nothing is refused, not shown an empty server', async () => {
    const target = targetOf(lab, 'lena', lab.passwords.get('lena'));
    await expect(mysqlConnector.read(target)).rejects.toMatchObject({ code: 'refused' });
  });
});
