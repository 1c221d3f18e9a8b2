import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mysqlConnector } from '#connectors/mysql/index.ts';
import { postgresConnector } from '#connectors/postgres/index.ts';
import type { Connector, Credential, Target, Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { findMariadb, startMariadb, startPostgres } from '#lab/index.ts';
import { carryOut, sweepStrays } from '#guard/leases/carry-out.ts';
import { createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';

interface Server {
  readonly kind: string;
  readonly connector: Connector;
  readonly target: Target;
  readonly role: string;
  /** Stops it as a power cut does, and brings it back. */
  readonly away: () => Promise<void>;
  readonly back: () => Promise<void>;
  readonly stop: () => Promise<void>;
}
interface LeaseRow {
  readonly id: string;
  readonly systemId: string;
  readonly account: string;
  readonly state: string;
  readonly endsAt: string;
  readonly overdue: boolean;
  readonly problem: string | null;
}

async function postgres(): Promise<Server> {
  const lab = await startPostgres({ binaries: 'embedded' });
  return {
    kind: 'postgres',
    connector: postgresConnector,
    role: 'role:reporting',
    target: {
      systemId: '',
      kind: 'postgres',
      host: lab.host,
      port: lab.port,
      settings: { database: 'shop' },
      pinned: [lab.tls ? `tls-sha256:${lab.tls.fingerprint256}` : 'tls:none'],
      credential: { kind: 'password', username: lab.superuser.username, password: lab.superuser.password },
    },
    away: () => lab.kill9(),
    back: () => lab.up(),
    stop: () => lab.stop(),
  };
}
async function mariadb(): Promise<Server> {
  const lab = await startMariadb();
  return {
    kind: 'mysql',
    connector: mysqlConnector,
    role: 'role:billing_read',
    target: {
      systemId: '',
      kind: 'mysql',
      host: lab.host,
      port: lab.port,
      settings: {},
      pinned: [`tls-sha256:${lab.tls.fingerprint256}`],
      credential: { kind: 'password', username: lab.management.username, password: lab.management.password },
    },
    away: () => lab.kill9(),
    back: () => lab.up(),
    stop: () => lab.stop(),
  };
}

const servers: readonly (readonly [string, () => Promise<Server>])[] = [
  ['PostgreSQL', postgres],
  ...(findMariadb() === undefined ? [] : [['MariaDB', mariadb] as const]),
];

describe.each(servers)('on %s', (_name, start) => {
  let house: GuardedHouse;
  let server: Server;
  let admin: string;
  let lena: string;
  let systemId: string;
  let template: { id: string; entitlementId: string };
  let grantId: string;

  beforeAll(async () => {
    [house, server] = await Promise.all([guardedHouse(), start()]);
    house.clock.set(new Date());
    [admin, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const boss = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: 'Admin', username: 'admin' },
      });
      await startGrant(ctx, permit, {
        identityId: boss.id,
        entitlementId: ADMINISTRATOR,
        origin: 'admin',
        reason: 'test',
      });
      const person = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: 'Lena Test', username: 'lena' },
      });
      return [boss.id, person.id] as const;
    });
    const { credential } = server.target;
    ({ id: systemId } = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name: 'shop',
        kind: server.kind,
        host: server.target.host,
        port: server.target.port,
        settings: server.target.settings,
        pinned: server.target.pinned,
        username: credential.username,
        secret: { kind: 'password', value: credential.kind === 'password' ? credential.password : '' },
      },
      admin,
    ));
    template = await house.perform(
      'leaseTemplates.make',
      {
        name: 'shop-reporting',
        systemId,
        entitlements: [server.role],
        prefix: 'rvl_',
        defaultSeconds: 300,
        longestSeconds: 600,
      },
      admin,
    );
  });
  afterAll(async () => {
    await house?.close();
    await server?.stop();
  });

  const now = (): void => house.clock.set(new Date());
  const there_ = (): Promise<readonly string[]> =>
    server.connector.temporary?.list(server.target, 'rvl_') ?? Promise.resolve([]);
  const opens = (username: string, password: string): Promise<boolean> =>
    server.connector
      .verify(server.target, { kind: 'password', username, password } satisfies Credential)
      .catch(() => false);
  const show = (id: string): Promise<LeaseRow> => house.perform<LeaseRow>('leases.show', { id }, admin);
  const gone = (lease: LeaseRow): Promise<unknown> =>
    until(async () => (await show(lease.id)).state === 'ended' && !(await there_()).includes(lease.account), {
      timeoutMs: 30_000,
      what: 'the user is gone',
    });
  async function give(): Promise<void> {
    ({ id: grantId } = await house.perform<{ id: string }>(
      'grants.give',
      { identity: 'lena', entitlementId: template.entitlementId, because: 'test' },
      admin,
    ));
    await house.settle(30_000);
  }
  const ask = (input: Record<string, unknown> = {}): Promise<LeaseRow> =>
    house.perform<LeaseRow>('leases.ask', { templateId: template.id, reason: 'a report', ...input }, lena);
  async function take(): Promise<{ lease: LeaseRow; password: string }> {
    const lease = await ask();
    await house.settle(30_000);
    const { password } = await house.perform<{ password: string }>('leases.take', { id: lease.id }, lena);
    return { lease, password };
  }

  test('nobody has a user without a grant, nor one for longer than the template says', async () => {
    await expect(ask()).rejects.toMatchObject({ status: 404 });
    await give();
    await expect(ask({ seconds: 601 })).rejects.toMatchObject({ status: 422 });
  });

  test('a user is made, its password shown once and to its holder only, and it opens the database', async () => {
    const { lease, password } = await take();
    expect(await opens(lease.account, password)).toBe(true);
    expect(await there_()).toContain(lease.account);
    await expect(house.perform('leases.take', { id: lease.id }, lena)).rejects.toMatchObject({ code: 'lease.taken' });
    await expect(house.perform('leases.take', { id: lease.id }, admin)).rejects.toMatchObject({
      status: expect.any(Number),
    });
    const kept = await house.db.one<{ n: number }>(
      sql`select count(sealed_password)::int as n from lease where id = ${lease.id}`,
    );
    expect(kept.n).toBe(0);
    await house.perform('leases.end', { id: lease.id }, lena);
    await gone(lease);
    expect(await opens(lease.account, password)).toBe(false);
  });

  test('more time is given within the limit and no further', async () => {
    const { lease } = await take();
    house.clock.advance(120_000);
    const renewed = await house.perform<LeaseRow>('leases.renew', { id: lease.id, seconds: 6000 }, lena);
    await house.settle(30_000);
    expect(new Date(renewed.endsAt).getTime() - new Date(lease.endsAt).getTime()).toBe(300_000);
    await expect(house.perform('leases.renew', { id: lease.id }, lena)).rejects.toMatchObject({
      code: 'lease.no_longer',
    });
    now();
    await house.perform('leases.end', { id: lease.id }, admin);
    await gone(lease);
  });

  test('when its system is locked, the user is gone and nobody gets another until that is lifted', async () => {
    const { lease } = await take();
    const lock = await house.perform<{ id: string }>(
      'locks.place',
      { scope: 'system', subject: lease.systemId, reason: 'test' },
      admin,
    );
    await expect(ask()).rejects.toMatchObject({ code: 'access.locked' });
    await gone(lease);
    await house.perform('locks.lift', { id: lock.id, because: 'test' }, admin);
    await house.perform('leases.end', { id: (await ask()).id }, lena);
  });

  test('when the grant ends, the user is gone', async () => {
    const { lease, password } = await take();
    await house.perform('grants.end', { id: grantId, because: 'test' }, admin);
    await gone(lease);
    expect(await opens(lease.account, password)).toBe(false);
    await give();
  });

  test('a target that is away when a lease ends is tried again, shown as overdue, and then without the user', async () => {
    const { lease } = await take();
    await server.away();
    await house.perform('leases.end', { id: lease.id }, lena);
    await until(async () => (await show(lease.id)).problem !== null, {
      timeoutMs: 20_000,
      what: 'the problem is told',
    });
    house.clock.advance(61_000);
    expect(await show(lease.id)).toMatchObject({ state: 'ending', overdue: true });
    now();
    await server.back();
    house.clock.advance(180_000);
    await carryOut(realEdges(), house.as('leases'), lease.id);
    expect(await show(lease.id)).toMatchObject({ state: 'ended', overdue: false });
    expect(await there_()).not.toContain(lease.account);
    now();
    await house.db.run(
      sql`update graphile_worker._private_jobs set last_error = null, attempts = 0 where last_error is not null`,
    );
  });

  const realEdges = (): { keys: GuardedHouse['keys']; targets: Targets } => ({
    keys: house.keys,
    targets: { use: (_system, work) => work(server.connector, server.target) },
  });

  /** Targets of a process that dies there: the call never comes back, and nothing after it runs. */
  function dying(
    at: 'before' | 'after',
    call: 'create' | 'remove',
    reached: () => void,
  ): { keys: GuardedHouse['keys']; targets: Targets } {
    const { temporary } = server.connector;
    if (temporary === undefined) throw new Error('no temporary accounts');
    const died = new Promise<never>(() => {});
    const dead =
      <A extends unknown[], R>(real: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (at === 'after') await real(...args);
        reached();
        return await died;
      };
    const connector: Connector = {
      ...server.connector,
      temporary: { ...temporary, [call]: dead(temporary[call] as (...args: unknown[]) => Promise<unknown>) },
    };
    return { keys: house.keys, targets: { use: (_system, work) => work(connector, server.target) } };
  }

  test.each([
    ['before', 'create'],
    ['after', 'create'],
    ['before', 'remove'],
    ['after', 'remove'],
  ] as const)(
    'killed %s it could %s a user, Reeve leaves none past its lease',
    async (at, call) => {
      await house.idle();
      now();
      const lease = await ask();
      const job = house.as('leases');
      if (call === 'remove') {
        await carryOut(realEdges(), job, lease.id);
        await house.perform('leases.end', { id: lease.id }, lena);
      }
      await new Promise<void>((reached) => void carryOut(dying(at, call, reached), job, lease.id));
      expect((await there_()).includes(lease.account)).toBe((at === 'after') === (call === 'create'));
      // Two minutes later the claim of the dead process is over; by then so is the lease.
      house.clock.advance(600_001);
      await house.tasks['leases.look_after']?.({}, {} as never);
      await carryOut(realEdges(), job, lease.id);
      expect(await show(lease.id)).toMatchObject({ state: 'ended' });
      expect(await there_()).not.toContain(lease.account);
      now();
    },
    60_000,
  );

  test('a user nobody has a lease for is found by its name and dropped; one that is called otherwise stays', async () => {
    const make = (account: string): Promise<void> | undefined =>
      server.connector.temporary?.create(server.target, {
        account,
        password: 'Rv7-not-a-secret-of-anybody',
        until: new Date(Date.now() + 60_000),
        entitlements: [server.role],
      });
    await make('rvl_abcdefabcdef');
    await make('other_abcdefabcdef');
    expect(await sweepStrays(realEdges(), house.as('leases'))).toBe(1);
    expect(await there_()).toEqual([]);
    expect(await server.connector.temporary?.list(server.target, 'other_')).toEqual(['other_abcdefabcdef']);
  });
});
