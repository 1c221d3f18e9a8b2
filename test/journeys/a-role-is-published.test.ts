import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { registerKey } from '#test/harness/register-key.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let admin: string;
let owner: string;
let lena: string;
let ssh: SshUser;
let entitlementId: string;

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  [admin, owner, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
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
      facts: { displayName: 'Lena Test', username: 'lena', managerId: boss.id },
    });
    const facts = { displayName: 'Owner', username: 'owner' };
    const { id: owning } = await createIdentity(ctx, permit, { kind: 'person', facts });
    return [boss.id, owning, person.id] as const;
  });
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, lena, key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  const system = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    },
    admin,
  );
  await house.perform('discovery.read', { id: system.id }, admin);
  await house.settle(30_000);
  entitlementId = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${system.id} and native_id = 'sudo:ALL'`,
    )
  ).id;
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
});

interface Shown {
  readonly impact: { gaining: number; losing: number; sessions: number; stale: string | null };
}
const publish = async (role: string, entitlements: readonly { id: string }[]): Promise<Shown['impact']> => {
  const draft = { role, kind: 'it', entitlements, reason: 'test' };
  const { id } = await house.perform<{ id: string }>('roleVersions.draft', draft, admin);
  await house.perform('roleVersions.look', { id }, admin);
  await house.settle(30_000);
  const { impact } = await house.perform<Shown>('roleVersions.show', { id }, admin);
  await house.perform('roleVersions.ask', { id }, admin);
  await house.perform('roleVersions.publish', { id, because: 'looked at' }, owner);
  return impact;
};

const liveSessions = async (wanted: number): Promise<void> => {
  const count = async (): Promise<number> =>
    (await house.db.one<{ n: number }>(sql`select count(*)::int as n from session where state = 'live'`)).n;
  await until(async () => (await count()) === wanted, { timeoutMs: 20_000, what: `${String(wanted)} live sessions` });
};

test('access arrives on the target when a version is published, and leaves with the session when another is', async () => {
  const { id: role } = await house.perform<{ id: string }>(
    'roleVersions.createRole',
    { name: 'Web operators', description: 'test', ownerId: owner },
    admin,
  );
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      startGrant(ctx, permit, { identityId: lena, roleId: role, origin: 'admin', reason: 'test' }),
    );
  await house.settle(30_000);
  expect(await publish(role, [{ id: entitlementId }])).toMatchObject({
    gaining: 1,
    losing: 0,
    sessions: 0,
    stale: null,
  });
  await house.settle(30_000);
  const ran = await ssh.run('lena@web1', ['sudo', '-n', 'id', '-u']);
  expect([ran.code, ran.out.trim()]).toEqual([0, '0']);

  await liveSessions(0);
  const live = ssh.start('lena@web1', ['sleep', '600']);
  await liveSessions(1);
  house.clock.advance(1_000);
  expect(await publish(role, [])).toMatchObject({ gaining: 0, losing: 1, sessions: 1, stale: null });
  await live.ended;
  expect(live.output()).toContain('Reeve: access ended: the role it came by no longer gives it');
  await house.settle(30_000);
  expect((await web1.exec('ls /etc/sudoers.d')).stdout).not.toContain('reeve-lena');
  expect((await ssh.run('lena@web1', ['true'])).code).not.toBe(0);
});
