import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP, URI } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { runCommand } from '#lab/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { vaultModule } from '../index.ts';
import { LARGEST_FILE } from './read-value.ts';

const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
const SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let officer: string;
const folder = mkdtempSync(join(tmpdir(), 'reeve-kinds-'));

beforeAll(async () => {
  house = await testHouse(({ keys }) => [graphModule, vaultModule({ keys }), arrange]);
  officer = await house.as('rotation').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Officer' } });
    await startGrant(ctx, permit, { identityId: id, entitlementId: SECURITY_OFFICER, origin: 'admin', reason: 'test' });
    return id;
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await house.close();
});

const store = async (input: Record<string, unknown>): Promise<string> =>
  (await house.perform<{ id: string }>('vault.create', input, officer)).id;
const names = async (filter: Record<string, unknown>): Promise<string[]> =>
  (await house.perform<{ items: { name: string }[] }>('vault.list', filter, officer)).items.map(({ name }) => name);

/** A self-signed certificate and its key, by OpenSSL. */
async function tls(name: string, days: number): Promise<{ readonly key: string; readonly certificate: string }> {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  await runCommand('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    String(days),
    '-keyout',
    key,
    '-out',
    certificate,
    '-subj',
    `/O=Example/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name},DNS:www.${name},IP:192.0.2.7`,
  ]);
  return { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
}

test('a TLS key says whose it is, for which names and until when, and is found by them', async () => {
  const shop = await tls('shop.example', 10);
  const id = await store({ name: 'tls/shop', kind: 'tls_key', value: shop.certificate + shop.key });
  const shown = await house.perform<{ facts: Record<string, unknown>; expiresAt: string }>(
    'vault.show',
    { id },
    officer,
  );
  expect(shown.facts).toMatchObject({
    subject: 'O=Example, CN=shop.example',
    names: ['shop.example', 'www.shop.example', '192.0.2.7'],
    key: 'ec',
    chain: 0,
  });
  expect(await names({ search: 'www.shop.example' })).toEqual(['tls/shop']);
  const in20Days = new Date(Date.now() + 20 * 86_400_000).toISOString();
  expect(await names({ expiresBefore: in20Days })).toEqual(['tls/shop']);
  const longer = await tls('shop.example', 400);
  await house.perform('vault.update', { id, value: longer.key + longer.certificate }, officer);
  expect(await names({ expiresBefore: in20Days })).toEqual([]);
});

test('a key without its certificate, or with that of another, is refused, and nothing of it is repeated', async () => {
  const [one, other] = [await tls('one.example', 5), await tls('other.example', 5)];
  for (const value of [one.key, one.certificate, one.key + other.certificate, 'no PEM at all']) {
    const refused = await store({ name: 'tls/wrong', kind: 'tls_key', value }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 422, errors: [{ pointer: '/value' }] });
    expect(JSON.stringify(refused)).not.toContain(one.key.split('\n')[1]);
  }
});

test('a seed gives the code of now and is itself taken out by nobody', async () => {
  const id = await store({
    name: 'otp/bank',
    kind: 'totp_seed',
    value: `otpauth://totp/Bank:ops?secret=${SEED}&issuer=Bank`,
  });
  const given = await house.perform<{ code: string }>('vault.code', { id, reason: 'payments' }, officer);
  const wanted = URI.parse(`otpauth://totp/Bank:ops?secret=${SEED}&issuer=Bank`) as TOTP;
  expect(given.code).toBe(wanted.generate({ timestamp: house.clock.now().getTime() }));
  await expect(house.perform('vault.checkOut', { id, reason: 'x' }, officer)).rejects.toMatchObject({
    code: 'secret.gives_codes',
  });
  await expect(house.perform('vault.code', { id }, officer)).rejects.toMatchObject({
    errors: [{ pointer: '/reason' }],
  });
  expect(await names({ search: 'bank' })).toEqual(['otp/bank']);
  expect(await names({ search: SEED })).toEqual([]);
  await expect(store({ name: 'otp/short', kind: 'totp_seed', value: 'ABCD' })).rejects.toMatchObject({ status: 422 });
});

test('a file comes back as it was, and no larger one is taken', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128, 7]);
  const id = await store({
    name: 'files/keytab',
    kind: 'file',
    fileName: 'host.keytab',
    value: bytes.toString('base64'),
  });
  const out = await house.perform<{ value: string }>('vault.checkOut', { id, reason: 'move' }, officer);
  expect(Buffer.from(out.value, 'base64')).toEqual(bytes);
  expect(await names({ search: 'host.keytab', kind: 'file' })).toEqual(['files/keytab']);
  const large = Buffer.alloc(LARGEST_FILE + 1).toString('base64');
  await expect(store({ name: 'files/large', kind: 'file', value: large })).rejects.toMatchObject({ status: 422 });
  await expect(store({ name: 'files/none', kind: 'file', value: 'not base64!' })).rejects.toMatchObject({
    status: 422,
  });
});

test('a database credential tells where it leads, and never its password', async () => {
  const value = 'postgres://app:pa55-canary@db.example:5433/orders?sslmode=require';
  const id = await store({ name: 'db/orders', kind: 'database_credential', value });
  const { facts } = await house.perform<{ facts: unknown }>('vault.show', { id }, officer);
  expect(facts).toEqual({ engine: 'postgres', host: 'db.example', port: 5433, database: 'orders', username: 'app' });
  expect(await names({ search: 'pa55-canary' })).toEqual([]);
});

test('secrets are found by labels and by what was said of them, and an API key that ends is listed', async () => {
  const expiresAt = new Date(Date.now() + 3 * 86_400_000).toISOString();
  const id = await store({
    name: 'api/mail',
    kind: 'api_key',
    value: 'k3y-canary',
    labels: { team: 'ops' },
    expiresAt,
  });
  expect(await names({ label: 'team=ops' })).toEqual(['api/mail']);
  expect(await names({ label: 'team=dev' })).toEqual([]);
  expect(await names({ label: 'team' })).toEqual(['api/mail']);
  await house.perform(
    'vault.describe',
    { id, description: 'sends the newsletters', labels: { team: 'mail' } },
    officer,
  );
  expect(await names({ search: 'newsletters' })).toEqual(['api/mail']);
  expect(await names({ label: 'team=ops' })).toEqual([]);
  expect(await names({ expiresBefore: new Date(Date.now() + 7 * 86_400_000).toISOString() })).toContain('api/mail');
});

test('no value is in the tables or the log in clear', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from secret t union all select to_jsonb(t)::text from secret_version t
    union all select to_jsonb(t)::text from audit_event t union all select to_jsonb(t)::text from answered_call t`);
  const all = dump.map((d) => d.row).join('\n');
  for (const canary of [SEED, 'pa55-canary', 'k3y-canary', 'PRIVATE KEY']) expect(all).not.toContain(canary);
});
