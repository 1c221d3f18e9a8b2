import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';
import { must } from './one-of-each.ts';

const PASSWORD = 'correct horse battery staple';
let house: PeopledHouse;
let lena: Caller;
let boss: Caller;
let secret: string;

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  lena = await house.person('lena');
  const token = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId: lena.id, hours: 1 }),
    );
  const begun = must<{ totpUri: string }>(await house.stranger.call('POST', '/v1/enrolment/begin', { token }));
  secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  must(
    await house.stranger.call('POST', '/v1/enrolment/finish', {
      token,
      password: { password: PASSWORD, code: code() },
    }),
  );
}, 60_000);
afterAll(() => house?.close());

const code = (): string =>
  new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
const cookieOf = (answer: Answer): string =>
  /reeve_session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
const withCookie = (cookie: string): Caller['call'] =>
  callWith(house.url, { cookie: `reeve_session=${cookie}`, 'x-reeve-csrf': '1' });
const withToken = (token: string): Caller['call'] => callWith(house.url, { authorization: `Bearer ${token}` });
/** Signs in as Lena; every call half a minute later, since a code works once. */
async function signIn(call: Caller['call'] = house.stranger.call, password = PASSWORD): Promise<Answer> {
  house.clock.advance(31_000);
  return await call('POST', '/v1/signin/password', { username: 'lena', password, code: code() });
}
const later = (days: number): string => new Date(house.clock.now().getTime() + days * 86_400_000).toISOString();

test('a cookie planted before sign-in is not the one after it, and opens nothing', async () => {
  const planted = 'rvs_plantedbyanattackerplantedbyanattacker';
  const answer = await signIn(withCookie(planted));
  const cookie = cookieOf(answer);
  expect(answer.status).toBe(200);
  expect(cookie).not.toBe(planted);
  expect((await withCookie(planted)('GET', '/v1/me')).status).toBe(401);
  expect((await withCookie(cookie)('GET', '/v1/me')).status).toBe(200);
});

test('the cookie cannot be read by script nor sent from elsewhere, and the token is not in the body', async () => {
  const answer = await signIn();
  const header = answer.headers.get('set-cookie') ?? '';
  expect(header).toMatch(/HttpOnly/i);
  expect(header).toMatch(/SameSite=Strict/i);
  expect(answer.text).not.toContain(cookieOf(answer));
});

test('a form of another site changes nothing: the header no form can send is missing', async () => {
  const cookie = cookieOf(await signIn());
  const forged = callWith(house.url, { cookie: `reeve_session=${cookie}`, origin: 'https://evil.example' });
  const ended = await forged('POST', '/v1/signin/out', {});
  expect([ended.status, ended.body['code']]).toEqual([403, 'csrf.header_missing']);
  expect((await withCookie(cookie)('GET', '/v1/me')).status).toBe(200);
});

test('signing out ends the sign-in at once, and everywhere ends all of them', async () => {
  const [one, two, three] = [cookieOf(await signIn()), cookieOf(await signIn()), cookieOf(await signIn())];
  must(await withCookie(one)('POST', '/v1/signin/out', {}));
  expect((await withCookie(one)('GET', '/v1/me')).status).toBe(401);
  expect((await withCookie(two)('GET', '/v1/me')).status).toBe(200);
  must(await withCookie(two)('POST', '/v1/signin/out', { everywhere: true }));
  for (const cookie of [two, three]) expect((await withCookie(cookie)('GET', '/v1/me')).status).toBe(401);
});

test('a sign-in ends unused after two hours, and used after twelve', async () => {
  const idle = cookieOf(await signIn());
  const busy = cookieOf(await signIn());
  for (let hour = 0; hour < 11; hour += 1) {
    house.clock.advance(3_600_000);
    expect((await withCookie(busy)('GET', '/v1/me')).status).toBe(200);
  }
  expect((await withCookie(idle)('GET', '/v1/me')).status).toBe(401);
  house.clock.advance(3_700_000);
  expect((await withCookie(busy)('GET', '/v1/me')).status).toBe(401);
});

