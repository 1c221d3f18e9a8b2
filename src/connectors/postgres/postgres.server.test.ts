/** Things real and false servers do to a connector that reads and changes them. */
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { startPostgres } from '#lab/index.ts';
import { TargetError, type Change } from '../port.ts';
import { fakeServer } from './fake-server.fixture.ts';
import { postgresConnector } from './index.ts';
import { ask, server, stopServers, targetOf } from './lab-server.fixture.ts';

afterAll(stopServers);

describe.each(['debian', 'embedded'] as const)('a PostgreSQL server of %s', (binaries) => {
  it('shows a superuser, an owner and a membership with their evidence', async () => {
    const reading = await postgresConnector.read(targetOf(await server(binaries)));
    const because = (name: string) => reading.accounts.find((account) => account.name === name)?.privilegedBecause;
    expect(because('svc_shop')).toEqual([
      { reason: 'is a superuser: no check applies', evidence: 'role svc_shop: superuser' },
    ]);
    expect(because('temp_migration')).toContainEqual({
      reason: 'through shop_admin: owns database shop',
      evidence: 'temp_migration → shop_admin; owner of shop is shop_admin',
    });
    expect(because('mikael')).toContainEqual({
      reason: "through pg_signal_backend: ends other people's sessions",
      evidence: 'mikael → dba → shop_admin → pg_signal_backend; predefined role pg_signal_backend',
    });
    expect(reading.nesting).toContainEqual({ parent: 'role:shop_write', child: 'role:shop_read' });
    expect(reading.nesting).toContainEqual({ parent: 'role:shop_read', child: 'grant:shop.orders:SELECT' });
    expect(reading.accounts.every((account) => account.lastUsedAt === undefined)).toBe(true);
  });

  it('never sees the clear password, not even in a log of all statements', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      `alter system set log_statement = 'all'`,
      'select pg_reload_conf()',
      `create role manager login createrole password 'Manager-4711'`,
      'grant connect on database shop to manager',
      'create role quiet login',
      'grant quiet to manager with admin option',
    );
    const target = targetOf(lab, 'manager', 'Manager-4711');
    const password = 'Clear-Words-0815';
    expect(await postgresConnector.apply(target, { do: 'set_password', account: 'quiet', password })).toEqual({
      changed: true,
    });
    expect(await postgresConnector.apply(target, { do: 'set_password', account: 'quiet', password })).toEqual({
      changed: false,
    });
    expect(lab.logs()).toContain('SCRAM-SHA-256$');
    expect(lab.logs()).not.toContain(password);
  });

  it('ends the live sessions of a locked role', async () => {
    const lab = await server(binaries);
    const client = new Client({
      host: lab.host,
      port: lab.port,
      database: 'shop',
      user: 'priya',
      password: lab.passwords.get('priya'),
      ssl: lab.tls ? { rejectUnauthorized: false } : false,
    });
    let ended = false;
    client.on('error', () => {});
    client.on('end', () => {
      ended = true;
    });
    await client.connect();
    expect(await postgresConnector.apply(targetOf(lab), { do: 'lock_account', account: 'priya' })).toEqual({
      changed: true,
    });
    await expect.poll(() => ended).toBe(true);
    expect(await postgresConnector.apply(targetOf(lab), { do: 'unlock_account', account: 'priya' })).toEqual({
      changed: true,
    });
  });

  it('refuses to delete a role that owns something, and says what', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      'create role owner1 login',
      'create table shop.theirs (id int)',
      'alter table shop.theirs owner to owner1',
    );
    const attempt = postgresConnector.apply(targetOf(lab), { do: 'delete_account', account: 'owner1' });
    await expect(attempt).rejects.toThrow(
      /1 owned objects in shop; hand them over first \(reassign owned by "owner1"/u,
    );
    expect((await postgresConnector.readAccount(targetOf(lab), 'owner1'))?.account.state).toBe('active');
  });

  it('deletes a role that holds privileges in several databases', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      'create role spread login',
      'grant select on shop.orders to spread',
      'grant connect on database shop to spread',
    );
    await ask(
      lab,
      'postgres',
      'create table if not exists public.here (id int)',
      'grant select on public.here to spread',
    );
    expect(await postgresConnector.apply(targetOf(lab), { do: 'delete_account', account: 'spread' })).toEqual({
      changed: true,
    });
    expect(await postgresConnector.readAccount(targetOf(lab), 'spread')).toBeUndefined();
  });

  it('takes a membership whoever gave it', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      'create role giver login',
      'grant shop_read to giver with admin option',
      'create role taker login',
      'set role giver',
      'grant shop_read to taker',
    );
    expect(
      await postgresConnector.apply(targetOf(lab), { do: 'revoke', account: 'taker', entitlement: 'role:shop_read' }),
    ).toEqual({ changed: true });
    expect((await postgresConnector.readAccount(targetOf(lab), 'taker'))?.holdings).not.toContain('role:shop_read');
  });

  it('deletes a role that gave memberships and default privileges to others', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      'create role patron login',
      'create role protege login',
      'grant shop_read to patron with admin option',
      'alter default privileges for role patron grant select on tables to protege',
      'set role patron',
      'grant shop_read to protege',
    );
    expect(await postgresConnector.apply(targetOf(lab), { do: 'delete_account', account: 'patron' })).toEqual({
      changed: true,
    });
    expect(await postgresConnector.readAccount(targetOf(lab), 'patron')).toBeUndefined();
    expect(await postgresConnector.apply(targetOf(lab), { do: 'delete_account', account: 'protege' })).toEqual({
      changed: true,
    });
  });

  it('is managed by a role with createrole alone, for the accounts that role makes', async () => {
    const lab = await server(binaries);
    await ask(
      lab,
      'shop',
      `create role keeper login createrole password 'Keeper-4711'`,
      'grant connect on database shop to keeper',
      'grant shop_read to keeper with admin option',
    );
    const target = targetOf(lab, 'keeper', 'Keeper-4711');
    const account = 'kept';
    const login = { kind: 'password', username: account, password: 'Kept-0815' } as const;
    const changes: readonly Change[] = [
      { do: 'create_account', account, fullName: 'Kept One' },
      { do: 'set_password', account, password: login.password },
      { do: 'grant', account, entitlement: 'role:shop_read' },
      { do: 'lock_account', account },
      { do: 'unlock_account', account },
      { do: 'revoke', account, entitlement: 'role:shop_read' },
    ];
    for (const change of changes) {
      expect(await postgresConnector.apply(target, change)).toEqual({ changed: true });
      expect(await postgresConnector.apply(target, change)).toEqual({ changed: false });
      expect(await postgresConnector.verify(target, login)).toBe(
        change.do !== 'create_account' && change.do !== 'lock_account',
      );
    }
    expect((await postgresConnector.readAccount(target, account))?.account.attributes['password']).toBe('unknown');
    expect(await postgresConnector.apply(target, { do: 'delete_account', account })).toEqual({ changed: true });
    await expect(postgresConnector.apply(target, { do: 'lock_account', account: 'svc_shop' })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('a role that may not use the database still proves its password', async () => {
    const lab = await server(binaries);
    await ask(lab, 'shop', `create role outsider login password 'Outside-1'`);
    const proof = (password: string) =>
      postgresConnector.verify(targetOf(lab), { kind: 'password', username: 'outsider', password });
    expect([await proof('Outside-1'), await proof('Outside-2')]).toEqual([true, false]);
  });
});

describe('a server that does not ask with SCRAM', () => {
  it('is told nothing: a server asking for the clear password or MD5 is hung up on, one that asks nothing proves nothing', async () => {
    for (const method of ['cleartext', 'md5'] as const) {
      const fake = await fakeServer(method);
      const target = {
        ...fake.target,
        credential: { kind: 'password', username: 'app', password: 'Not-For-You-1' },
      } as const;
      await expect(postgresConnector.read(target)).rejects.toMatchObject({ code: 'unsupported' });
      expect(fake.heard()).not.toContain('Not-For-You-1');
      expect(fake.heard()).toContain('app');
      expect(fake.messagesAfterStartup()).toBe(0);
      await fake.stop();
    }
    const open = await fakeServer('trust');
    const attempt = postgresConnector.verify(open.target, { kind: 'password', username: 'app', password: 'x' });
    await expect(attempt).rejects.toBeInstanceOf(TargetError);
    await expect(attempt).rejects.toMatchObject({ code: 'unsupported' });
    await open.stop();
  });

  it('is untrusted when it drops TLS, or slips bytes in before it', async () => {
    const pinned = [`tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`];
    for (const method of ['trust', 'early bytes'] as const) {
      const fake = await fakeServer(method);
      await expect(postgresConnector.read({ ...fake.target, pinned })).rejects.toMatchObject({ code: 'untrusted' });
      expect(fake.heard()).toBe('\0\0\0\x08\x04\xd2\x16\x2f');
      await fake.stop();
    }
  });
});

describe('a server without TLS', () => {
  it(
    'is read once somebody has pinned that it has none, and not when a certificate is pinned',
    { timeout: 60_000 },
    async () => {
      const lab = await startPostgres({ binaries: 'debian' });
      try {
        const [hba] = await ask(lab, 'postgres', 'show hba_file');
        await ask(
          lab,
          'postgres',
          `copy (select 'host all all 127.0.0.0/8 scram-sha-256') to '${String(hba?.['hba_file'])}'`,
          'alter system set ssl = off',
          'select pg_reload_conf()',
        );
        const target = targetOf(lab);
        await expect
          .poll(async () => (await postgresConnector.probe({ ...target, pinned: [] })).pins)
          .toEqual(['tls:none']);
        await expect(postgresConnector.read(target)).rejects.toMatchObject({ code: 'untrusted' });
        const clear = { ...target, pinned: ['tls:none'] };
        expect((await postgresConnector.read(clear)).accounts.length).toBeGreaterThan(5);
        const login = { kind: 'password', username: 'lena', password: lab.passwords.get('lena') ?? '' } as const;
        expect(await postgresConnector.verify(clear, login)).toBe(true);
        expect(await postgresConnector.verify(clear, { ...login, password: 'Wrong-1' })).toBe(false);
      } finally {
        await lab.stop();
      }
    },
  );
});
