import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { sql } from '#kit/db/index.ts';
import { runCommand, startPostgres, type LabPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant, startGrants } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

let house: GuardedHouse;
let target: LabPostgres;
let other: LabPostgres;
let admin: string;
let orders: string;
let directory: string;
const people = new Map<string, string>();

beforeAll(async () => {
  [house, target] = await Promise.all([guardedHouse(), startPostgres()]);
  other = await startPostgres();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const name of ['first-admin', 'ada', 'ben', 'cleo', 'dora', 'emil', 'fay']) {
      const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
      people.set(name, made.id);
    }
    admin = people.get('first-admin') ?? '';
    await startGrant(ctx, permit, {
      identityId: admin,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
  });
  const connect = async (name: string, server: LabPostgres): Promise<string> => {
    const made = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name,
        kind: 'postgres',
        host: server.host,
        port: server.port,
        settings: { database: 'shop' },
        pinned: [server.tls === undefined ? 'tls:none' : `tls-sha256:${server.tls.fingerprint256}`],
        username: server.superuser.username,
        secret: { kind: 'password', value: server.superuser.password },
      },
      admin,
    );
    await house.perform('discovery.read', { id: made.id }, admin);
    return made.id;
  };
  orders = await connect('orders', target);
  directory = await connect('directory', other);
  await house.settle(60_000);
});
afterAll(async () => {
  await house?.close();
  await Promise.all([target?.stop(), other?.stop()]);
});

