import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  described,
  fakeService,
  json,
  TOKEN,
  type FakeService,
  type Reply,
} from '#connectors/rest/fake-service.fixture.ts';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const API_KEYS = `api_keys:
  list: { call: 'GET /users/{/account/id}/keys', items: /keys }
  id: /id
  label: /note
  issue: { call: 'POST /users/{/account/id}/keys', body: { note: { $from: /label } }, key: /secret }
  revoke: { call: 'DELETE /users/{/account/id}/keys/{/key_id}' }`;

let house: GuardedHouse;
let fake: FakeService;
let boss: string;
let accountId: string;
/** What the service knows: the key Reeve was given first, by hand, and those made since. */
let keys = [{ id: 1, note: 'by hand', secret: TOKEN }];
/** Answers a key is made in that are lost on the way, as if Reeve were killed just then. */
let lose = 0;

beforeAll(async () => {
  [house, fake] = await Promise.all([guardedHouse(), fakeService()]);
  let made = 1;
  fake.answer = (asked): Reply => {
    if (!keys.some(({ secret }) => asked.headers['authorization'] === `Bearer ${secret}`))
      return { ...json({ message: 'no' }), status: 401 };
    const robots = ['reeve', 'deploy'].map((login, i) => ({ id: 7 + i, login, status: 'active' }));
    if (asked.path === '/v1/groups') return json({ groups: [] });
    if (asked.path.startsWith('/v1/users?') || asked.path === '/v1/users') return json({ users: robots });
    const user = robots.find(({ login }) => asked.path === `/v1/users/${login}`);
    if (user !== undefined) return json(user);
    const one = /^\/v1\/users\/[78]\/keys(?:\/(\d+))?$/u.exec(asked.path);
    if (one === null) return { ...json({}), status: 404 };
    if (asked.method === 'GET') return json({ keys: keys.map(({ id, note }) => ({ id, note })) });
    if (asked.method === 'POST') {
      made += 1;
      const key = { id: made, note: (JSON.parse(asked.body) as { note: string }).note, secret: `made-${made}` };
      keys.push(key);
      if (lose > 0) {
        lose -= 1;
        return { ...json({ id: key.id, secret: key.secret }), cutAfter: 5 };
      }
      return json({ id: key.id, secret: key.secret });
    }
    keys = keys.filter(({ id }) => id !== Number(one[1]));
    return { status: 204 };
  };
  boss = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'B', username: 'boss' } });
    for (const entitlementId of [ADMIN_ROLES.administrator, ADMIN_ROLES.security_officer])
      await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
    return id;
  });
  const target = fake.target(described('', API_KEYS));
  const { id } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'crm',
      kind: 'rest',
      host: target.host,
      port: target.port,
      settings: target.settings,
      pinned: target.pinned,
      username: 'reeve',
      secret: { kind: 'api_key', value: TOKEN },
    },
    boss,
  );
  await house.perform('discovery.read', { id }, boss);
  await house.settle(30_000);
  ({ id: accountId } = await house.db.one<{ id: string }>(
    sql`select id from account where system_id = ${id} and name = 'reeve'`,
  ));
});
afterAll(async () => {
  await house?.close();
  await fake?.stop();
});

test('a key that somebody was shown is made anew once they give it back', async () => {
  const { id: deploy } = await house.db.one<{ id: string }>(sql`select id from account where name = 'deploy'`);
  await house.perform('rotations.plan', { accountId: deploy, kind: 'api_key', because: 'test' }, boss);
  await house.settle(30_000);
  const { id } = await house.db.one<{ id: string }>(sql`select id from secret where account_id = ${deploy}`);
  house.clock.advance(1_000);
  const out = await house.perform<{ checkoutId: string; value: string }>(
    'vault.checkOut',
    { id, reason: 'a release' },
    boss,
  );
  expect(keys.map(({ secret }) => secret)).toContain(out.value);
  await house.perform('vault.checkIn', { id: out.checkoutId }, boss);
  await house.settle(30_000);
  const last = await house.db.one(
    sql`select state, cause from rotation where account_id = ${deploy} order by planned_at desc, id desc limit 1`,
  );
  expect(last).toEqual({ state: 'done', cause: 'checkout' });
  expect(keys.map(({ secret }) => secret)).not.toContain(out.value);
});

const rotated = async (): Promise<{ state: string; problem: string | null }> => {
  house.clock.advance(1_000);
  const { id } = await house.perform<{ id: string }>('rotations.plan', { accountId, because: 'test' }, boss);
  await house.idle();
  for (let tries = 0; tries < 3; tries += 1)
    await Promise.resolve(house.tasks['rotation.run']?.({ rotationId: id }, undefined as never)).catch(() => undefined);
  return await house.db.one(sql`select state, problem from rotation where id = ${id}`);
};

test("Reeve's own API key is made anew by the service, proved, and the one before taken back", async () => {
  // The first was made by hand and has no label of Reeve's: that it still works is said.
  expect(await rotated()).toMatchObject({
    state: 'done',
    problem: expect.stringContaining('still takes the old') as string,
  });
  expect(await rotated()).toEqual({ state: 'done', problem: null });
  // The second is that of the account above.
  expect(keys.map(({ note }) => note === 'by hand')).toEqual([true, false, false]);
});

test('a key whose making was answered to nobody is taken back: no key stays that nobody knows', async () => {
  const before = keys.length;
  lose = 1;
  expect(await rotated()).toEqual({ state: 'done', problem: null });
  expect(keys).toHaveLength(before);
});
