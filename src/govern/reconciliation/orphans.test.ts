import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand, startPostgres, type LabPostgres } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

/** Accounts nobody owns, on a real PostgreSQL server, that were there when it was first read. */

const OLD = Array.from({ length: 5 }, (_, n) => `old${n}`);
let house: GuardedHouse;
let target: LabPostgres;
let systemId: string;
let admin: string;
let zoe: string;

beforeAll(async () => {
  const roles = [...OLD, 'svc-old'].map((name) => ({ name, login: true }));
  [house, target] = await Promise.all([
    guardedHouse(),
    startPostgres({ plan: { name: 'attic', roles, databases: [] } }),
  ]);
  [admin, zoe] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const make = async (username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })).id;
    const [first, second] = [await make('ada'), await make('zoe')];
    await startGrant(ctx, permit, {
      identityId: first,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return [first, second] as const;
  });
  const made = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'attic',
      kind: 'postgres',
      host: target.host,
      port: target.port,
      settings: { database: 'postgres' },
      pinned: [target.tls === undefined ? 'tls:none' : `tls-sha256:${target.tls.fingerprint256}`],
      username: target.superuser.username,
      secret: { kind: 'password', value: target.superuser.password },
    },
    admin,
  );
  systemId = made.id;
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(60_000);
});
afterAll(async () => {
  await house?.close();
  await target?.stop();
});

const account = async (name: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select id from account where system_id = ${systemId} and name = ${name} and valid_to is null`,
    )
  ).id;
const locked = async (): Promise<string> => {
  const { stdout } = await runCommand(
    'psql',
    [
      '-XAtc',
      `select string_agg(rolname, ',' order by rolname) from pg_roles where rolname like 'old%' and not rolcanlogin`,
    ],
    { env: { PATH: '/usr/bin:/bin', ...target.env() } },
  );
  return stdout.trim();
};
const lock = (ids: readonly string[]): Promise<{ massChangeId: string | null; state: string }> =>
  house.perform('accounts.lockOrphans', { ids, because: 'nobody knows them' }, admin);

test('are no drift by themselves, and are locked on the server when somebody says so, a reading in between or not', async () => {
  house.clock.advance(60_000);
  await house.perform('drift.look', { id: systemId }, admin);
  await house.settle(30_000);
  expect(await house.db.many(sql`select id from drift_case where situation = 'orphan_account'`)).toEqual([]);
  const made = await lock([await account('old0'), await account('old1')]);
  await house.perform('drift.look', { id: systemId }, admin);
  await house.settle(60_000);
  expect(await locked()).toBe('old0,old1');
  expect(
    await house.db.many(sql`
      select c.state, a.state as account from drift_case c join account a on a.id = c.account_id order by a.name`),
  ).toEqual([
    { state: 'disabled', account: 'locked' },
    { state: 'disabled', account: 'locked' },
  ]);
  await house.perform('massChanges.undo', { id: made.massChangeId, because: 'one is a backup' }, admin);
  await house.settle(60_000);
  expect(await locked()).toBe('');
});

test('are not locked where many or a service would be shut out', async () => {
  for (const name of ['postgres', 'svc-old'])
    await expect(lock([await account(name), await account('old4')])).rejects.toMatchObject({ status: 422 });
  expect(await locked()).toBe('');
});

test('that turned out to be somebody’s meanwhile are left alone, and nobody is named who is not there', async () => {
  const [hers, other] = [await account('old2'), await account('old3')];
  await expect(
    house.perform('accounts.assignMany', { ids: [hers], identity: 'nobody', because: 'a guess' }, admin),
  ).rejects.toMatchObject({ code: 'identity.not_found' });
  await expect(
    house.perform('accounts.assignMany', { ids: [hers], identity: 'ada', because: 'mine' }, admin),
  ).rejects.toMatchObject({ code: 'account.own_benefit' });
  expect(
    await house.perform('accounts.assignMany', { ids: [hers, other], identity: 'zoe', because: 'she said so' }, admin),
  ).toEqual({ identityId: zoe, assigned: 2 });
  await expect(lock([hers, await account('old4')])).rejects.toMatchObject({ status: 422 });
  expect(await locked()).toBe('');
  expect(
    await house.db.many(sql`select name from account where identity_id = ${zoe} and valid_to is null order by name`),
  ).toEqual([{ name: 'old2' }, { name: 'old3' }]);
});

test('are assigned all or not at all', async () => {
  await expect(
    house.perform(
      'accounts.assignMany',
      { ids: [await account('old4'), await account('old2')], identity: admin, because: 'x' },
      zoe,
    ),
  ).rejects.toMatchObject({ code: 'policy.denied' });
  const ivo = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: 'ivo', username: 'ivo' };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });
  await expect(
    house.perform(
      'accounts.assignMany',
      { ids: [await account('old4'), await account('old2')], identity: 'ivo', because: 'x' },
      admin,
    ),
  ).rejects.toMatchObject({ code: 'account.belongs_to_another' });
  expect(await house.db.many(sql`select id from account where identity_id = ${ivo}`)).toEqual([]);
});
