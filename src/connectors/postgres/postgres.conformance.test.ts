import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { connectorConformance, type Rig } from '../conformance.ts';
import { TargetError, type Target } from '../port.ts';
import { fakeServer } from './fake-server.fixture.ts';
import { postgresConnector } from './index.ts';

const started = new Map<string, Promise<LabPostgres>>();
const server = (binaries: 'debian' | 'embedded'): Promise<LabPostgres> => {
  const known = started.get(binaries) ?? startPostgres({ binaries });
  started.set(binaries, known);
  return known;
};
afterAll(async () => {
  for (const one of started.values()) await (await one).stop();
});

/** Asks the server behind Reeve's back, as the superuser. */
async function ask(
  lab: LabPostgres,
  database: string,
  ...statements: readonly string[]
): Promise<readonly Record<string, unknown>[]> {
  const { superuser, host, port, tls } = lab;
  const client = new Client({
    host,
    port,
    database,
    user: superuser.username,
    password: superuser.password,
    ssl: tls ? { rejectUnauthorized: false } : false,
  });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

function targetOf(lab: LabPostgres, username = lab.superuser.username, password = lab.superuser.password): Target {
  return {
    systemId: lab.name,
    kind: 'postgres',
    host: lab.host,
    port: lab.port,
    settings: { database: 'shop' },
    pinned: [lab.tls ? `tls-sha256:${lab.tls.fingerprint256}` : 'tls:none'],
    credential: { kind: 'password', username, password },
  };
}

const rig = (binaries: 'debian' | 'embedded') => async (): Promise<Rig | { skip: string }> => {
  const outcome = await server(binaries).catch((error: unknown) => String(error));
  if (typeof outcome === 'string') return { skip: outcome };
  const lab = outcome;
  await ask(
    lab,
    'shop',
    'create table if not exists public.pwned (id int)',
    `alter system set log_statement = 'all'`,
    'select pg_reload_conf()',
  );
  return {
    target: targetOf(lab),
    otherPin: `tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    impatient: { database: 'shop', connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['postgres', 'svc_shop', 'svc_report', 'svc_backup', 'mikael', 'temp_migration'],
    ordinary: ['lena', 'annika', 'priya', 'jkessler'],
    grantable: ['role:shop_read', 'role-admin:shop_write', 'attribute:createdb', 'grant:shop.orders:UPDATE'],
    loginAttempts: async () =>
      lab.logs().match(/connection authenticated|connection authorized|authentication failed/gu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const loop = async (): Promise<string> => {
        if (ended.signal.aborted) return '';
        const rows = await ask(lab, 'postgres', 'select query, application_name from pg_stat_activity');
        return `${JSON.stringify(rows)}\n${await loop()}`;
      };
      const seen = loop();
      return {
        stop: async () => {
          ended.abort();
          return `${await seen}${lab.logs()}`;
        },
      };
    },
    unharmed: async () => {
      const [table] = await ask(lab, 'shop', `select to_regclass('public.pwned') is not null as there`);
      if (table?.['there'] !== true) throw new Error('an injected statement dropped the table');
      return (await ask(lab, 'shop', 'select rolname from pg_roles where rolcanlogin')).map((row) =>
        String(row['rolname']),
      );
    },
    stop: async () => {},
  };
};

connectorConformance('postgres 15', postgresConnector, rig('debian'));
connectorConformance('postgres 18', postgresConnector, rig('embedded'));

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
