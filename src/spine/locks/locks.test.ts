import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { proveTokens } from '#platform/signin/index.ts';
import { startSignin } from '#platform/signin/start-signin.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

let house: GuardedHouse;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';
const perform = <T = Record<string, unknown>>(name: string, input: unknown, as: string): Promise<T> =>
  house.perform<T>(name, input, id(as));
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
const lock = (input: Record<string, unknown>, as = 'officer'): Promise<{ id: string }> =>
  perform('locks.place', { reason: 'test', ...input }, as);
const lift = (lockId: string, as = 'officer'): Promise<unknown> =>
  perform('locks.lift', { id: lockId, because: 'test' }, as);
const prove = (action: string): Promise<unknown> =>
  house.db.run(sql`
    insert into step_up (id, identity_id, action, resource_id, asked_at, ends_at, method, proved_at)
    values (${newId()}, ${id('officer')}, ${action}, 'everything', ${house.clock.now()},
            ${new Date(house.clock.now().getTime() + 60_000)}, 'passkey', ${house.clock.now()})`);
const signIn = (name: string): Promise<unknown> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      startSignin(ctx, permit, { identityId: id(name), method: 'passkey' }),
    );

beforeAll(async () => {
  house = await guardedHouse();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['holder', 'security_officer'],
      ['lena', undefined],
    ] as const) {
      who[name] = (
        await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } })
      ).id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: id(name),
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
  });
});
afterAll(() => house.close());

test('whoever is locked is signed out, signs in no more and may do nothing, until every lock on them is lifted', async () => {
  await signIn('lena');
  const [first, second] = [
    await lock({ scope: 'identity', subject: 'LENA' }),
    await lock({ scope: 'identity', subject: id('lena') }, 'admin'),
  ];
  await house.settle();
  expect(await code(signIn('lena'))).toBe('access.locked');
  expect(await code(perform('sessions.mine', {}, 'lena'))).toBe('policy.denied');
  const open = await house.db.many(sql`select id from signin where identity_id = ${id('lena')} and ended_at is null`);
  expect(open).toEqual([]);
  await lift(first.id);
  expect(await code(signIn('lena'))).toBe('access.locked');
  await lift(second.id);
  expect(await code(signIn('lena'))).toBe('done');
  expect(await code(perform('sessions.mine', {}, 'lena'))).toBe('done');
  expect(await code(lift(second.id))).toBe('lock.lifted');
});

test('a lock that has an end is over by itself', async () => {
  const endsAt = new Date(house.clock.now().getTime() + 60_000).toISOString();
  await lock({ scope: 'identity', subject: 'lena', endsAt });
  expect(await code(perform('sessions.mine', {}, 'lena'))).toBe('policy.denied');
  house.clock.advance(60_001);
  expect(await code(perform('sessions.mine', {}, 'lena'))).toBe('done');
  const { items } = await perform<{ items: unknown[] }>('locks.list', { state: 'holding' }, 'officer');
  expect(items).toEqual([]);
});

test('nobody locks themselves, and those who run Reeve are locked and unlocked by administrators only', async () => {
  expect(await code(lock({ scope: 'identity', subject: 'officer' }))).toBe('policy.denied');
  expect(await code(lock({ scope: 'identity', subject: 'admin' }))).toBe('policy.denied');
  expect(await code(lock({ scope: 'identity', subject: 'lena' }, 'lena'))).not.toBe('done');
  const held = await lock({ scope: 'identity', subject: 'holder' }, 'admin');
  expect(await code(lift(held.id))).not.toBe('done');
  expect(await code(lift(held.id, 'holder'))).not.toBe('done');
  await lift(held.id, 'admin');
  await expect(
    house.db.run(sql`
      insert into access_lock (id, scope, identity_id, reason, placed_by, placed_at)
      values (${newId()}, 'identity', ${id('lena')}, 'x', ${id('lena')}, now())`),
  ).rejects.toMatchObject({ constraint: 'nobody_locks_themselves' });
});

test('what is locked is not taken out of the vault, and what is out comes back', async () => {
  const kept = await perform<{ id: string }>(
    'vault.create',
    { name: 'team/one', kind: 'password', username: 'root', value: 'hunter2-canary' },
    'holder',
  );
  const out = await perform<{ checkoutId: string }>('vault.checkOut', { id: kept.id, reason: 'x' }, 'holder');
  await prove('lock.place');
  const everything = await lock({ scope: 'everything' });
  await house.settle();
  const row = await house.db.one<{ because: string }>(
    sql`select ended_because as because from secret_checkout where id = ${out.checkoutId}`,
  );
  expect(row.because).toContain(everything.id);
  expect(await code(perform('vault.checkOut', { id: kept.id, reason: 'x' }, 'holder'))).toBe('access.locked');
  expect(await code(signIn('officer'))).toBe('done');
  await prove('lock.lift');
  await lift(everything.id);
  expect(await code(perform('vault.checkOut', { id: kept.id, reason: 'x' }, 'holder'))).toBe('done');
});

test('while everything is locked programs read and write no secret', async () => {
  const folder = await perform<{ readEntitlementId: string; writeEntitlementId: string }>(
    'folders.create',
    { path: 'team/app', description: 'What the app needs' },
    'officer',
  );
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const entitlementId of [folder.readEntitlementId, folder.writeEntitlementId])
      await startGrant(ctx, permit, { identityId: id('lena'), entitlementId, origin: 'admin', reason: 'test' });
  });
  house.clock.advance(1000);
  const kv = openKv({ ...house, proveTokens });
  const asker = () => ({
    principal: { kind: 'identity' as const, id: id('lena') },
    origin: { via: 'api' as const },
    trace: newId(),
  });
  await kv.write(asker(), 'team/app/db', { password: 'one' });
  expect((await kv.read(asker(), 'team/app/db')).text).toBe('{"password":"one"}');
  await prove('lock.place');
  const everything = await lock({ scope: 'everything' });
  expect(await code(kv.read(asker(), 'team/app/db'))).toBe('access.locked');
  expect(await code(kv.write(asker(), 'team/app/db', { password: 'two' }))).toBe('access.locked');
  await prove('lock.lift');
  await lift(everything.id);
  expect((await kv.read(asker(), 'team/app/db')).text).toBe('{"password":"one"}');
});
