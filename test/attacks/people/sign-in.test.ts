import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import type { AppError } from '#kit/errors/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { softPasskey, type Lies, type SoftPasskey } from '../../harness/soft-passkey.ts';
import { must } from '../one-of-each.ts';

const PASSWORD = 'correct horse battery staple';
const SITE = { origin: 'http://localhost:8470', rpId: 'localhost' };
interface Prompt {
  readonly challengeId: string;
  readonly options: { readonly challenge: string };
}
let atFirst: unknown;
let house: PeopledHouse;
let lena: Caller;
let boss: Caller;
let secret: string;

beforeAll(async () => {
  house = await peopledHouse();
  atFirst = await house.db.one(sql`
    select (select count(*)::int from identity) as people, (select count(*)::int from signin_password) as passwords,
           (select count(*)::int from passkey) as passkeys, (select count(*)::int from api_token) as tokens,
           (select count(*)::int from ssh_key) as keys`);
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
});
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

/** Registers a passkey as somebody, and returns it. */
async function passkeyOf(who: Caller): Promise<SoftPasskey> {
  const key = softPasskey(SITE);
  const prompt = must<Prompt>(await who.call('POST', '/v1/passkeys/options', {}));
  const body = { challengeId: prompt.challengeId, name: 'laptop', response: key.register(prompt.options.challenge) };
  must(await who.call('POST', '/v1/passkeys', body));
  return key;
}
const prompt = (): Promise<Prompt> => house.perform<Prompt>('signin.askForPasskey', {});
const enter = async (response: unknown, { challengeId }: Prompt): Promise<unknown> =>
  await house.perform('signin.withPasskey', { challengeId, response }).catch((error: AppError) => error.status);

test('a passkey signs in where it was made for, and nowhere by a lie', async () => {
  lena = await house.signIn(lena.id, lena.username);
  const key = await passkeyOf(lena);
  const other = await passkeyOf(boss);
  const honest = await prompt();
  expect(await enter(key.answer(honest.options.challenge), honest)).toMatchObject({ identityId: lena.id });
  const lies: readonly Lies[] = [
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:8470.evil.example' },
    { origin: 'http://localhost' },
    { rpId: 'evil.example' },
    { userVerified: false },
    { counter: 1 },
    { type: 'webauthn.create' },
    { signWith: other },
    { id: other.id },
    { id: 'AAAA' },
  ];
  for (const lie of lies) {
    const asked = await prompt();
    expect(await enter(key.answer(asked.options.challenge, lie), asked), JSON.stringify(lie)).toBe(401);
  }
  const [one, two] = [await prompt(), await prompt()];
  expect(await enter(key.answer(two.options.challenge), one)).toBe(401);
  for (const response of [{}, { id: key.id }, { id: { $ne: null } }, { ...key.answer('x'), response: null }])
    expect(await enter(response, await prompt()), JSON.stringify(response)).toBe(401);
});

test('a passkey is added by whom it was asked for, on this site, and with proof of who they are', async () => {
  const asked = must<Prompt>(await boss.call('POST', '/v1/passkeys/options', {}));
  const key = softPasskey(SITE);
  const add = (who: Caller, of: Prompt, lie: Lies = {}): Promise<Answer> =>
    who.call('POST', '/v1/passkeys', {
      challengeId: of.challengeId,
      name: 'planted',
      response: key.register(of.options.challenge, lie),
    });
  expect((await add(lena, asked)).status).toBe(422);
  for (const lie of [{ origin: 'https://evil.example' }, { rpId: 'evil.example' }, { userVerified: false }]) {
    const fresh = must<Prompt>(await lena.call('POST', '/v1/passkeys/options', {}));
    expect((await add(lena, fresh, lie)).status, JSON.stringify(lie)).toBe(422);
  }
  const signIn = await prompt();
  expect((await add(lena, signIn)).status).toBe(401);
  const planted = must<{ items: { name: string }[] }>(await lena.call('GET', '/v1/passkeys'));
  expect(planted.items.filter((p) => p.name === 'planted')).toEqual([]);
});

test('before anybody enrolled there was nobody to sign in as: no account, no password, no key, no token', () => {
  expect(atFirst).toEqual({ people: 0, passwords: 0, passkeys: 0, tokens: 0, keys: 0 });
});

