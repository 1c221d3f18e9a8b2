import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outbound } from '#kit/outbound/index.ts';
import { createAuthenticator, signinModule } from '#platform/signin/index.ts';
import { changeIdentityFacts, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { workloadsModule } from './index.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
const ISSUER = 'https://platform.example';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let house: House;
let platform: Server;
/** Public keys the platform shows now, and how often it was asked. */
let shown: object[] = [];
let asked = 0;
let key: Pair;
let admin: string;
let program: string;
let person: string;
let issuerId: string;

beforeAll(async () => {
  key = await generateKeyPair('ES256');
  platform = createServer((_request, response) => {
    asked += 1;
    response.end(JSON.stringify({ keys: shown }));
  });
  await new Promise<void>((done) => platform.listen(0, '127.0.0.1', done));
  house = await testHouse(({ db, keys, clock }) => [
    graphModule,
    signinModule({ db, keys, publicUrl: 'http://localhost' }),
    workloadsModule({ db, keys, publicUrl: 'http://localhost', clock, outbound: outbound({ allow: ['127.0.0.0/8'] }) }),
    arrange,
  ]);
  [admin = '', program = '', person = ''] = await house
    .as('arrange')
    .act({ action: 'arrange.all' }, async (ctx, permit) => {
      const made: string[] = [];
      for (const [displayName, kind] of [
        ['Admin', 'person'],
        ['Deployer', 'service'],
        ['Somebody', 'person'],
      ] as const)
        made.push((await createIdentity(ctx, permit, { kind, facts: { displayName } })).id);
      const identityId = made[0] ?? '';
      await startGrant(ctx, permit, { identityId, entitlementId: ADMINISTRATOR, origin: 'admin', reason: 'test' });
      return made;
    });
  const keysUrl = `http://127.0.0.1:${(platform.address() as AddressInfo).port}/keys`;
  const issuer = { name: 'platform', issuer: ISSUER, keysUrl, audience: 'reeve' };
  issuerId = (await house.perform<{ id: string }>('workloads.addIssuer', issuer, admin)).id;
  await bind({ sub: 'repo:shop:deploy', 'kubernetes.namespace': 'shop' });
});
beforeEach(async () => {
  shown = [{ ...(await exportJWK(key.publicKey)), kid: 'one' }];
});
afterAll(async () => {
  await new Promise((done) => platform.close(done));
  await house.close();
});

const bind = (claims: Record<string, string>, identityId = program): Promise<{ id: string }> =>
  house.perform(
    'workloads.bind',
    { issuerId, identityId, claims, scopes: ['secret_folder.fetch'], seconds: 600 },
    admin,
  );
const CLAIMS = { sub: 'repo:shop:deploy', kubernetes: { namespace: 'shop' } };
let serial = 0;
const seconds = (): number => Math.floor(house.clock.now().getTime() / 1000);
const token = (
  claims: JWTPayload = {},
  { by = key, kid = 'one', issuer = ISSUER, audience = 'reeve', lives = 300, age = 0 } = {},
): Promise<string> =>
  new SignJWT({ ...CLAIMS, jti: String((serial += 1)), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(seconds() - age)
    .setExpirationTime(seconds() + lives)
    .sign(by.privateKey);
const exchange = (given: string): Promise<{ token: string; endsAt: string; identityId: string; scopes: string[] }> =>
  house.perform('workloads.exchange', { token: given });

test('a program gets a token of its own for what its platform says, for a short time and within its scopes', async () => {
  const given = await exchange(await token());
  expect(given).toMatchObject({ identityId: program, scopes: ['secret_folder.fetch'] });
  expect(new Date(given.endsAt).getTime() - house.clock.now().getTime()).toBe(600_000);
  const authenticate = createAuthenticator(house.db, house.clock);
  const who = (): ReturnType<typeof authenticate> =>
    authenticate({ token: given.token, cookie: undefined, address: '127.0.0.1' });
  expect(await who()).toMatchObject({ principal: { id: program }, scopes: ['secret_folder.fetch'] });
  house.clock.advance(601_000);
  expect(await who()).toBeUndefined();
});

test('a token of the platform is exchanged once, also by many at the same instant', async () => {
  const given = await token();
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => exchange(given)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(exchange(given)).rejects.toMatchObject({ code: 'workload.replayed' });
});

test('a token of another audience, issuer, signer or time, or unsigned, proves nothing, and each is recorded', async () => {
  const other = await generateKeyPair('ES256');
  const unsigned = new UnsecuredJWT({ ...CLAIMS })
    .setIssuer(ISSUER)
    .setAudience('reeve')
    .setIssuedAt(seconds())
    .setExpirationTime(seconds() + 300)
    .encode();
  const secret = new TextEncoder().encode(JSON.stringify(shown[0]));
  const confused = await new SignJWT({ ...CLAIMS })
    .setProtectedHeader({ alg: 'HS256', kid: 'one' })
    .setIssuer(ISSUER)
    .setAudience('reeve')
    .setIssuedAt(seconds())
    .setExpirationTime(seconds() + 300)
    .sign(secret);
  const wrong = [
    await token({}, { audience: 'another' }),
    await token({}, { issuer: 'https://elsewhere.example' }),
    await token({}, { by: other }),
    await token({}, { lives: -60 }),
    await token({}, { age: 7200, lives: 86_400 }),
    unsigned,
    confused,
    'no.token.at-all-whatever',
  ];
  for (const given of wrong) await expect(exchange(given)).rejects.toMatchObject({ code: 'workload.not_proved' });
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from audit_event where type = 'operation.refused' and data ->> 'code' = 'workload.not_proved'`);
  expect(n).toBe(wrong.length);
});

test('all claims of a binding hold, or nobody is let in; two that fit let nobody in either', async () => {
  await expect(exchange(await token({ sub: 'repo:other:deploy' }))).rejects.toMatchObject({
    code: 'workload.not_bound',
  });
  await expect(exchange(await token({ kubernetes: { namespace: 'shop2' } }))).rejects.toMatchObject({
    code: 'workload.not_bound',
  });
  const twice = await bind({ sub: 'repo:shop:deploy' });
  await expect(exchange(await token())).rejects.toMatchObject({ code: 'workload.bound_twice' });
  await house.perform('workloads.unbind', { id: twice.id }, admin);
  await exchange(await token());
});

test('keys that are new at the platform are fetched once they are named, and not for whatever is sent', async () => {
  const next = await generateKeyPair('ES256');
  house.clock.advance(31_000);
  shown = [{ ...(await exportJWK(next.publicKey)), kid: 'two' }];
  const given = await exchange(await token({}, { by: next, kid: 'two' }));
  expect(given.identityId).toBe(program);
  const before = asked;
  for (let i = 0; i < 5; i += 1)
    await expect(exchange(await token({}, { by: next, kid: `made-up-${i}` }))).rejects.toMatchObject({
      code: 'workload.not_proved',
    });
  expect(asked).toBe(before);
  house.clock.advance(601_000);
});

test('no person is bound, nobody but administrators binds, and a program that rests is not let in', async () => {
  await expect(bind({ sub: 'a person' }, person)).rejects.toMatchObject({ code: 'workload.no_program' });
  const input = { issuerId, identityId: program, claims: { sub: 'x' }, scopes: ['*'] };
  await expect(house.perform('workloads.bind', input, person)).rejects.toMatchObject({ status: 403 });
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    await changeIdentityFacts(ctx, permit, { identityId: program, change: { state: 'suspended' } });
  });
  await expect(exchange(await token())).rejects.toMatchObject({ code: 'workload.not_active' });
});
