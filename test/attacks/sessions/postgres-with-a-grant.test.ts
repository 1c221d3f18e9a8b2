import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import {
  addGrantControls,
  ADMIN_ROLES,
  createIdentity,
  endGrant,
  NO_CONTROLS,
  startGrant,
} from '#spine/graph/index.ts';
import { run, start, until, type Ran } from '#test/ssh-rig/run-program.ts';
import { guardedHouse, type GuardedHouse } from '../../harness/guarded-house.ts';
import { openDatabase, type OpenDatabase } from '../../harness/open-database.ts';

/**
 * Attacks 16 and 21 on the way to a database, with a real psql, a live grant and the whole of Reeve: a password used
 * twice, after its end, for another database, account or address; a session that outlives its grant; the vault's
 * credential in anything a person can see.
 */
let house: GuardedHouse;
let lab: LabPostgres;
let db: OpenDatabase;
let lena: string;
let admin: string;

beforeAll(async () => {
  [house, lab] = await Promise.all([guardedHouse(), startPostgres({ binaries: 'debian' })]);
  [admin, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const boss = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'A', username: 'admin' } });
    await startGrant(ctx, permit, {
      identityId: boss.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    const person = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'L', username: 'lena' } });
    return [boss.id, person.id] as const;
  });
  db = await openDatabase(house, { system: 'orders', lab, account: 'postgres', holder: lena });
});
afterAll(async () => {
  await db?.close();
  await house?.close();
  await lab?.stop();
});

interface Issued {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}
const issue = (more: Record<string, unknown> = {}): Promise<Issued> =>
  house.perform<Issued>('gatewayPasswords.issue', { system: 'orders', ...more }, lena);
const psql = (password: string, query: string, database?: string): Promise<Ran> =>
  run('psql', ['-X', '-A', '-t', '-c', query], { env: db.env(password, database) });
const misused = async (id: string): Promise<string[]> =>
  (
    await house.db.many<{ how: string }>(
      sql`select data->>'how' as how from audit_event where type = 'gateway_password.misused' and data->>'passwordId' = ${id} order by at, id`,
    )
  ).map(({ how }) => how);
const endedSession = async (): Promise<{ id: string; endedBecause: string | null; recordingHead: string | null }> => {
  let row: { id: string; endedBecause: string | null; recordingHead: string | null; state: string } | undefined;
  await until(async () => {
    row = await house.db.maybe(
      sql`select id, state, ended_because, recording_head from session order by id desc limit 1`,
    );
    return row?.state === 'ended';
  }, 'the session to be closed in the record');
  if (row === undefined) throw new Error('no session');
  return row;
};

it('a password opens one session, whose statements are on the record as they were asked', async () => {
  const { password, username } = await issue();
  expect(username).toBe('postgres@orders');
  const ran = await psql(password, "select 'one' as x union select 'two'");
  expect(ran.stdout.toString()).toBe('one\ntwo\n');
  const session = await endedSession();
  const { items } = await house.perform<{ items: unknown[] }>('sessions.statements', { id: session.id }, admin);
  expect(items).toMatchObject([{ n: 0, text: "select 'one' as x union select 'two'", tag: 'SELECT 2', rows: 2 }]);
  expect(await house.perform('sessions.verify', { id: session.id }, admin)).toMatchObject({ ok: true });
  const cast = await house.perform<string>('sessions.recording', { id: session.id }, admin);
  expect(cast).toContain("> select 'one' as x union select 'two'");
});

it('a password is good once, and not after its end, for another database, account or address', async () => {
  const once = await issue();
  expect((await psql(once.password, 'select 1')).stdout.toString()).toBe('1\n');
  const again = await psql(once.password, 'select 1');
  expect(again.stderr.toString()).toContain('password authentication failed for user "postgres@orders"');
  expect(await misused(once.id)).toEqual(['once too often']);

  const bound = await issue({ database: 'shop' });
  expect((await psql(bound.password, 'select 1')).code).not.toBe(0);
  expect(await misused(bound.id)).toEqual(['for another database']);
  expect((await psql(bound.password, 'select 1', 'shop')).stdout.toString()).toBe('1\n');

  const wandering = await issue({ connections: 5 });
  expect((await psql(wandering.password, 'select 1')).code).toBe(0);
  const offer = { protocol: 'postgres', account: 'postgres', system: 'orders', database: 'postgres' } as const;
  const from = (address: string) =>
    redeemPassword(house.as('gateway'), { ...offer, address, password: Buffer.from(wandering.password) });
  expect(await from('10.0.0.9')).toBeUndefined();
  expect((await psql(wandering.password, 'select 1')).code).not.toBe(0);
  expect(await misused(wandering.id)).toEqual(['from another address', 'it was ended']);

  const other = await issue();
  const elsewhere = { ...offer, account: 'reporting', address: '127.0.0.1', password: Buffer.from(other.password) };
  expect(await redeemPassword(house.as('gateway'), elsewhere)).toBeUndefined();
  expect((await psql(other.password, 'select 1')).code).not.toBe(0);

  const late = await issue({ seconds: 60 });
  house.clock.advance(61_000);
  expect((await psql(late.password, 'select 1')).code).not.toBe(0);
  expect(await misused(late.id)).toEqual(['after its end']);
});

it('of ten who show one password at once, one gets in', async () => {
  const { password } = await issue();
  const all = await Promise.all(Array.from({ length: 10 }, () => psql(password, 'select 1')));
  expect(all.filter((ran) => ran.code === 0)).toHaveLength(1);
});

it('a session ends within a second of its grant, and nothing opens after it', async () => {
  const { password } = await issue();
  const before = await issue();
  const running = start('psql', ['-X', '-c', 'select pg_sleep(30)'], { env: db.env(password) });
  await until(() => db.gateway.metrics.statements > 0 && db.gateway.metrics.sessionsOpen === 1, 'the session to open');
  const grants = await house.db.many<{ id: string }>(
    sql`select id from access_grant where identity_id = ${lena} and ended_because is null`,
  );
  const began = performance.now();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const { id } of grants) await endGrant(ctx, permit, { grantId: id, because: 'moved team' });
  });
  await house.settle(10_000);
  const ran = await running.done;
  expect(ran.stderr.toString()).toContain('moved team');
  expect(performance.now() - began).toBeLessThan(3000);
  expect((await endedSession()).endedBecause).toContain('moved team');
  const after = await psql(before.password, 'select 1');
  expect(after.stderr.toString()).toContain('you have no access to postgres@orders now');
  await expect(issue()).rejects.toThrow('you have no access to orders now');
});

it('K10: where a fresh sign-in is asked for, a gateway password alone opens nothing', async () => {
  const grantId = await db.give();
  const { password } = await issue();
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      addGrantControls(ctx, permit, { grantId, controls: { ...NO_CONTROLS, stepUpSeconds: 300 }, because: 'test' }),
    );
  const ran = await psql(password, 'select 1');
  expect([ran.code, ran.stdout.toString()]).toEqual([2, '']);
  expect(ran.stderr.toString()).toContain('a sign-in at most 5 min before each session');
});
