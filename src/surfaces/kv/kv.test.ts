import vault from 'node-vault';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { createAuthenticator, proveTokens, signinModule } from '#platform/signin/index.ts';
import { ADMIN_ROLES, createIdentity, endGrant, graphModule, startGrant } from '#spine/graph/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { answerList, MOUNT, mountKv } from './index.ts';

let house: House;
let server: { readonly url: string; stop(): Promise<void> };
let folder: { readonly id: string; readonly readEntitlementId: string; readonly writeEntitlementId: string };
let readGrant: string;
let reader: string;
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

const identity = (name: string, entitlementId?: string): Promise<{ id: string; grantId: string }> =>
  house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, { kind: 'service', facts: { displayName: name } });
    const grant =
      entitlementId === undefined
        ? undefined
        : await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
    await ctx.tx.run(sql`
      insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
      values (${newId()}, ${hashToken(`rv_${name}`)}, ${id}, 'test', ${['*']}, ${ctx.now}, ${ctx.now}::timestamptz + interval '1 hour')`);
    return { id, grantId: grant?.id ?? '' };
  });
const client = (name: string): vault.client =>
  vault({ apiVersion: 'v1', endpoint: server.url, token: `rv_${name}`, requestOptions: { timeout: 10_000 } });
const status = (work: Promise<unknown>): Promise<number | string> =>
  work.then(
    () => 'answered',
    (error: { response?: { statusCode?: number } }) => error.response?.statusCode ?? String(error),
  );
const recorded = (type: string, secret: string): Promise<{ actor: string; n: number }[]> =>
  house.db.many(sql`
    select actor_id as actor, count(*)::int as n from audit_event
     where type = ${type} and data ->> 'name' = ${secret} group by 1`);

beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [
    graphModule,
    vaultModule({ keys }),
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    arrange,
  ]);
  const authenticate = createAuthenticator(house.db, house.clock);
  server = await serveHttp({
    registry: house.registry,
    operator: house.operator,
    log: silentLog,
    authenticate,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost',
    ready: () => Promise.resolve(true),
    mount: mountKv({ kv: openKv({ ...house, proveTokens }), log: silentLog, authenticate }),
    answerUnread: (app, raw, socket) => answerList(app, raw, socket, `${MOUNT}/metadata/`),
  });
  const officer = await identity('officer', ADMIN_ROLES.security_officer);
  folder = await house.perform('folders.create', { path: 'team/app', description: 'What the app needs' }, officer.id);
  await identity('writer', folder.writeEntitlementId);
  ({ id: reader, grantId: readGrant } = await identity('reader', folder.readEntitlementId));
  await identity('nobody');
});
afterAll(async () => {
  await server.stop();
  await house.close();
});

