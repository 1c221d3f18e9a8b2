import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCertificate } from '#lab/tls-certificate.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { openKv } from '#guard/vault/kv/index.ts';
import { createAuthenticator, proveTokens, signinModule } from '#platform/signin/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { mountKv } from './index.ts';

const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
const TOKEN = 'rv_importer-canary';
const folder = mkdtempSync(join(tmpdir(), 'reeve-kv-import-'));
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let reeve: { readonly url: string; stop(): Promise<void> };
let officer: string;
let importer: string;
/** Another endpoint, of whatever it is made to answer. */
let strange: Server;
let authority: string;
let answers: (path: string) => {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};
let asked: string[] = [];

interface Part {
  readonly lines: {
    readonly at: string;
    readonly name: string | null;
    readonly outcome: string;
    readonly problem: string | null;
  }[];
  readonly next: string | null;
}
const bring = (input: object, by = officer): Promise<Part> =>
  house.perform('vault.importFromKv', { url: reeve.url, token: TOKEN, path: 'team/app', below: 'copy', ...input }, by);
const strangeUrl = (): string => `https://127.0.0.1:${(strange.address() as AddressInfo).port}`;
beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [
    graphModule,
    vaultModule({ keys, outbound: outbound({ allow: ['127.0.0.1'] }) }),
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    arrange,
  ]);
  [importer = '', officer = ''] = await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const ids: string[] = [];
    for (const [kind, displayName] of [
      ['service', 'Importer'],
      ['person', 'Officer'],
    ] as const)
      ids.push((await createIdentity(ctx, permit, { kind, facts: { displayName } })).id);
    const identityId = ids[1] ?? '';
    await startGrant(ctx, permit, { identityId, entitlementId: SECURITY_OFFICER, origin: 'admin', reason: 'test' });
    await ctx.tx.run(sql`
      insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
      values (${newId()}, ${hashToken(TOKEN)}, ${ids[0] ?? ''}, 'test', ${['*']}, ${ctx.now}, ${ctx.now}::timestamptz + interval '1 hour')`);
    return ids;
  });
  interface Folder {
    readonly readEntitlementId: string;
    readonly writeEntitlementId: string;
  }
  for (const path of ['team/app', 'copy']) {
    const of = await house.perform<Folder>('folders.create', { path, description: 'test' }, officer);
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      for (const identityId of [importer, officer])
        for (const entitlementId of [of.readEntitlementId, of.writeEntitlementId])
          await startGrant(ctx, permit, { identityId, entitlementId, origin: 'admin', reason: 'test' });
    });
  }
  reeve = await serveHttp({
    registry: house.registry,
    operator: house.operator,
    log: silentLog,
    authenticate: createAuthenticator(house.db, house.clock),
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost',
    mount: mountKv({
      kv: openKv({ keys: house.keys, db: house.db, operator: house.operator, proveTokens }),
      log: silentLog,
      authenticate: createAuthenticator(house.db, house.clock),
    }),
    ready: async () => true,
  });
  const certificate = await makeCertificate(folder, { name: 'kv', address: '127.0.0.1', user: undefined });
  authority = certificate?.certificate ?? '';
  strange = createServer({ key: readFileSync(join(folder, 'server.key')), cert: authority }, (request, response) => {
    asked.push(request.url ?? '');
    const { status = 200, body, headers = {} } = answers(request.url ?? '');
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => strange.listen(0, '127.0.0.1', done));
  const kv = openKv({ keys: house.keys, db: house.db, operator: house.operator, proveTokens });
  const asker = { principal: { kind: 'identity', id: officer }, origin: { via: 'api' }, trace: newId() } as const;
  for (const password of ['one', 'two', 'three']) await kv.write(asker, 'team/app/db', { user: 'app', password });
  await kv.write(asker, 'team/app/deep/er', { token: 'kv-canary' });
  await kv.write(asker, 'team/app/gone', { a: 'b' });
  await kv.forget(asker, 'team/app/gone', 'delete');
});
afterAll(async () => {
  await reeve.stop();
  strange.closeAllConnections();
  await new Promise((done) => strange.close(done));
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

test('secrets of an endpoint are shown first and then brought in, with their versions where asked', async () => {
  const shown = await bring({ versions: true });
  expect(shown.lines.map(({ at, name, outcome }) => [at, name, outcome])).toEqual([
    ['team/app/db', 'copy/team/app/db', 'made'],
    ['team/app/deep/er', 'copy/team/app/deep/er', 'made'],
    ['team/app/gone', null, 'wrong'],
  ]);
  const { n } = await house.db.one<{ n: number }>(sql`select count(*)::int as n from secret where name like 'copy/%'`);
  expect(n).toBe(0);
  expect(await bring({ versions: true, dryRun: false })).toEqual({ ...shown, dryRun: false });
  expect((await bring({ dryRun: false })).lines.map(({ outcome }) => outcome)).toEqual(['there', 'there', 'wrong']);
  const { id } = await house.db.one<{ id: string }>(sql`select id from secret where name = 'copy/team/app/db'`);
  const versions = await house.db.many<{ state: string }>(
    sql`select state from secret_version where secret_id = ${id} order by version`,
  );
  expect(versions.map(({ state }) => state)).toEqual(['previous', 'previous', 'current']);
  const { value } = await house.perform<{ value: string }>('vault.checkOut', { id, reason: 'look' }, officer);
  expect(JSON.parse(value)).toEqual({ user: 'app', password: 'three' });
});

test('it goes on behind where it was left, also when it was broken off', async () => {
  const shown = await bring({ after: 'team/app/db' });
  expect(shown.lines.map(({ at }) => at)).toEqual(['team/app/deep/er', 'team/app/gone']);
  const keys = Array.from({ length: 250 }, (_none, n) => `s${String(n).padStart(3, '0')}`);
  answers = (path) =>
    path.includes('list=true')
      ? { body: { data: { keys: path.includes('/metadata/all/?') ? [...keys, 'z/'] : ['last'] } } }
      : { body: { data: { data: { a: path }, metadata: { version: 1 } } } };
  const input = { url: strangeUrl(), authority, path: 'all', below: 'many' };
  const seen: string[] = [];
  let next: string | null | undefined;
  for (let calls = 0; next !== null; calls += 1) {
    expect(calls).toBeLessThan(3);
    const part: Part = await bring({ ...input, ...(next === undefined ? {} : { after: next }) });
    expect(part.lines.length).toBeLessThanOrEqual(200);
    seen.push(...part.lines.map(({ at }) => at));
    next = part.next;
  }
  expect(seen).toEqual([...keys.map((key) => `all/${key}`), 'all/z/last']);
});

test('large secrets come in parts that fit into memory', async () => {
  const keys = Array.from({ length: 40 }, (_, n) => `k${String(n).padStart(2, '0')}`);
  answers = (path) =>
    path.includes('list=true')
      ? { body: { data: { keys } } }
      : { body: { data: { data: { a: 'x'.repeat(1_000_000) }, metadata: {} } } };
  const input = { url: strangeUrl(), authority, path: 'all' };
  const first = await bring(input);
  expect(first.lines.length).toBeLessThan(30);
  const then = await bring({ ...input, after: first.next ?? undefined });
  const seen = [...first.lines, ...then.lines].map(({ at }) => at);
  expect(seen).toEqual(keys.slice(0, seen.length).map((key) => `all/${key}`));
});

test('an endpoint that lies, leads elsewhere, or is not who it says is not followed', async () => {
  const input = { url: strangeUrl(), authority, path: 'all' };
  answers = (path) =>
    path.includes('list=true')
      ? { body: { data: { keys: ['../../sys/seal', '..', 'ok', 'big', 7] } } }
      : { body: { data: { data: { a: path.includes('big') ? 'x'.repeat(2_000_000) : 'b' }, metadata: {} } } };
  asked = [];
  const { lines } = await bring(input);
  expect(lines.map(({ at, outcome, problem }) => [at, outcome, problem])).toEqual([
    ['all/..', 'wrong', 'is no path'],
    ['all/../../sys/seal', 'wrong', 'is no path'],
    ['all/big', 'wrong', 'is too large'],
    ['all/ok', 'made', null],
  ]);
  expect(asked.every((path) => /^\/v1\/secret\/(data|metadata)\/all\//u.test(path))).toBe(true);
  answers = () => ({ body: { data: { keys: ['deeper/'] } } });
  await expect(bring(input)).rejects.toMatchObject({ code: 'import.too_large' });
  answers = () => ({ status: 307, headers: { location: `${reeve.url}/v1/secret/metadata/team/app/?list=true` } });
  await expect(bring(input)).rejects.toMatchObject({ code: 'import.strange_answer' });
  await expect(bring({ ...input, authority: undefined })).rejects.toMatchObject({ code: 'import.unreachable' });
  await expect(bring({ token: 'rv_wrong' })).rejects.toMatchObject({ errors: [{ pointer: '/token' }] });
});

test('nothing is asked of private addresses the house did not open, nor by who stores no secrets', async () => {
  for (const url of [
    'https://169.254.169.254',
    'https://10.0.0.1',
    'https://127.0.0.2:8200',
    'file:///etc/passwd',
    'http://vault.example',
  ])
    await expect(bring({ url })).rejects.toMatchObject({ errors: [{ pointer: '/url' }] });
  for (const path of ['../sys', 'a/../b', 'a//b', 'a?b'])
    await expect(bring({ path })).rejects.toMatchObject({ status: 422 });
  asked = [];
  await expect(bring({ url: strangeUrl(), authority }, importer)).rejects.toMatchObject({ status: 403 });
  expect(asked).toEqual([]);
});

test('neither the token nor a value is in the tables or the log', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from secret t union all select to_jsonb(t)::text from secret_version t
    union all select to_jsonb(t)::text from audit_event t union all select to_jsonb(t)::text from answered_call t`);
  const all = dump.map((each) => each.row).join('\n');
  for (const canary of [TOKEN, 'kv-canary', 'rv_wrong']) expect(all).not.toContain(canary);
  expect(all).toContain(new URL(reeve.url).host);
});