const give = async (who: string, system: string, role: string): Promise<string> => {
  const entitlement = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${system} and native_id = ${`role:${role}`}`,
  );
  const { id } = await house.perform<{ id: string }>(
    'grants.give',
    { identity: who, entitlementId: entitlement.id, because: 'test' },
    admin,
  );
  return id;
};
interface Task {
  readonly wanted: string;
  readonly state: string;
  readonly tries: number;
  readonly problem: string | null;
}
const task = async (grantId: string): Promise<Task | undefined> =>
  (await house.perform<{ items: Task[] }>('provisioning.list', { grantId, limit: 10 }, admin)).items[0];
const settled = (grantId: string): Promise<unknown> =>
  until(async () => (await task(grantId))?.state === 'done', { timeoutMs: 90_000, what: 'the task to be done' });
const ask = async (statement: string): Promise<string> => {
  const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
    env: { PATH: '/usr/bin:/bin', ...target.env() },
  });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};
/** The transactions that wrote the memberships of a role: one that is granted again has another. */
const grantedBy = (role: string): Promise<string> =>
  ask(`select string_agg(m.xmin::text, ',') from pg_auth_members m join pg_roles r on r.oid = m.member
        where r.rolname = '${role}'`);
const exists = async (role: string): Promise<boolean> =>
  (await ask(`select count(*) from pg_roles where rolname = '${role}'`)) === '1';

test('granted while the target is away, it is tried until it is there, and applied once', async () => {
  await target.down();
  const grant = await give('ada', orders, 'shop_read');
  await until(async () => ((await task(grant))?.tries ?? 0) >= 2, { timeoutMs: 30_000, what: 'two tries' });
  expect(await task(grant)).toMatchObject({ state: 'waiting', wanted: 'present' });
  await target.up();
  await settled(grant);
  const once = await grantedBy('ada');
  expect(once).toMatch(/^\d+$/);
  const ran = await house.db.one<{ systemId: string; lane: number }>(
    sql`select system_id, lane from provision_task where grant_id = ${grant}`,
  );
  await Promise.all([1, 2, 3].map(() => house.tasks['provisioning.agree']?.({ ...ran }, undefined as never)));
  expect(await grantedBy('ada')).toBe(once);
  const events = await house.db.one<{ made: number; real: number }>(sql`
    select count(*) filter (where type = 'account.created') as made, count(*) filter (where type = 'access.realised') as real
      from audit_event`);
  expect(events).toEqual({ made: 1, real: 1 });
});

test('granted and taken back while the target is away, it is not applied at all', async () => {
  await target.down();
  const grant = await give('ben', orders, 'shop_read');
  await until(async () => ((await task(grant))?.tries ?? 0) >= 1, { timeoutMs: 30_000, what: 'a try' });
  await house.perform('grants.end', { id: grant, because: 'changed our mind' }, admin);
  await target.up();
  await until(async () => (await task(grant))?.wanted === 'absent', { timeoutMs: 30_000, what: 'the change of mind' });
  await settled(grant);
  expect(await exists('ben')).toBe(false);
});

test('in a maintenance window nothing is written; when it is cancelled, or over, what is wanted then follows', async () => {
  const now = house.clock.now();
  const at = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString();
  const window = await house.perform<{ id: string }>(
    'maintenance.plan',
    { systemId: orders, startsAt: at(-1), endsAt: at(60), because: 'upgrade' },
    admin,
  );
  const [kept, dropped] = [await give('cleo', orders, 'shop_read'), await give('dora', orders, 'shop_read')];
  await house.settle(30_000);
  expect(await task(kept)).toMatchObject({
    state: 'waiting',
    tries: 0,
    problem: expect.stringMatching(/maintenance/) as string,
  });
  await house.perform('grants.end', { id: dropped, because: 'not needed' }, admin);
  await house.perform('maintenance.cancel', { id: window.id }, admin);
  await Promise.all([settled(kept), settled(dropped)]);
  expect([await exists('cleo'), await exists('dora')]).toEqual([true, false]);
});

test('what a person is given at once is carried out with one log-in, each once; what cannot be had does not keep the rest', async () => {
  const roles = ['shop_read', 'shop_write', 'gone_meanwhile'];
  await ask('create role gone_meanwhile');
  await house.perform('discovery.read', { id: orders }, admin);
  await house.settle(30_000);
  await ask('drop role gone_meanwhile');
  const ids = await house.db.many<{ id: string }>(sql`
    select id from entitlement where system_id = ${orders} and valid_to is null
       and native_id = any(${roles.map((r) => `role:${r}`)}::text[])`);
  expect(ids).toHaveLength(roles.length);
  const identityId = people.get('fay') ?? '';
  await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
    startGrants(ctx, permit, {
      origin: 'admin',
      grants: ids.map(({ id }) => ({ identityId, entitlementId: id, roleId: null, originId: null, reason: 'test' })),
    }),
  );
  await house.settle(60_000);
  const tasks = await house.db.many<{ state: string; name: string; problem: string | null }>(sql`
    select t.state, e.name, t.problem from provision_task t join entitlement e on e.id = t.entitlement_id
     where t.identity_id = ${identityId} order by e.name`);
  expect(tasks.map((t) => [t.name, t.state])).toEqual([
    ['gone_meanwhile', 'stuck'],
    ['shop_read', 'done'],
    ['shop_write', 'done'],
  ]);
  expect(tasks[0]?.problem).toMatch(/there is no role/);
  const logIns = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from audit_event
     where type = 'secret.used' and data->>'purpose' = 'connection'
       and id > (select id from audit_event where type = 'grants.started' and subject_id = ${identityId})
       and id < (select min(id::text)::uuid from audit_event where type = 'access.realised' and subject_id = ${identityId})`);
  expect(logIns.n).toBe(1);
  expect((await grantedBy('fay')).split(',')).toHaveLength(2);
  expect(
    await house.db.many(sql`
      select type, count(*)::int as n from audit_event
       where subject_id = ${identityId} and type in ('grants.started', 'account.created', 'access.realised', 'access.wanted', 'provisioning.stuck')
       group by type order by type`),
  ).toEqual([
    { type: 'access.realised', n: 1 },
    { type: 'access.wanted', n: 1 },
    { type: 'account.created', n: 1 },
    { type: 'grants.started', n: 1 },
    { type: 'provisioning.stuck', n: 1 },
  ]);
});

test(
  'a person gets access on a system after what it depends on, and a circle is refused with its path',
  { timeout: 120_000 },
  async () => {
    await house.perform('systemOrder.put', { id: orders, after: [directory] }, admin);
    await expect(house.perform('systemOrder.put', { id: directory, after: [orders] }, admin)).rejects.toMatchObject({
      code: 'system_order.circle',
      message: expect.stringContaining('directory → orders → directory') as string,
    });
    const now = house.clock.now();
    const window = await house.perform<{ id: string }>(
      'maintenance.plan',
      {
        systemId: directory,
        startsAt: new Date(now.getTime() - 1000).toISOString(),
        endsAt: new Date(now.getTime() + 3_600_000).toISOString(),
        because: 'first things first',
      },
      admin,
    );
    const [first, second] = [await give('emil', directory, 'reporting'), await give('emil', orders, 'shop_read')];
    await house.settle(30_000);
    expect(await task(second)).toMatchObject({ state: 'waiting', tries: 0, problem: 'waits until directory is done' });
    await house.perform('maintenance.cancel', { id: window.id }, admin);
    await Promise.all([settled(first), settled(second)]);
    const [a, b] = await Promise.all([task(first), task(second)]);
    expect([a?.state, b?.state]).toEqual(['done', 'done']);
  },
);