describe('an unmodified client of the protocol', () => {
  test('writes, reads, lists versions, deletes, brings back and destroys', async () => {
    const writer = client('writer');
    const first = await writer.write('secret/data/team/app/db', { data: { user: 'app', password: 'one' } });
    expect(first.data).toMatchObject({ version: 1, destroyed: false, deletion_time: '' });
    await writer.write('secret/data/team/app/db', { data: { user: 'app', password: 'two' } });

    const now = await client('reader').read('secret/data/team/app/db');
    expect(now.data.data).toEqual({ user: 'app', password: 'two' });
    expect(now.data.metadata.version).toBe(2);
    const before = await client('reader').read('secret/data/team/app/db?version=1');
    expect(before.data.data.password).toBe('one');

    const history = await client('reader').read('secret/metadata/team/app/db');
    expect(history.data).toMatchObject({ current_version: 2, oldest_version: 1, max_versions: 10 });
    expect(Object.keys(history.data.versions)).toEqual(['1', '2']);

    await writer.delete('secret/data/team/app/db');
    expect(await status(client('reader').read('secret/data/team/app/db'))).toBe(404);
    expect((await client('reader').read('secret/data/team/app/db?version=1')).data.data.password).toBe('one');
    await writer.write('secret/undelete/team/app/db', { versions: [2] });
    expect((await client('reader').read('secret/data/team/app/db')).data.data.password).toBe('two');

    await writer.write('secret/destroy/team/app/db', { versions: [1] });
    expect(await status(client('reader').read('secret/data/team/app/db?version=1'))).toBe(404);
    const gone = await client('reader').read('secret/metadata/team/app/db');
    expect(gone.data.versions['1'].destroyed).toBe(true);
    const left = await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from secret_version v join secret s on s.id = v.secret_id
       where s.name = 'team/app/db' and v.version = 1 and (v.sealed is not null or v.wrapped_key is not null)`);
    expect(left.n).toBe(0);
  });

  test('lists what lies below a path, by the method of its own and by GET', async () => {
    const writer = client('writer');
    for (const name of ['list/a', 'list/b/c', 'list/b/d'])
      await writer.write(`secret/data/team/app/${name}`, { data: { v: 1 } });
    expect((await client('reader').list('secret/metadata/team/app/list')).data.keys).toEqual(['a', 'b/']);
    const get = await fetch(`${server.url}/v1/secret/metadata/team/app/list/b/?list=true`, {
      headers: { 'x-vault-token': 'rv_reader' },
    });
    expect(((await get.json()) as { data: { keys: string[] } }).data.keys).toEqual(['c', 'd']);
    expect(await status(client('nobody').list('secret/metadata/team/app/list'))).toBe(403);
  });

  test('writes on what it has seen, and hears when somebody was first', async () => {
    const writer = client('writer');
    const path = 'secret/data/team/app/cas';
    await writer.write(path, { data: { n: 0 }, options: { cas: 0 } });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => status(writer.write(path, { data: { n: i }, options: { cas: 1 } }))),
    );
    expect(all.filter((answer) => answer === 'answered')).toHaveLength(1);
    expect(all.filter((answer) => answer === 400)).toHaveLength(19);
    await writer.write('secret/metadata/team/app/cas', { cas_required: true, custom_metadata: { owner: 'team' } });
    expect(await status(writer.write(path, { data: { n: 9 } }))).toBe(400);
    expect((await client('reader').read(path)).data.metadata.custom_metadata).toEqual({ owner: 'team' });
  });

  test('keeps as many versions as it was told, and what is beyond is destroyed', async () => {
    const writer = client('writer');
    const path = 'team/app/few';
    for (let n = 1; n <= 4; n += 1) await writer.write(`secret/data/${path}`, { data: { n } });
    await writer.write(`secret/metadata/${path}`, { max_versions: 2 });
    await writer.write(`secret/data/${path}`, { data: { n: 5 } });
    const { data } = await client('reader').read(`secret/metadata/${path}`);
    expect(Object.keys(data.versions)).toEqual(['4', '5']);
    const { n } = await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from secret_version v join secret s on s.id = v.secret_id
       where s.name = ${path} and v.sealed is not null`);
    expect(n).toBe(2);
    await writer.delete(`secret/metadata/${path}`);
    expect(await status(client('reader').read(`secret/data/${path}`))).toBe(404);
  });

  test('changes one value of several by a merge patch', async () => {
    await client('writer').write('secret/data/team/app/patch', { data: { a: 1, b: { c: 2, d: 3 } } });
    const answer = await fetch(`${server.url}/v1/secret/data/team/app/patch`, {
      method: 'PATCH',
      headers: { 'x-vault-token': 'rv_writer', 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ data: { a: null, b: { c: 4 } } }),
    });
    expect(answer.status).toBe(200);
    expect((await client('reader').read('secret/data/team/app/patch')).data.data).toEqual({ b: { c: 4, d: 3 } });
  });
});

describe('who may', () => {
  test('what one has no access to, what is in no folder and what is not there answer alike', async () => {
    await client('writer').write('secret/data/team/app/hidden', { data: { v: 1 } });
    for (const path of ['team/app/hidden', 'team/app/not-there', 'elsewhere/x', 'team/other/x'])
      expect(await status(client('nobody').read(`secret/data/${path}`)), path).toBe(403);
    expect(await status(client('reader').read('secret/data/team/app/not-there'))).toBe(404);
    expect(await status(client('unknown').read('secret/data/team/app/hidden'))).toBe(403);
  });

  test('who reads does not write, and an officer who made the folder reads nothing', async () => {
    expect(await status(client('reader').write('secret/data/team/app/x', { data: {} }))).toBe(403);
    expect(await status(client('reader').delete('secret/data/team/app/hidden'))).toBe(403);
    expect(await status(client('officer').read('secret/data/team/app/hidden'))).toBe(403);
    const { id, owner } = await house.db.one<{ id: string; owner: string }>(
      sql`select id, owner_id as owner from secret where name = 'team/app/hidden'`,
    );
    await expect(house.perform('vault.update', { id, value: '{}' }, owner)).rejects.toMatchObject({ status: 403 });
  });

  test('each read is on the record in the name of who read, also where many came together', async () => {
    await client('writer').write('secret/data/team/app/busy', { data: { v: 'busy' } });
    const asked = Array.from({ length: 200 }, (_, i) =>
      client(i % 4 === 0 ? 'nobody' : i % 4 === 1 ? 'writer' : 'reader').read('secret/data/team/app/busy'),
    );
    const answers = await Promise.all(asked.map(status));
    expect(answers.filter((answer) => answer === 'answered')).toHaveLength(150);
    expect(answers.filter((answer) => answer === 403)).toHaveLength(50);
    const rows = await recorded('secret.fetched', 'team/app/busy');
    expect(rows.find((row) => row.actor === reader)?.n).toBe(100);
    expect(rows.reduce((sum, row) => sum + row.n, 0)).toBe(150);
  });

  test('nothing is read from the moment the grant ended', async () => {
    expect(await status(client('reader').read('secret/data/team/app/busy'))).toBe('answered');
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      await endGrant(ctx, permit, { grantId: readGrant, because: 'revoked' });
    });
    expect(await status(client('reader').read('secret/data/team/app/busy'))).toBe(403);
  });
});
