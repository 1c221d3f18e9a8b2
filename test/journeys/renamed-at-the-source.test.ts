import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linuxConnector } from '#connectors/linux/index.ts';
import { mysqlConnector } from '#connectors/mysql/index.ts';
import {
  ask as askMariadb,
  noServer,
  server as mariadb,
  stopServer,
  targetOf,
} from '#connectors/mysql/lab-server.fixture.ts';
import type { Connector, Target } from '#connectors/port.ts';
import { postgresConnector } from '#connectors/postgres/index.ts';
import { entitlementsModule } from '#govern/entitlements/index.ts';
import { sql } from '#kit/db/index.ts';
import { startHosts, startPostgres } from '#lab/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  applyReading,
  createIdentity,
  createRole,
  describeEntitlement,
  findEntitlement,
  getEntitlement,
  graphModule,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
let house: House;
let admin: string;
const act = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('arrange').act({ action: 'arrange.all' }, work);

beforeAll(async () => {
  house = await testHouse(() => [graphModule, entitlementsModule, arrange]);
  admin = await act(async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'admin', username: 'admin' },
    });
    await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return id;
  });
});
afterAll(() => house.close());

/** A real system in the graph: read by its own connector. */
async function known(name: string, connector: Connector, target: Target) {
  const { id: systemId } = await act((ctx, permit) => registerSystem(ctx, permit, { name, kind: connector.kind }));
  const read = async (): Promise<void> => {
    const reading = await connector.read(target);
    house.clock.advance(60_000);
    await act((ctx, permit) => applyReading(ctx, permit, { systemId, reading, trusted: true }));
    await house.settle();
  };
  const idOf = async (nativeId: string): Promise<string | undefined> =>
    (await house.db.tx((tx) => findEntitlement(tx, systemId, nativeId)))?.id;
  /** Says what it is for, and puts it into a role. */
  const describeIt = async (nativeId: string): Promise<string> => {
    const id = (await idOf(nativeId)) ?? '';
    await act(async (ctx, permit) => {
      await describeEntitlement(ctx, permit, {
        entitlementId: id,
        description: 'Known well',
        ownerId: admin,
        requestable: true,
      });
      const role = await createRole(ctx, permit, { name: `role of ${name}`, ownerId: admin });
      await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [id], roleIds: [] });
      await startGrant(ctx, permit, { identityId: admin, entitlementId: id, origin: 'admin', reason: 'test' });
    });
    return id;
  };
  return { systemId, read, idOf, describeIt };
}

const expectKept = async (id: string, name: string, was: string): Promise<void> => {
  expect(await house.db.tx((tx) => getEntitlement(tx, id))).toMatchObject({
    name,
    description: 'Known well',
    ownerId: admin,
    requestable: true,
    renamedFrom: was,
    validTo: null,
  });
  const grants = await house.db.many(
    sql`select 1 from access_grant where entitlement_id = ${id} and ended_because is null`,
  );
  const roles = await house.db.many(sql`select 1 from role_content where entitlement_id = ${id} and valid_to is null`);
  expect([grants.length, roles.length]).toEqual([1, 1]);
};

describe('a rename at the source', { timeout: 120_000 }, () => {
  test('of a PostgreSQL role keeps what was said, by its oid', async () => {
    const lab = await startPostgres({ binaries: 'embedded' });
    try {
      const { username, password } = lab.superuser;
      const target: Target = {
        systemId: lab.name,
        kind: 'postgres',
        host: lab.host,
        port: lab.port,
        settings: { database: 'shop' },
        pinned: [lab.tls ? `tls-sha256:${lab.tls.fingerprint256}` : 'tls:none'],
        credential: { kind: 'password', username, password },
      };
      const orders = await known('orders', postgresConnector, target);
      await orders.read();
      const id = await orders.describeIt('role:shop_read');
      const client = new Client({
        host: lab.host,
        port: lab.port,
        database: 'shop',
        user: username,
        password,
        ssl: lab.tls ? { rejectUnauthorized: false } : false,
      });
      await client.connect();
      await client.query('alter role shop_read rename to shop_viewers');
      await client.end();
      await orders.read();
      expect(await orders.idOf('role:shop_viewers')).toBe(id);
      await expectKept(id, 'shop_viewers', 'role:shop_read');
    } finally {
      await lab.stop();
    }
  });

  test('of a Linux group keeps what was said, by its gid and its members', async (context) => {
    const hosts = await startHosts({ names: ['web1'] });
    try {
      const host = hosts.hosts.get('web1');
      if (host?.isolated !== true) return context.skip(hosts.skipped.join('; '));
      const { management, hostKeyFingerprint } = host;
      const target: Target = {
        systemId: 'web1',
        kind: 'linux',
        host: host.host,
        port: host.port,
        settings: {},
        pinned: [hostKeyFingerprint],
        credential: { kind: 'ssh_key', username: management.username, privateKey: management.privateKey },
      };
      const web1 = await known('web1', linuxConnector, target);
      const sh = async (command: string): Promise<void> => {
        const done = await host.exec(command, { limit: 10_000 });
        if (done.code !== 0) throw new Error(`${command}: ${done.stderr}`);
      };
      await sh('groupadd -g 4711 crew && usermod -aG crew testuser');
      await web1.read();
      const id = await web1.describeIt('group:crew');
      await sh('groupmod -n sailors crew');
      await web1.read();
      expect(await web1.idOf('group:sailors')).toBe(id);
      await expectKept(id, 'sailors', 'group:crew');
      await sh('groupdel sailors && groupadd -g 4711 strangers');
      await web1.read();
      expect(await web1.idOf('group:strangers')).not.toBe(id);
    } finally {
      await hosts.stop();
    }
  });

  test.skipIf(noServer !== '')('of a MariaDB role, which keeps nothing, is asked about', async () => {
    const lab = await mariadb();
    try {
      const billing = await known('billing', mysqlConnector, targetOf(lab));
      await askMariadb(
        lab,
        0,
        'create role clerks',
        'create user bea',
        'create user ben',
        'grant clerks to bea',
        'grant clerks to ben',
      );
      await billing.read();
      const id = await billing.describeIt('role:clerks');
      await askMariadb(
        lab,
        0,
        'create role accountants',
        'grant accountants to bea',
        'grant accountants to ben',
        'drop role clerks',
      );
      await billing.read();
      const { items } = await house.perform<{ items: { id: string; goneId: string; cameName: string }[] }>(
        'entitlements.listRenameCases',
        { system: 'billing' },
        admin,
      );
      expect(items).toMatchObject([{ goneId: id, cameName: 'accountants' }]);
      await house.perform('entitlements.answerRename', { id: items[0]?.id ?? '', same: true }, admin);
      await expectKept(id, 'accountants', 'role:clerks');
      await billing.read();
      expect(await billing.idOf('role:accountants')).toBe(id);
    } finally {
      await stopServer();
    }
  });
});
