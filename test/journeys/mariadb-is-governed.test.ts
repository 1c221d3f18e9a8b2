import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mysqlConnector } from '#connectors/mysql/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { findMariadb, startMariadb, type LabMariadb } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const hasServer = findMariadb() !== undefined;
if (!hasServer) console.log('SKIP a MariaDB server governed by Reeve: mariadb-server is not installed');

let house: GuardedHouse;
let target: LabMariadb;
let systemId: string;
let admin: string;

const account = async (nativeId: string): Promise<string> => {
  const { id } = await house.db.one<{ id: string }>(
    sql`select id from account where native_id = ${nativeId} and system_id = ${systemId} and valid_to is null`,
  );
  return id;
};
/** The server as the connector sees it, outside of anything Reeve's. */
const onTarget = {
  systemId: 'outside',
  kind: 'mysql',
  settings: {},
  get host() {
    return target.host;
  },
  get port() {
    return target.port;
  },
  get pinned() {
    return [`tls-sha256:${target.tls.fingerprint256}`];
  },
  get credential() {
    return { kind: 'password', ...target.management } as const;
  },
};
const readAgain = async (): Promise<void> => {
  house.clock.advance(60_000);
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(30_000);
};

describe.skipIf(!hasServer)('a real MariaDB server', () => {
  beforeAll(async () => {
    [house, target] = await Promise.all([guardedHouse(), startMariadb()]);
    await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      for (const name of ['first-admin', 'ada', 'bo']) {
        const made = await createIdentity(ctx, permit, {
          kind: 'person',
          facts: { displayName: name, username: name },
        });
        if (name === 'first-admin') admin = made.id;
      }
      await startGrant(ctx, permit, {
        identityId: admin,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
    });
    const connected = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name: 'billing',
        kind: 'mysql',
        host: target.host,
        port: target.port,
        settings: {},
        pinned: onTarget.pinned,
        username: target.management.username,
        secret: { kind: 'password', value: target.management.password },
      },
      admin,
    );
    systemId = connected.id;
    await mysqlConnector.apply(onTarget, { do: 'create_account', account: 'bo@10.30.%', fullName: '' });
    await house.perform('discovery.read', { id: systemId }, admin);
    await house.settle(30_000);
  });
  afterAll(async () => {
    await house?.close();
    await target?.stop();
  });

  test('is read, and everybody privileged on it is a finding with what shows it', async () => {
    const { items } = await house.perform<{
      items: { accountName: string; kind: string; reason: string; evidence: string }[];
    }>('findings.list', { systemId, kind: 'privileged', limit: 100 }, admin);
    const of = (name: string) => items.filter((one) => one.accountName === name);
    expect(of('mikael')).toContainEqual(
      expect.objectContaining({
        reason: 'through dba: creates, changes and drops accounts',
        evidence: 'mikael → dba; CREATE USER on *.*',
      }),
    );
    expect(of('svc_report')).toContainEqual(
      expect.objectContaining({ reason: 'reads and writes files as the server', evidence: 'FILE on *.*' }),
    );
    expect(of('kiosk').map(({ evidence }) => evidence)).toContainEqual(
      expect.stringContaining('acts as root@localhost'),
    );
    expect(of('temp_import').map(({ reason }) => reason)).toEqual(['gets in without a password']);
    expect([of('lena'), of('priya'), of('wiki@10.20.%')]).toEqual([[], [], []]);
    // The use of a shared privileged account is something that can be granted.
    const shared = await house.db.many<{ name: string }>(
      sql`select name from entitlement where system_id = ${systemId} and kind = 'account' and valid_to is null order by name`,
    );
    expect(shared.map(({ name }) => name)).toContain('use root@localhost');
  });

  test('an account that may come from one network only is found to be its person’s by the name they log in by', async () => {
    const linked = await house.db.maybe<{ username: string }>(sql`
      select f.username from account a join identity_facts f on f.identity_id = a.identity_id and f.valid_to is null
       where a.system_id = ${systemId} and a.native_id = 'bo@10.30.%'`);
    const { items } = await house.perform<{ items: { accountName: string; candidates: { username: string }[] }[] }>(
      'correlation.list',
      { limit: 100 },
      admin,
    );
    const open = items
      .find(({ accountName }) => accountName === 'bo@10.30.%')
      ?.candidates.map(({ username }) => username);
    expect(linked?.username ?? open?.join()).toBe('bo');
  });

  test('a finding is gone when its cause is, and nothing is read whole when nothing changed', async () => {
    const change = { account: 'svc_report', entitlement: 'grant:*.*:FILE' } as const;
    await mysqlConnector.apply(onTarget, { do: 'revoke', ...change });
    await readAgain();
    const { items } = await house.perform<{ items: { accountName: string }[] }>(
      'findings.list',
      { systemId, kind: 'privileged', state: 'gone', limit: 100 },
      admin,
    );
    expect(items.map(({ accountName }) => accountName)).toContain('svc_report');
    const { mark = '' } = await mysqlConnector.read(onTarget);
    expect(await mysqlConnector.readChanges?.(onTarget, mark)).toMatchObject({ accounts: [], mark });
  });

  test('a role granted here is there, with an account for it, and gone with the grant', async () => {
    const entitlement = await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'role:billing_read'`,
    );
    const given = await house.perform<{ id: string }>(
      'grants.give',
      { identity: 'ada', entitlementId: entitlement.id, because: 'test' },
      admin,
    );
    const held = async (): Promise<readonly string[]> =>
      (await mysqlConnector.readAccount(onTarget, 'ada'))?.holdings ?? [];
    await until(async () => (await held()).includes('role:billing_read'), { timeoutMs: 30_000, what: 'the role' });
    await house.settle(30_000);
    await house.perform('grants.end', { id: given.id, because: 'done' }, admin);
    await until(async () => !(await held()).includes('role:billing_read'), { timeoutMs: 30_000, what: 'its end' });
    await house.settle(30_000);
    expect((await mysqlConnector.readAccount(onTarget, 'ada'))?.account.attributes['defaultRole']).toBeUndefined();
  });

  test('a password rotated by Reeve opens the account, the old one does not, and the server never saw either', async () => {
    const old = target.passwords.get('svc_report') ?? '';
    await house.perform('rotations.plan', { accountId: await account('svc_report') }, admin);
    await house.settle(30_000);
    const { items } = await house.perform<{ items: { state: string; problem: string | null }[] }>(
      'rotations.list',
      { accountId: await account('svc_report'), limit: 10 },
      admin,
    );
    expect(items[0]).toMatchObject({ state: 'done', problem: null });
    const login = { kind: 'password', username: 'svc_report', password: old } as const;
    expect(await mysqlConnector.verify(onTarget, login)).toBe(false);
    expect(target.logs()).not.toContain(old);
  });
});
