import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { drift } from '#spine/graph/index.ts';
import { eligiblePerson, type EligiblePerson } from '#test/harness/eligible-person.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

const MINUTE = 60_000;
const WHAT = 'web1:sudo:ALL';
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let ssh: SshUser;
let lena: EligiblePerson;

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  lena = await eligiblePerson(house, 'lena');
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, lena.id, key.publicKey);
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
    lena.admin,
  );
  await house.perform('discovery.read', { id: system.id }, lena.admin);
  await house.settle(60_000);
  const sudo = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${system.id} and native_id = 'sudo:ALL'`,
  );
  await lena.describe(sudo.id, 'all on web1');
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
});
beforeEach(() => house.clock.advance(MINUTE));

const becomesRoot = async (): Promise<boolean> => {
  const ran = await ssh.run('lena@web1', ['sudo', '-n', 'id', '-u']);
  await house.settle(30_000);
  return ran.code === 0 && ran.out.trim() === '0';
};
const onTarget = async (): Promise<boolean> => (await web1.exec('ls /etc/sudoers.d')).stdout.includes('reeve-lena');
const openSession = async () => {
  const running = sql`select id from session where state = 'live'`;
  await until(async () => (await house.db.many(running)).length === 0, { timeoutMs: 20_000, what: 'no session' });
  const live = ssh.start('lena@web1', ['sleep', '600']);
  await until(async () => (await house.db.many(running)).length === 1, { timeoutMs: 20_000, what: 'a session' });
  return live;
};
test('eligible is no access; active is, on the target and through the gateway; when its time is over it is gone', async () => {
  const eligibility = await lena.makeEligible(WHAT, '90d');
  expect([await onTarget(), await becomesRoot()]).toEqual([false, false]);
  const missing = await house.db.tx((tx) => drift(tx, { identityId: lena.id }));
  expect(missing, 'nothing is missing on the target').toEqual([]);

  expect((await lena.activate(WHAT, '1h')).state).toBe('approved');
  expect([await onTarget(), await becomesRoot()]).toEqual([true, true]);
  const live = await openSession();

  house.clock.advance(60 * MINUTE);
  await lena.lapse();
  await live.ended;
  expect(live.output()).toMatch(/Reeve: (access|the grant it rests on) ended/);
  expect([await onTarget(), await becomesRoot()]).toEqual([false, false]);
  const { items } = await house.perform<{ items: { active: unknown; grantIds: string[] }[] }>(
    'eligibilities.list',
    {},
    lena.id,
  );
  expect(items).toMatchObject([{ active: null, grantIds: [eligibility] }]);
  await house.perform('grants.giveBack', { id: eligibility }, lena.id);
});

test('revoked in a review of the system, what is active ends with the eligibility, and its sessions within a second', async () => {
  await lena.makeEligible(WHAT, '90d');
  await lena.activate(WHAT, '8h');
  const live = await openSession();
  const system = await house.db.one<{ id: string }>(sql`select id from system where name = 'web1'`);
  const campaign = await house.perform<{ id: string }>(
    'campaigns.create',
    {
      name: 'web1',
      scope: { systemId: system.id, privileged: true },
      dueAt: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
    },
    lena.admin,
  );
  await house.perform('campaigns.launch', { id: campaign.id }, lena.admin);
  const { items } = await house.perform<{ items: { id: string; what: string; evidence: { uses: number } }[] }>(
    'campaigns.items',
    { id: campaign.id },
    lena.boss,
  );
  expect(items).toMatchObject([
    {
      what: expect.stringMatching(/^Eligible for sudo: .* on web1$/u) as string,
      evidence: { uses: expect.any(Number) as number },
    },
  ]);
  expect(items[0]?.evidence.uses).toBeGreaterThan(0);
  await house.perform('items.decide', { id: items[0]?.id, decision: 'revoke' }, lena.boss);
  const signed = performance.now();
  await house.perform('campaigns.sign', { id: campaign.id }, lena.boss);
  expect((await live.ended).at - signed).toBeLessThan(aSecondMs());
  await house.settle(60_000);
  expect([await onTarget(), await becomesRoot()]).toEqual([false, false]);
  const item = await house.perform<{ state: string; proven: boolean }>('items.show', { id: items[0]?.id }, lena.boss);
  expect(item).toMatchObject({ state: 'revoked', proven: true });
});
