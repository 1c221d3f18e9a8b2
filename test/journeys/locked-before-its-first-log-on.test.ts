import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { Client } from 'pg';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';

let house: GuardedHouse;
let postgres: LabPostgres;
let admin: string;
let lena: string;
let accountId: string;
let entitlementId: string;

beforeAll(async () => {
  [house, postgres] = await Promise.all([guardedHouse(), startPostgres()]);
  [admin, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const person = async (displayName: string, username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName, username } })).id;
    const boss = await person('Admin', 'admin');
    const roleId = ADMIN_ROLES.administrator;
    await startGrant(ctx, permit, { identityId: boss, entitlementId: roleId, origin: 'admin', reason: 'test' });
    return [boss, await person('Lena Test', 'lena.test')] as const;
  });
  const { id } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'orders',
      kind: 'postgres',
      host: postgres.host,
      port: postgres.port,
      settings: { database: 'shop' },
      pinned: [`tls-sha256:${postgres.tls?.fingerprint256}`],
      username: postgres.superuser.username,
      secret: { kind: 'password', value: postgres.superuser.password },
    },
    admin,
  );
  await onTarget('alter role lena nologin');
  await house.perform('discovery.read', { id }, admin);
  await house.settle(60_000);
  ({ id: accountId } = await house.db.one<{ id: string }>(
    sql`select id from account where system_id = ${id} and name = 'lena'`,
  ));
  ({ id: entitlementId } = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${id} and native_id like 'role:%' order by native_id limit 1`,
  ));
  await house.perform('accounts.assign', { id: accountId, identityId: lena, because: 'test' }, admin);
});
afterAll(async () => {
  await house?.close();
  await postgres?.stop();
});

async function onTarget(statement: string): Promise<void> {
  const { username: user, password } = postgres.superuser;
  const { host, port } = postgres;
  const client = new Client({ host, port, user, password, database: 'postgres', ssl: { rejectUnauthorized: false } });
  await client.connect();
  await client.query(statement);
  await client.end();
}

const rotations = (): Promise<{ state: string }[]> =>
  house.db.many(sql`select state from rotation where account_id = ${accountId} order by planned_at, id`);

test('an account whose first rotation met it locked gets a proved credential when it is open again', async () => {
  await house.perform('rotations.plan', { accountId, because: 'test' }, admin);
  await house.settle(60_000);
  expect(await rotations()).toEqual([{ state: 'failed' }]);

  house.clock.advance(1000);
  await house.perform('grants.give', { identity: 'lena.test', entitlementId, because: 'test' }, admin);
  await house.settle(60_000);
  expect(await rotations()).toEqual([{ state: 'failed' }, { state: 'done' }]);
});
