import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
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
let lena: string;
let ssh: SshUser;
let entitlementId: string;

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
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
      facts: { displayName: 'Lena Test', username: 'lena', managerId: boss.id },
    });
    return [boss.id, person.id] as const;
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

const give = async (): Promise<string> => {
  house.clock.advance(1000);
  const { id } = await house.perform<{ id: string }>(
    'grants.give',
    { identity: 'lena', entitlementId, because: 'test' },
    admin,
  );
  await house.settle(30_000);
  return id;
};

test('without a grant the door stays shut and says where to ask', async () => {
  const refused = await ssh.run('lena@web1', ['id']);
  expect(refused.code).not.toBe(0);
  expect(refused.err + refused.out).toContain('/request?system=web1');
});

test('a grant becomes an account with the access, proved on the target, and opens through the gateway', async () => {
  await give();
  expect((await web1.exec('getent passwd lena')).stdout).toContain('lena');
  const realised = await house.db.one<{ data: { proven: boolean } }>(
    sql`select data from audit_event where type = 'access.realised'`,
  );
  expect(realised.data.proven).toBe(true);
  const ran = await ssh.run('lena@web1', ['sudo', '-n', 'id', '-u']);
  expect([ran.code, ran.out.trim()]).toEqual([0, '0']);
});

/** Revocations, and sessions that each of them ends. */
const ROUNDS = 5;
const AT_ONCE = 4;

test('revoked in a certification, every live session ends within a second and the access is gone on the target: 20 of 20', async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const live = Array.from({ length: AT_ONCE }, () => ssh.start('lena@web1', ['sleep', '600']));
    await until(
      async () =>
        (await house.db.one<{ n: number }>(sql`select count(*) as n from session where state = 'live'`)).n === AT_ONCE,
      { timeoutMs: 20_000, what: 'live sessions' },
    );

    const dueAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    const campaign = await house.perform<{ id: string }>(
      'campaigns.create',
      { name: `round ${round}`, scope: { privileged: true, identityId: lena }, dueAt },
      admin,
    );
    await house.perform('campaigns.launch', { id: campaign.id }, admin);
    const { items } = await house.perform<{
      items: { id: string; what: string; evidence: { uses: number; sessions: { sessionId: string }[] } }[];
    }>('campaigns.items', { id: campaign.id }, admin);
    expect(items).toHaveLength(1);
    expect(items[0]?.evidence.sessions[0]?.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    await house.perform('items.decide', { id: items[0]?.id, decision: 'revoke' }, admin);
    const signed = performance.now();
    await house.perform('campaigns.sign', { id: campaign.id }, admin);
    for (const session of live) {
      times.push((await session.ended).at - signed);
      expect(session.output()).toContain('Reeve: access ended');
    }

    await house.settle(30_000);
    const item = await house.perform<{ state: string; proven: boolean; sessionsEndedMs: number }>(
      'items.show',
      { id: items[0]?.id },
      admin,
    );
    expect(item).toMatchObject({ state: 'revoked', proven: true });
    expect(item.sessionsEndedMs).not.toBeNull();
    expect((await web1.exec('ls /etc/sudoers.d')).stdout).not.toContain('reeve-lena');
    expect((await ssh.run('lena@web1', ['true'])).code).not.toBe(0);
    await give();
  }
  console.log(`revoke to session end, ms: ${times.map((t) => t.toFixed(0)).join(' ')}`);
  expect(Math.max(...times)).toBeLessThan(aSecondMs());
}, 300_000);

test('every session has a recording that opens and verifies against the digest in the log', async () => {
  const sessions = await house.db.many<{ id: string }>(sql`select id from session where state = 'ended'`);
  expect(sessions.length).toBeGreaterThan(20);
  for (const { id } of sessions.slice(0, 5)) {
    expect(await house.perform('sessions.verify', { id }, admin)).toMatchObject({ ok: true });
    expect(await house.perform<string>('sessions.recording', { id }, admin)).toContain('"version":3');
  }
});
