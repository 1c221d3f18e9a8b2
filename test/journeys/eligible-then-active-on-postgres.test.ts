import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { drift } from '#spine/graph/index.ts';
import { eligiblePerson, type EligiblePerson } from '#test/harness/eligible-person.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const MINUTE = 60_000;
const WHAT = 'orders:shop_read';
let house: GuardedHouse;
let orders: LabPostgres;
let petra: EligiblePerson;
let outside: Client;

beforeAll(async () => {
  [house, orders] = await Promise.all([guardedHouse(), startPostgres({ binaries: 'embedded' })]);
  petra = await eligiblePerson(house, 'petra');
  const { username: user, password } = orders.superuser;
  const ssl = orders.tls === undefined ? false : { rejectUnauthorized: false };
  outside = new Client({ host: orders.host, port: orders.port, database: 'shop', user, password, ssl });
  await outside.connect();
  const system = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'orders',
      kind: 'postgres',
      host: orders.host,
      port: orders.port,
      pinned: [orders.tls === undefined ? 'tls:none' : `tls-sha256:${orders.tls.fingerprint256}`],
      username: orders.superuser.username,
      secret: { kind: 'password', value: orders.superuser.password },
    },
    petra.admin,
  );
  await house.perform('discovery.read', { id: system.id }, petra.admin);
  await house.settle(60_000);
  const { id } = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${system.id} and name = 'shop_read' and valid_to is null`,
  );
  await petra.describe(id, 'reads the shop');
});
afterAll(async () => {
  await outside?.end();
  await house?.close();
  await orders?.stop();
});

/** Asked of the database itself: whether the role is there, has the membership, and reads the shop by it. */
const onTarget = async (): Promise<{ there: boolean; member: boolean; reads: boolean }> => {
  const { rows } = await outside.query<{ member: boolean }>(`
    select exists (select from pg_auth_members m join pg_roles g on g.oid = m.roleid
                    where m.member = r.oid and g.rolname = 'shop_read') as member
      from pg_roles r where r.rolname = 'petra'`);
  if (rows[0] === undefined) return { there: false, member: false, reads: false };
  await outside.query('begin');
  const read = outside.query(`set local role petra`).then(() => outside.query('select count(*) from shop.orders'));
  const reads = await read.then(
    () => true,
    () => false,
  );
  await outside.query('rollback');
  return { there: true, member: rows[0].member, reads };
};
const OUT = { member: false, reads: false };
const IN = { there: true, member: true, reads: true };

test('eligible, nothing is there; active, the membership really is and reads; its time over, it is gone and the eligibility stays', async () => {
  const eligibility = await petra.makeEligible(WHAT, '90d');
  expect(await onTarget()).toMatchObject(OUT);
  expect(await house.db.tx((tx) => drift(tx, { identityId: petra.id })), 'nothing is missing').toEqual([]);

  expect((await petra.activate(WHAT, '1h')).state).toBe('approved');
  expect(await onTarget()).toEqual(IN);
  house.clock.advance(59 * MINUTE);
  await petra.lapse();
  expect(await onTarget(), 'not before its time').toEqual(IN);
  house.clock.advance(MINUTE);
  await petra.lapse();
  expect(await onTarget()).toMatchObject(OUT);
  const { items } = await house.perform<{ items: { active: unknown; grantIds: string[] }[] }>(
    'eligibilities.list',
    {},
    petra.id,
  );
  expect(items).toMatchObject([{ active: null, grantIds: [eligibility] }]);
});

test('the eligibility given back, what is active by it is gone from the database before its time', async () => {
  const { grantIds } = (await house.perform<{ items: { grantIds: string[] }[] }>('eligibilities.list', {}, petra.id))
    .items[0] ?? { grantIds: [] };
  await petra.activate(WHAT, '4h');
  expect(await onTarget()).toEqual(IN);
  await house.perform('grants.giveBack', { id: grantIds[0] }, petra.id);
  await house.settle(60_000);
  expect(await onTarget()).toMatchObject(OUT);
});
