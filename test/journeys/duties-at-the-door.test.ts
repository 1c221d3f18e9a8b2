import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

const HOUR = 3_600_000;
let house: GuardedHouse;
let hosts: LabHosts;
let ssh: SshUser;
const who: Record<string, string> = {};
const sudo: Record<string, string> = {};
const id = (of: Record<string, string>, name: string): string => of[name] ?? '';

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1', 'db1'] })]);
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['lena', undefined],
    ] as const) {
      const facts = { displayName: name, username: name };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: id(who, name),
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
  });
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, id(who, 'lena'), key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  for (const name of ['web1', 'db1']) {
    const host = hosts.get(name);
    const system = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name,
        kind: 'linux',
        host: host.host,
        port: host.port,
        pinned: [host.hostKeyFingerprint],
        username: host.management.username,
        secret: { kind: 'ssh_key', value: host.management.privateKey },
      },
      id(who, 'admin'),
    );
    await house.perform('discovery.read', { id: system.id }, id(who, 'admin'));
    await house.settle(60_000);
    sudo[name] = (
      await house.db.one<{ id: string }>(
        sql`select id from entitlement where system_id = ${system.id} and native_id = 'sudo:ALL'`,
      )
    ).id;
    await house.perform(
      'grants.give',
      { identity: 'lena', entitlementId: id(sudo, name), because: 'test' },
      id(who, 'admin'),
    );
  }
  await house.settle(60_000);
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
});

/** What came of trying to open a session: `in`, or the code it was refused with. */
const open = async (system: string): Promise<string> => {
  const ran = await ssh.run(`lena@${system}`, ['true']);
  // Its end is written after the person has gone; written after the clock moved on, it would have lasted until then.
  await until(
    async () => (await house.db.maybe(sql`select id from session where state <> 'ended' limit 1`)) === undefined,
  );
  await house.settle(30_000);
  return ran.code === 0 ? 'in' : (/\((\w+\.\w+)\)/.exec(ran.out + ran.err)?.[1] ?? ran.err);
};

test('both sides may be held; used within the window of each other, the second session is refused, and after it is not', async () => {
  const { id: rule } = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'Release and change data',
      severity: 'high',
      mode: 'enforce',
      counts: 'same_window',
      windowSeconds: 7200,
      functions: [
        { name: 'release', entitlementIds: [id(sudo, 'web1')] },
        { name: 'change data', entitlementIds: [id(sudo, 'db1')] },
      ],
    },
    id(who, 'officer'),
  );
  expect(await open('web1')).toBe('in');
  house.clock.advance(HOUR);
  expect(await open('db1')).toBe('sod.conflict');
  expect(await open('web1')).toBe('in');
  house.clock.advance(2 * HOUR + 60_000);
  expect(await open('db1')).toBe('in');
  house.clock.advance(3 * HOUR);
  expect((await Promise.all([open('web1'), open('db1')])).sort()).toEqual(['in', 'sod.conflict']);
  const judged = await house.db.many<{ data: { way: string; outcome: string; conflicts: { ruleId: string }[] } }>(
    sql`select data from audit_event where type = 'sod.judged' and data->>'identityId' = ${id(who, 'lena')}`,
  );
  expect(judged.map(({ data }) => [data.way, data.outcome, data.conflicts[0]?.ruleId])).toEqual([
    ['session', 'blocked', rule],
    ['session', 'blocked', rule],
  ]);
});

test('a rule of one session is broken by an account that has both', async () => {
  const { items } = await house.perform<{ items: { id: string; libraryId: string | null }[] }>(
    'sod.listRules',
    {},
    id(who, 'officer'),
  );
  const rule = items.find((one) => one.libraryId === null)?.id;
  const [other] = await house.db.many<{ id: string }>(sql`
    select h.entitlement_id as id from holding h join account a on a.id = h.account_id join system s on s.id = a.system_id
     where a.name = 'lena' and s.name = 'web1' and h.valid_to is null and h.entitlement_id <> ${id(sudo, 'web1')}`);
  expect(other, 'her account holds something beside sudo').toBeDefined();
  house.clock.advance(24 * HOUR);
  await house.perform(
    'sod.changeRule',
    {
      rule,
      counts: 'same_session',
      functions: [
        { name: 'release', entitlementIds: [id(sudo, 'web1')] },
        { name: 'belong', entitlementIds: [other?.id] },
      ],
    },
    id(who, 'officer'),
  );
  expect(await open('web1')).toBe('sod.conflict');
  expect(await open('db1')).toBe('in');
});
