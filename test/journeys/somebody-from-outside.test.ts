import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { carryOutDue } from '#guard/jit/index.ts';
import { ADMIN_ROLES, createIdentity, drift, getIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

const HOUR = 3_600_000;
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let ssh: SshUser;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['boss', undefined],
      ['lena', undefined],
    ] as const) {
      const facts = { displayName: name, username: name, managerId: name === 'lena' ? id('boss') : null };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: id(name),
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
  });
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
      ownerId: id('officer'),
    },
    id('admin'),
  );
  await house.perform('discovery.read', { id: system.id }, id('admin'));
  await house.settle(60_000);
  await house.perform('systems.openAccounts', { system: 'web1' }, id('officer'));
  const rules = {
    rules: [{ when: {}, steps: ['manager'] }],
    dueHours: 24,
    escalateHours: 24,
    expireDays: 14,
  };
  const { trial } = await house.perform<{ trial: string }>('approvalPolicy.try', { rules, last: 20 }, id('officer'));
  await house.perform('approvalPolicy.change', { rules, note: 'test', trial }, id('officer'));
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
});

const stateOf = async (identityId: string): Promise<string | undefined> =>
  (await house.db.tx((tx) => getIdentity(tx, identityId)))?.state;
const accountOf = async (name: string): Promise<string> =>
  (await web1.exec(`passwd -S ${name}`)).stdout.split(' ')[1] ?? '';

test('an account is asked for by itself, made on the target, and locked when it ends', async () => {
  const { request } = await house.perform<{ request: { id: string } }>(
    'requests.submit',
    { what: 'web1:account', for: '30d', reason: 'joined the team' },
    id('lena'),
  );
  const done = await house.perform<{ lines: { grant: { id: string } }[] }>(
    'requests.approve',
    { id: request.id },
    id('boss'),
  );
  await house.settle(60_000);
  expect((await web1.exec('getent passwd lena')).stdout).toContain('lena');
  const shown = await house.perform<{ lines: { effect: string }[] }>('requests.show', { id: request.id }, id('lena'));
  expect(shown.lines).toMatchObject([{ effect: 'effective' }]);
  expect(await house.db.tx((tx) => drift(tx, { identityId: id('lena'), kind: 'missing' }))).toEqual([]);
  await house.perform('grants.giveBack', { id: done.lines[0]?.grant.id }, id('lena'));
  await house.settle(60_000);
  expect((await web1.exec('getent shadow lena | cut -d: -f2,8')).stdout).toMatch(/^[!*].*:1$|^!.*/);
});

test('somebody from outside comes in for a window by their sponsor, and is out with it', async () => {
  const ends = new Date(house.clock.now().getTime() + 4 * HOUR);
  const { identityId, request } = await house.perform<{ identityId: string; request: { id: string; state: string } }>(
    'vendors.ask',
    {
      name: 'Sam Lee',
      email: 'sam@acme.example',
      employer: 'Acme',
      what: ['web1:account'],
      until: ends.toISOString(),
      reason: 'the migration',
    },
    id('lena'),
  );
  await house.settle(60_000);
  expect([request.state, await stateOf(identityId), await accountOf('v-sam')]).toEqual(['pending', 'pre_hire', '']);

  await house.perform('requests.approve', { id: request.id }, id('boss'));
  await house.settle(60_000);
  expect(await stateOf(identityId)).toBe('active');
  const key = await makeSshKey('sam@acme');
  await registerKey(house, identityId, key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  expect((await ssh.run('v-sam@web1', ['id', '-un'])).out.trim()).toBe('v-sam');
  await house.settle(30_000);

  const campaign = await house.perform<{ id: string }>(
    'campaigns.create',
    { name: 'vendors', kind: 'vendors', dueAt: new Date(house.clock.now().getTime() + 30 * 24 * HOUR).toISOString() },
    id('admin'),
  );
  await house.perform('campaigns.launch', { id: campaign.id }, id('admin'));
  const items = await house.db.many<{ what: string; identityId: string }>(
    sql`select what, identity_id from campaign_item where campaign_id = ${campaign.id}`,
  );
  expect(items).toEqual([{ what: 'Account on web1', identityId }]);

  const running = sql`select id from session where state = 'live'`;
  await until(async () => (await house.db.many(running)).length === 0, { timeoutMs: 20_000, what: 'no session' });
  const live = ssh.start('v-sam@web1', ['sleep', '600']);
  await until(async () => (await house.db.many(running)).length === 1, { timeoutMs: 20_000, what: 'a session' });
  house.clock.advance(4 * HOUR);
  await carryOutDue(house.as('jit'));
  await live.ended;
  expect(live.output()).toMatch(/Reeve: .* ended/);
  await house.registry.jobs.get('lifecycle.apply_dates')?.run(house.as('lifecycle'), {});
  await house.settle(60_000);
  expect([await stateOf(identityId), (await ssh.run('v-sam@web1', ['true'])).code]).not.toEqual(['leaver', 0]);
  expect(await stateOf(identityId)).toBe('leaver');
});

test('on the days and hours they have, and not beside them; a session ends with its hours, and they keep what they have', async () => {
  const now = house.clock.now();
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][now.getUTCDay()] ?? '';
  const hour = now.getUTCHours();
  const two = (n: number): string => String(n).padStart(2, '0');
  const { identityId, request } = await house.perform<{ identityId: string; request: { id: string } }>(
    'vendors.ask',
    {
      name: 'Kim Roe',
      email: 'kim@acme.example',
      employer: 'Acme',
      what: ['web1:account'],
      until: new Date(now.getTime() + 20 * 24 * HOUR).toISOString(),
      hours: [`${day} ${two(hour)}:00-${two(hour + 1)}:00`],
      timeZone: 'UTC',
      reason: 'the migration',
    },
    id('lena'),
  );
  await house.perform('requests.approve', { id: request.id }, id('boss'));
  await house.settle(60_000);
  const key = await makeSshKey('kim@acme');
  await registerKey(house, identityId, key.publicKey);
  const kim = sshUser({ port: house.gateway.address.port }, key.privateKey);
  const running = sql`select ends_at from session where state = 'live'`;
  await until(async () => (await house.db.many(running)).length === 0, { timeoutMs: 20_000, what: 'no session' });
  const live = kim.start('v-kim@web1', ['sleep', '600']);
  await until(async () => (await house.db.many(running)).length === 1, { timeoutMs: 20_000, what: 'a session' });
  const [session] = await house.db.many<{ endsAt: Date }>(running);
  const closes = new Date(now.getTime() - (now.getTime() % HOUR) + HOUR);
  expect(Math.abs((session?.endsAt.getTime() ?? 0) - closes.getTime())).toBeLessThan(1000);

  house.clock.advance(closes.getTime() - house.clock.now().getTime());
  await house.registry.jobs.get('sessions.end_outside_hours')?.run(house.as('sessions'), {});
  await live.ended;
  expect(live.output()).toContain('Reeve: the hours of access are over');
  const refused = await kim.run('v-kim@web1', ['id', '-un']);
  expect(`${refused.out}${refused.err}`).toContain('access.outside_hours');

  house.clock.advance(7 * 24 * HOUR - HOUR / 2);
  expect((await kim.run('v-kim@web1', ['id', '-un'])).out.trim()).toBe('v-kim');
  kim.forget();
});