test('sixty guesses at the same instant are five: the rest is not even looked at', async () => {
  const mallory = await house.person('mallory');
  house.clock.advance(86_400_000);
  const guess = (n: number): Promise<unknown> =>
    house
      .perform('signin.withPassword', {
        username: ['mallory', 'MALLORY', ' mallory'][n % 3] ?? '',
        password: 'x'.repeat(12),
        code: '123456',
      })
      .catch((error: { status: number }) => error.status);
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => guess(n)));
  expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
  expect(answers.filter((status) => status === 429).length).toBeGreaterThanOrEqual(55);
  expect(mallory.id).not.toBe('');
});

test('a narrow token makes itself no wider one, nor any other way in', async () => {
  const scopes = ['token.*', 'token.create', 'signin_method.*', 'device_login.*', 'enrolment.create', 'read'];
  const { token } = must<{ token: string }>(
    await boss.call('POST', '/v1/tokens', { name: 'leaked', scopes, endsAt: later(1) }),
  );
  const leaked = withToken(token);
  const login = must<{ userCode: string }>(await house.stranger.call('POST', '/v1/device-login', { client: 'evil' }));
  for (const [method, path, body] of [
    ['POST', '/v1/tokens', { name: 'wide', scopes: ['*'], endsAt: later(300) }],
    ['POST', '/v1/tokens', { name: 'same', scopes: ['read'], endsAt: later(300) }],
    ['POST', '/v1/passkeys/options', {}],
    ['POST', `/v1/device-login/${login.userCode}/decide`, { approve: true }],
    ['POST', `/v1/identities/${boss.id}/enrolment`, {}],
  ] as const) {
    const answer = await leaked(method, path, body);
    expect([answer.status, answer.body['code']], path).toEqual([403, 'token.makes_no_ways_in']);
  }
  expect((await leaked('GET', '/v1/me')).status).toBe(200);
  const other = await leaked('POST', '/v1/grants', { identity: 'lena', because: 'x' });
  expect([other.status, other.body['code']]).toEqual([403, 'token.out_of_scope']);
});

test('a token past its end, revoked, or of somebody who left opens nothing', async () => {
  const make = async (who: Caller, days: number): Promise<{ id: string; token: string }> =>
    must(await who.call('POST', '/v1/tokens', { name: 'ci', scopes: ['read'], endsAt: later(days) }));
  const [old, revoked] = [await make(boss, 1), await make(boss, 20)];
  const leaver = await house.person('leaver');
  const left = await make(leaver, 20);
  must(await boss.call('DELETE', `/v1/tokens/${revoked.id}`));
  house.clock.advance(2 * 86_400_000);
  await house.db.run(sql`update identity_facts set state = 'leaver' where identity_id = ${leaver.id}`);
  expect((await withToken(old.token)('GET', '/v1/me')).status).toBe(401);
  expect((await withToken(revoked.token)('GET', '/v1/me')).status).toBe(401);
  expect((await withToken(left.token)('GET', '/v1/me')).status).toBe(403);
  expect((await withToken(left.token)('GET', '/v1/entitlements')).status).toBe(403);
});

test('a cookie is no token and a token no cookie; both at once are taken as the token alone', async () => {
  house.clock.advance(60_000);
  const cookie = cookieOf(await signIn());
  expect((await withToken(cookie)('GET', '/v1/me')).status).toBe(401);
  const { token } = must<{ token: string }>(
    await boss.call('POST', '/v1/tokens', { name: 'ci', scopes: ['me.read'], endsAt: later(1) }),
  );
  expect((await withCookie(token)('GET', '/v1/me')).status).toBe(401);
  const both = callWith(house.url, { cookie: `reeve_session=${cookie}`, authorization: `Bearer ${token}` });
  expect((await both('GET', '/v1/me')).body['username']).toBe('boss');
});

test('a passkey of another origin, or an answer to another prompt, is refused', async () => {
  const prompt = must<{ challengeId: string; options: { challenge: string } }>(
    await house.stranger.call('POST', '/v1/signin/passkey/options', {}),
  );
  const answerFrom = (origin: string, challenge: string): object => ({
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      authenticatorData: 'AAAA',
      signature: 'AAAA',
      clientDataJSON: Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin })).toString('base64url'),
    },
  });
  for (const [origin, challenge] of [
    ['https://evil.example', prompt.options.challenge],
    ['http://localhost', 'AAAA'],
  ] as const) {
    const answer = await house.stranger.call('POST', '/v1/signin/passkey', {
      challengeId: prompt.challengeId,
      response: answerFrom(origin, challenge),
    });
    expect([401, 422], answer.text).toContain(answer.status);
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
});
