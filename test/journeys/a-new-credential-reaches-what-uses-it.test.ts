import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeService, described, json, TOKEN, type FakeService } from '#connectors/rest/fake-service.fixture.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { proveTokens } from '#platform/signin/index.ts';
import { rotatedHouse, type RotatedHouse } from '#guard/rotation/testing/rotated-house.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { findMariadb, startMariadb, type LabMariadb } from '#lab/index.ts';
import { ask } from '#connectors/mysql/lab-server.fixture.ts';

let it: RotatedHouse;
let mariadb: LabMariadb | undefined;
let service: FakeService;
/** What the service has as the password of its database; the fourth place refuses while this says so. */
let setting = '';
let refuses = false;
let app: string;
let secretId: string;
let mariadbSystem: string;
let serviceSystem: string;

beforeAll(async () => {
  [it, mariadb, service] = await Promise.all([
    rotatedHouse(),
    findMariadb() === undefined ? undefined : startMariadb(),
    fakeService(),
  ]);
  service.answer = ({ method, path, headers, body }) => {
    if (headers['authorization'] !== `Bearer ${TOKEN}`) return { ...json({ message: 'no' }), status: 401 };
    if (path !== '/v1/settings/database') return { ...json({}), status: 404 };
    if (method === 'GET') return json({ user: 'app', password: setting });
    if (refuses) return { ...json({ message: 'settings are frozen' }), status: 409 };
    setting = (JSON.parse(body) as { password: string }).password;
    return json({});
  };
  const connect = async (input: object): Promise<string> =>
    (await it.perform<{ id: string }>('systems.connect', input)).id;
  const { port, pinned } = service.target('');
  serviceSystem = await connect({
    name: 'crm',
    kind: 'rest',
    host: '127.0.0.1',
    port,
    pinned,
    settings: { description: described('') },
    username: 'reeve',
    secret: { kind: 'api_key', value: TOKEN },
  });
  if (mariadb !== undefined)
    mariadbSystem = await connect({
      name: 'billing',
      kind: 'mysql',
      host: mariadb.host,
      port: mariadb.port,
      pinned: [`tls-sha256:${mariadb.tls.fingerprint256}`],
      settings: {},
      username: mariadb.management.username,
      secret: { kind: 'password', value: mariadb.management.password },
    });
  app = await it.account('orders', 'app');
  await it.rotate(app);
  secretId = (
    await it.house.db.one<{ id: string }>(sql`select id from secret where account_id = ${app} and removed_at is null`)
  ).id;
});
afterAll(async () => {
  await Promise.all([it?.close(), mariadb?.stop(), service?.stop()]);
});

const boss = () => ({
  principal: { kind: 'identity' as const, id: it.boss },
  origin: { via: 'api' as const },
  trace: newId(),
});
const kept = async (): Promise<unknown> =>
  JSON.parse((await openKv({ ...it.house, proveTokens }).read(boss(), 'team/shop/env')).text ?? 'null');
