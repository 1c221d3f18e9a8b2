import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMysqlGateway, type MysqlGateway } from '#gateways/mysql/index.ts';
import { redeemPassword } from '#guard/gateway-passwords/index.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { selfSigned } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, endGrant, startGrant } from '#spine/graph/index.ts';
import { optionsIn, pinOf } from '#test/mysql-rig/rig.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';
import { guardedHouse, type GuardedHouse } from '../../harness/guarded-house.ts';
import { enrolAccount, type EnrolledAccount } from '../../harness/open-database.ts';

/**
 * Attacks 16 and 21 on the way to a MariaDB server, with its real client, a live grant and the whole of Reeve: a password
 * used twice or for another account; a session that outlives its grant; rules that are kept and hold.
 */
let house: GuardedHouse;
let lab: LabMariadb;
let gateway: MysqlGateway;
let enrolled: EnrolledAccount;
let lena: string;
let admin: string;
const dir = mkdtempSync(join(tmpdir(), 'reeve-open-mysql-'));

beforeAll(async () => {
  [house, lab] = await Promise.all([guardedHouse(), startMariadb()]);
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
  enrolled = await enrolAccount(house, {
    system: 'billing',
    kind: 'mysql',
    host: lab.host,
    port: lab.port,
    pinned: pinOf(lab),
    account: lab.management.username,
    password: lab.management.password,
    holder: lena,
  });
  const tls = selfSigned({ names: ['localhost', '127.0.0.1'], from: new Date(Date.now() - 60_000), days: 1 });
  writeFileSync(join(dir, 'gateway.crt'), tls.certificate);
  gateway = await startMysqlGateway(tls, {
    ...gatewayPorts(house.edges),
    redeem: (offer) => redeemPassword(house.as('gateway'), offer),
  });
});
afterAll(async () => {
  await gateway?.stop(0);
  await house?.close();
  await lab?.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Issued {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly port: number;
  readonly database: string;
}
const issue = (more: Record<string, unknown> = {}): Promise<Issued> =>
  house.perform<Issued>('gatewayPasswords.issue', { system: 'billing', ...more }, lena);
const env = (password: string): Readonly<Record<string, string>> =>
  optionsIn(dir, { port: gateway.address.port, user: 'reeve@billing', password, ca: join(dir, 'gateway.crt') });
const mariadb = (password: string, statement: string) =>
  run('mariadb', ['-N', '-B', '-e', statement], { env: env(password) });
const ended = async (): Promise<{ id: string; endedBecause: string | null }> => {
  let row: { id: string; endedBecause: string | null; state: string } | undefined;
  await until(async () => {
    row = await house.db.maybe(sql`select id, state, ended_because from session order by id desc limit 1`);
    return row?.state === 'ended';
  }, 'the session to be closed in the record');
  if (row === undefined) throw new Error('no session');
  return row;
};

it('a password opens one session, whose statements are on the record as they were asked', async () => {
  const { password, username, port, database } = await issue();
  expect([username, port, database]).toEqual(['reeve@billing', 5471, '']);
  expect((await mariadb(password, "select 'one' union select 'two'")).stdout.toString()).toBe('one\ntwo\n');
  const session = await ended();
  const { items } = await house.perform<{ items: unknown[] }>('sessions.statements', { id: session.id }, admin);
  expect(items).toMatchObject([{ n: 0, text: "select 'one' union select 'two'", tag: 'SELECT', rows: 2 }]);
  expect(await house.perform('sessions.verify', { id: session.id }, admin)).toMatchObject({ ok: true });
  const again = await mariadb(password, 'select 1');
  expect(again.stderr.toString()).toContain("Access denied for user 'reeve@billing'");
});

it('a password is for no other protocol and no other account', async () => {
  const { password, id } = await issue({ connections: 5 });
  const offer = { account: 'reeve', system: 'billing', address: '127.0.0.1', password: Buffer.from(password) };
  const redeem = (more: { protocol: 'postgres' | 'mysql'; account?: string }) =>
    redeemPassword(house.as('gateway'), { ...offer, ...more });
  expect(await redeem({ protocol: 'postgres' })).toBeUndefined();
  expect((await mariadb(password, 'select 1')).code).not.toBe(0);
  const how = await house.db.many<{ how: string }>(
    sql`select data->>'how' as how from audit_event where type = 'gateway_password.misused' and data->>'passwordId' = ${id} order by at, id`,
  );
  expect(how.map((one) => one.how)).toEqual(['for another account', 'it was ended']);
});

it('rules that are kept for a system hold in its sessions', async () => {
  const rules = { readOnly: true, noDdl: false, whereNeeded: false, keepRole: false, denyTables: ['mysql.*'] };
  await house.perform('statementRules.keep', { id: enrolled.systemId, ...rules }, admin);
  const { password } = await issue({ connections: 3 });
  expect((await mariadb(password, 'create database x')).stderr.toString()).toContain('for reading only');
  expect((await mariadb(password, 'select * from mysql.user')).stderr.toString()).toContain('not open to this access');
  expect((await mariadb(password, 'select 1')).stdout.toString()).toBe('1\n');
});

it('a session ends within a second of its grant, and nothing opens after it', async () => {
  const [{ password }, before] = [await issue(), await issue()];
  const statements = gateway.metrics.statements;
  const running = start('mariadb', ['-e', 'select sleep(30)'], { env: env(password) });
  await until(
    () => gateway.metrics.statements > statements && gateway.metrics.sessionsOpen === 1,
    'the session to open',
  );
  const began = performance.now();
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      endGrant(ctx, permit, { grantId: enrolled.grantId, because: 'moved team' }),
    );
  await house.settle(10_000);
  expect((await running.done).stderr.toString()).toContain('moved team');
  expect(performance.now() - began).toBeLessThan(3000);
  expect((await ended()).endedBecause).toContain('moved team');
  expect((await mariadb(before.password, 'select 1')).stderr.toString()).toContain(
    'you have no access to reeve@billing now',
  );
  await expect(issue()).rejects.toThrow('you have no access to billing now');
});