test.each([
  ['a cookie that is no token', { cookie: 'reeve_session=%E0%A4%A' }],
  ['an empty cookie', { cookie: 'reeve_session=' }],
  ['two cookies of one name', { cookie: 'reeve_session=a; reeve_session=b' }],
  ['a cookie of another form', { cookie: 'reeve_session="rvs_x; Path=/"' }],
  ['a very long cookie', { cookie: `reeve_session=${'x'.repeat(10_000)}` }],
  ['an empty token', { authorization: 'Bearer ' }],
  ['a token with spaces', { authorization: 'Bearer a b' }],
  ['another scheme', { authorization: 'Negotiate AAAA' }],
  ['an identity in a header', { 'x-forwarded-user': 'boss', 'x-remote-user': 'boss', 'x-identity-id': 'boss' }],
])('%s is nobody, and never passes through', async (_what, headers) => {
  const answer = await callWith(house.url, { 'x-reeve-csrf': '1', ...headers })('GET', '/v1/me');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json; charset=utf-8']);
});

test('no form of another site, and no script, can make a call: not by type, method, origin or preflight', async () => {
  const cookie = cookieOf(await signIn());
  const from = { origin: 'https://evil.example', cookie: `reeve_session=${cookie}` };
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x']) {
    const forged = await callWith(house.url, { ...from, 'content-type': type })('POST', '/v1/signin/out', undefined, {
      raw: '{"everywhere":true}',
      headers: { 'content-type': type },
    });
    expect([403, 415], type).toContain(forged.status);
  }
  for (const [method, path] of [
    ['OPTIONS', '/v1/signin/out'],
    ['GET', '/v1/signin/out'],
    ['GET', '/v1/me'],
  ] as const) {
    const answer = await callWith(house.url, {
      ...from,
      'x-http-method-override': 'POST',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-reeve-csrf',
    })(method, path);
    const allowed = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(allowed, `${method} ${path}`).toEqual([]);
  }
  expect((await withCookie(cookie)('GET', '/v1/me')).status).toBe(200);
});

test('nothing Reeve answers can be framed, nor says where it came from, be it a success, a refusal or nothing', async () => {
  for (const [caller, path] of [
    [lena, '/v1/me'],
    [house.stranger, '/v1/me'],
    [lena, '/v1/nothing'],
    [house.stranger, '/'],
    [house.stranger, '/healthz'],
  ] as const) {
    const { headers } = await caller.call('GET', path);
    expect(headers.get('content-security-policy'), path).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    expect(headers.get('server') ?? headers.get('x-powered-by'), path).toBeNull();
  }
});

test('no header makes a link lead elsewhere, nor an address another', async () => {
  const headers = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7;host=evil.example',
    'x-real-ip': '203.0.113.7',
    'x-original-url': '/v1/policies/versions',
    'x-rewrite-url': '/v1/policies/versions',
  };
  const made = must<{ url: string }>(
    await boss.call('POST', `/v1/identities/${lena.id}/enrolment`, undefined, { headers }),
  );
  expect(new URL(made.url).origin).toBe(SITE.origin);
  const answer = await signIn(callWith(house.url, { ...headers }));
  expect(answer.status).toBe(200);
  const row = await house.db.one<{ address: string }>(
    sql`select address from signin where identity_id = ${lena.id} order by started_at desc, id desc limit 1`,
  );
  expect(row.address).toBe('127.0.0.1');
});

test('what policy allows only with a fresh proof is not done with an old one, nor with one given for something else', async () => {
  const second = await house.person('second', {}, ['administrator']);
  const text = `@id("custom.fresh") @obligation("step_up")
    permit (principal is Reeve::Identity, action == Reeve::Action::"token.create", resource);`;
  const draft = must<{ name: string }>(await boss.call('POST', '/v1/policies/versions', { text, note: 'fresh' }));
  must(await boss.call('POST', `/v1/policies/versions/${draft.name}/dry-run`));
  must(await second.call('POST', `/v1/policies/versions/${draft.name}/publish`));
  const fresh = withCookie(cookieOf(await signIn()));
  const body = { name: 'ci', scopes: ['read'], endsAt: later(1) };
  for (const call of [lena.call, fresh]) {
    const answer = await call('POST', '/v1/tokens', body);
    expect([answer.status, answer.body['code']]).toEqual([403, 'policy.obligation_unmet']);
  }
  expect((await fresh('GET', '/v1/tokens')).status).toBe(200);
});