/** What the mapping says, and whether PostgreSQL gets in by it. */
async function mapped(): Promise<string> {
  await it.onPostgres('create table if not exists there (n int)');
  await it.onPostgres('grant select on there to app');
  const [row] = await it.onPostgres(`
    select (select count(*) from here) as n, umoptions::text as o from pg_user_mappings where srvname = 'orders'`);
  return /password=([^,}"]*)/u.exec(String(row?.['o']))?.[1] ?? '';
}
const served = async (): Promise<string | null | undefined> =>
  mariadb === undefined
    ? it.value(app)
    : (await ask(mariadb, 1, `select Password from mysql.servers where Server_name = 'orders'`))[0]?.[0];

test('whoever may not both take it out and write there puts no credential into the vault elsewhere', async () => {
  const folder = await it.perform<{ readEntitlementId: string; writeEntitlementId: string }>('folders.create', {
    path: 'team/shop',
    description: 'What the shop needs',
  });
  const place = { path: 'team/shop/env', field: 'DATABASE_URL', template: 'postgres://app:{value:url}@db/shop' };
  const add = (input: object, as?: string): Promise<unknown> =>
    it.perform('dependants.add', { id: secretId, name: 'env of the shop', place, ...input }, as);
  await expect(add({})).rejects.toMatchObject({ status: 404 });
  for (const entitlementId of [folder.readEntitlementId, folder.writeEntitlementId])
    await it.perform('grants.give', { identity: 'boss', entitlementId, because: 'test' }, it.other);
  await openKv({ ...it.house, proveTokens }).write(boss(), 'team/shop/env', { DATABASE_URL: 'none yet', LOG: 'debug' });
  await expect(add({}, it.other)).rejects.toMatchObject({ code: 'policy.denied' });
  await expect(add({ place: { ...place, template: 'no place for it' } })).rejects.toMatchObject({
    code: 'dependant.place_wrong',
    errors: [{ pointer: '/place/template' }],
  });
  const connection = await it.house.db.one<{ id: string }>(
    sql`select credential_secret_id as id from system where id = ${it.systems.orders}`,
  );
  await expect(add({ id: connection.id })).rejects.toMatchObject({ status: 422 });
  await it.perform('vault.setTerms', { path: 'systems/orders', showing: 'inject_only' });
  await expect(add({})).rejects.toMatchObject({ status: 422 });
  await it.perform('vault.setTerms', { path: 'systems/orders', showing: 'reveal' });
  await add({});
});

test('a mapping of PostgreSQL, a server of MariaDB, a setting of a service and a value of the vault follow in their order', async () => {
  const old = await it.value(app);
  await it.onPostgres(`create extension postgres_fdw`);
  await it.onPostgres(
    `create server orders foreign data wrapper postgres_fdw options (host '${it.postgres.host}', port '${it.postgres.port}', dbname 'postgres')`,
  );
  await it.onPostgres(
    `create user mapping for ${it.postgres.superuser.username} server orders options (user 'app', password '${old}')`,
  );
  await it.onPostgres(`create foreign table here (n int) server orders options (table_name 'there')`);
  setting = old ?? '';
  const add = (name: string, systemId: string, place: object, position: number): Promise<unknown> =>
    it.perform('dependants.add', { id: secretId, name, systemId, place, position });
  await add('reports', it.systems.orders, { server: 'orders', user: it.postgres.superuser.username }, 1);
  if (mariadb !== undefined) {
    await ask(
      mariadb,
      0,
      `create server orders foreign data wrapper mysql options (host '127.0.0.1', user 'app', password '${old}')`,
    );
    await add('billing', mariadbSystem, { server: 'orders' }, 1);
  }
  const set = { call: 'PUT /settings/database', body: { user: { $from: '/name' }, password: { $from: '/value' } } };
  const check = { call: 'GET /settings/database', at: '/password' };
  await expect(add('crm', serviceSystem, { set: { call: 'PUT /settings/{/value}' }, check }, 3)).rejects.toMatchObject({
    code: 'dependant.place_wrong',
  });
  await add('crm', serviceSystem, { set, check }, 3);

  const done = await it.rotate(app);
  expect(done).toMatchObject({ state: 'done', problem: null });
  const next = await it.value(app);
  expect(next).not.toBe(old);
  expect(await mapped()).toBe(next);
  expect(await served()).toBe(next);
  expect(setting).toBe(next);
  expect(await kept()).toEqual({
    DATABASE_URL: `postgres://app:${encodeURIComponent(next ?? '')}@db/shop`,
    LOG: 'debug',
  });
});

test('where one of them cannot follow, all have the value again that works', async () => {
  const before = await it.value(app);
  refuses = true;
  const failed = await it.rotate(app);
  expect(failed).toMatchObject({ state: 'failed', problem: expect.stringContaining('settings are frozen') });
  expect(await it.value(app)).toBe(before);
  expect(await it.opens('app', before)).toBe(true);
  expect(await mapped()).toBe(before);
  expect(await served()).toBe(before);
  expect(setting).toBe(before);
  expect(await kept()).toMatchObject({ DATABASE_URL: `postgres://app:${encodeURIComponent(before ?? '')}@db/shop` });
  const { dependants } = await it.perform<{ dependants: { name: string; state: string }[] }>('rotations.show', {
    id: failed.id,
  });
  expect(dependants.map(({ state }) => state)).not.toContain('updated');
});

test('what a server says of the statement it refuses is told without the value that stands in it', async () => {
  await it.onPostgres(`
    create function refuse_aloud() returns event_trigger language plpgsql as $$
    begin raise exception 'not now: %', current_query(); end $$;
    create event trigger refuse_aloud on ddl_command_start when tag in ('ALTER USER MAPPING') execute function refuse_aloud()`);
  const failed = await it.rotate(app);
  await it.onPostgres('drop event trigger refuse_aloud');
  expect(failed).toMatchObject({ state: 'failed', problem: expect.stringContaining('not now: alter user mapping') });
  expect(failed.problem).toMatch(/'\(the value\)'/u);
});

test('and no value of it is in what is told of the rotations', async () => {
  const told = await it.house.db.many(sql`
    select r.problem, s.detail from rotation r join rotation_step s on s.rotation_id = r.id where r.account_id = ${app}`);
  const value = (await it.value(app)) ?? '';
  expect(value.length).toBeGreaterThan(10);
  expect(JSON.stringify(told)).not.toContain(value);
});
