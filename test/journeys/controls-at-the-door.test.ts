import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { makeSshKey, startHosts, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { startSignin } from '#platform/signin/start-signin.ts';
import { ADMIN_ROLES, createIdentity, describeEntitlement, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

const MINUTE = 60_000;
let house: GuardedHouse;
let hosts: LabHosts;
let ssh: SshUser;
let sudo: string;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';

const describe = (change: Omit<Parameters<typeof describeEntitlement>[2], 'entitlementId'>): Promise<void> =>
  house
    .as('boot')
    .act(
      { action: 'enrolment.create' },
      async (ctx, permit) => void (await describeEntitlement(ctx, permit, { entitlementId: sudo, ...change })),
    );

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
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
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, id('lena'), key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  const host = hosts.get('web1');
  const system = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: host.host,
      port: host.port,
      pinned: [host.hostKeyFingerprint],
      username: host.management.username,
      secret: { kind: 'ssh_key', value: host.management.privateKey },
    },
    id('admin'),
  );
  await house.perform('discovery.read', { id: system.id }, id('admin'));
  await house.settle(60_000);
  sudo = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${system.id} and native_id = 'sudo:ALL'`,
    )
  ).id;
  await describe({ ownerId: id('boss'), description: 'all on web1', risk: 'low', requestable: true });
  const rules = {
    rules: [
      { when: { risk: ['critical'] }, steps: ['manager'], controls: { stepUpSeconds: 300, sessionSeconds: 1800 } },
      { when: { risk: ['high'] }, steps: ['manager'], controls: { stepUpSeconds: 900, oneSession: true } },
      { when: {}, steps: ['manager'] },
    ],
    dueHours: 24,
    escalateHours: 24,
    expireDays: 14,
  };
  const { trial } = await house.perform<{ trial: string }>('approvalPolicy.try', { rules, last: 20 }, id('officer'));
  await house.perform('approvalPolicy.change', { rules, note: 'test', trial }, id('officer'));
  const { request } = await house.perform<{ request: { id: string } }>(
    'requests.submit',
    { what: 'web1:sudo:ALL', for: '8h', reason: 'test' },
    id('lena'),
  );
  await house.perform('requests.approve', { id: request.id }, id('boss'));
  await house.settle(60_000);
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
});

const connect = async (): Promise<{ code: string; said: string }> => {
  const ran = await ssh.run('lena@web1', ['true']);
  await house.settle(30_000);
  const said = ran.out + ran.err;
  return { said, code: ran.code === 0 ? 'in' : (/\((\w+\.\w+)\)/.exec(said)?.[1] ?? said) };
};
const open = async (): Promise<string> => (await connect()).code;
const signIn = async (): Promise<void> => {
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    await startSignin(ctx, permit, { identityId: id('lena'), method: 'passkey' });
  });
};
const sessions = (): Promise<{ seconds: number | null }[]> =>
  house.db.many(
    sql`select extract(epoch from must_end_at - started_at)::int as seconds from session order by started_at, id`,
  );

test('low risk opens a session without more; once it is high, the same grant asks for a sign-in, and says what to do', async () => {
  expect(await open()).toBe('in');
  await describe({ risk: 'high' });
  const refused = await connect();
  expect(refused.code).toBe('session.sign_in_needed');
  expect(refused.said).toContain(
    'a sign-in at most 15 min before each session. Sign in afresh at http://localhost:8470',
  );
  const [added] = await house.db.many<{ data: unknown }>(
    sql`select data from audit_event where type = 'grant.controlled' order by at, id`,
  );
  expect(added?.data).toMatchObject({
    identityId: id('lena'),
    stepUpSeconds: 900,
    oneSession: true,
    because: expect.stringContaining('its risk went from low to high'),
  });
  await signIn();
  expect(await open()).toBe('in');
  house.clock.advance(14 * MINUTE);
  expect(await open()).toBe('in');
  house.clock.advance(2 * MINUTE);
  expect(await open()).toBe('session.sign_in_needed');
  const refusals = await house.db.many<{ data: { code: string } }>(
    sql`select data from audit_event where type = 'session.refused' order by at, id`,
  );
  expect(refusals.map(({ data }) => data.code)).toEqual(['session.sign_in_needed', 'session.sign_in_needed']);
});

test('a sign-in that was ended opens no session', async () => {
  await signIn();
  await house.db.run(sql`update signin set ended_at = ${house.clock.now()} where identity_id = ${id('lena')}`);
  expect(await open()).toBe('session.sign_in_needed');
});

test('one session at a time: of two at once one is in, and the next once that is over', async () => {
  await signIn();
  const first = ssh.start('lena@web1', ['echo in; sleep 60'], { tty: false });
  await expect.poll(() => first.output(), { timeout: 15_000 }).toContain('in');
  expect(await open()).toBe('session.one_at_a_time');
  first.process.kill('SIGKILL');
  await first.ended;
  await expect.poll(open, { timeout: 20_000, interval: 200 }).toBe('in');
  expect((await Promise.all([open(), open()])).toSorted()).toEqual(['in', 'session.one_at_a_time']);
});

test('what is critical by now is under the shorter session too, and stays so when the risk falls', async () => {
  await describe({ risk: 'critical' });
  await signIn();
  await expect.poll(open, { timeout: 20_000, interval: 200 }).toBe('in');
  expect((await sessions()).at(-1)?.seconds).toBe(1800);
  await describe({ risk: 'low' });
  await expect.poll(open, { timeout: 20_000, interval: 200 }).toBe('in');
  expect((await sessions()).at(-1)?.seconds).toBe(1800);
  house.clock.advance(6 * MINUTE);
  expect(await open()).toBe('session.sign_in_needed');
});
