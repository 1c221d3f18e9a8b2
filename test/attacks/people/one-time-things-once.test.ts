import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { softPasskey } from '../../harness/soft-passkey.ts';
import { must } from '../one-of-each.ts';

const PASSWORD = 'correct horse battery staple';
const AT_ONCE = 20;
let house: PeopledHouse;
let lena: Caller;
let boss: Caller;
let secret: string;

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  lena = await house.person('lena');
  const token = await linkFor(lena.id);
  secret = secretIn(await perform<{ totpUri: string }>('enrolment.begin', { token }));
  await perform('enrolment.finish', { token, password: { password: PASSWORD, code: code() } });
});
afterAll(() => house?.close());

const perform = <T = Record<string, unknown>>(operation: string, input: unknown): Promise<T> =>
  house.perform<T>(operation, input);
const linkFor = (identityId: string): Promise<string> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId, hours: 1 }),
    );
const secretIn = (begun: { totpUri: string }): string => /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
const code = (of = secret, earlierSeconds = 0): string =>
  new TOTP({ secret: of, period: 30, digits: 6 }).generate({
    timestamp: house.clock.now().getTime() - earlierSeconds * 1000,
  });

/** Tries at the same instant; answers by status. */
async function together(tries: number, attempt: (n: number) => Promise<Answer>): Promise<Map<number, Answer[]>> {
  const answers = await Promise.all(Array.from({ length: tries }, (_, n) => attempt(n)));
  const by = new Map<number, Answer[]>();
  for (const answer of answers) by.set(answer.status, [...(by.get(answer.status) ?? []), answer]);
  return by;
}
const succeeded = (by: ReadonlyMap<number, Answer[]>): number => by.get(200)?.length ?? 0;
/** An answer without what differs from call to call. */
const told = (answer: Answer): string =>
  `${answer.status} ${answer.text.replaceAll(/"trace_id":"[^"]*"/g, '')} ${[...answer.headers.keys()].sort().join()}`;
const rows = async (table: string, identityId: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from ${sql.id(table)} where identity_id = ${identityId}`,
    )
  ).n;

test('an enrolment link tried twenty times at the same instant makes one way to sign in', async () => {
  const omar = await house.person('omar');
  const before = await rows('signin', omar.id);
  const token = await linkFor(omar.id);
  const own = secretIn(must(await house.stranger.call('POST', '/v1/enrolment/begin', { token })));
  const by = await together(AT_ONCE, (n) =>
    house.stranger.call('POST', '/v1/enrolment/finish', {
      token,
      password: { password: `${PASSWORD} ${n}`, code: code(own) },
    }),
  );
  expect([succeeded(by), by.get(401)?.length], JSON.stringify([...by.keys()])).toEqual([1, AT_ONCE - 1]);
  expect((await rows('signin', omar.id)) - before).toBe(1);
});

test('the first-run link makes one administrator, and none once there is one', async () => {
  const empty = await house.db.many(sql`select id from access_grant where reason like 'first administrator%'`);
  expect(empty).toEqual([]);
  const token = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'first_administrator', hours: 1 }),
    );
  const person = { username: 'usurper', displayName: 'Usurper' };
  const answer = await house.stranger.call('POST', '/v1/enrolment/begin', { token, person });
  expect([answer.status, answer.body['code']]).toEqual([401, 'enrolment.link_over']);
});

test('a link that was never, was used, is too old, was replaced or is of somebody who left answers all alike', async () => {
  const [used, old, replaced, leaver] = [
    await house.person('used'),
    await house.person('old'),
    await house.person('replaced'),
    await house.person('leaver'),
  ];
  const usedLink = await linkFor(used.id);
  const own = secretIn(await perform<{ totpUri: string }>('enrolment.begin', { token: usedLink }));
  await perform('enrolment.finish', { token: usedLink, password: { password: PASSWORD, code: code(own) } });
  const leaverLink = await linkFor(leaver.id);
  await house.db.run(sql`update identity_facts set state = 'leaver' where identity_id = ${leaver.id}`);
  const oldLink = await linkFor(old.id);
  house.clock.advance(3_600_001);
  const replacedLink = await linkFor(replaced.id);
  await linkFor(replaced.id);
  const answers: string[] = [];
  for (const token of ['rve_neverwasalinkatall', usedLink, oldLink, replacedLink, leaverLink])
    answers.push(told(await house.stranger.call('POST', '/v1/enrolment/begin', { token })));
  expect(new Set(answers).size, answers.join('\n')).toBe(1);
  expect(answers[0]).toContain('401');
});

test('a one-time code signs in once, however often and from wherever it is tried at the same instant', async () => {
  house.clock.advance(60_000);
  const by = await together(AT_ONCE, (n) => {
    const spaced = n % 2 === 0 ? code() : code().replace(/^(...)/, '$1 ');
    return house.stranger.call('POST', '/v1/signin/password', { username: 'lena', password: PASSWORD, code: spaced });
  });
  expect(succeeded(by), JSON.stringify([...by].map(([s, a]) => [s, a.length]))).toBe(1);
});

test('a code works neither again nor after a later one, and what enrolled does not sign in', async () => {
  const signIn = async (typed: string): Promise<number> =>
    await perform('signin.withPassword', { username: 'lena', password: PASSWORD, code: typed }).then(
      () => 200,
      (error: AppError) => error.status,
    );
  house.clock.advance(20 * 60_000);
  const [now, before] = [code(), code(secret, 30)];
  expect(await signIn(now)).toBe(200);
  expect([await signIn(now), await signIn(` ${now} `), await signIn(before)]).toEqual([401, 401, 401]);
  const late = await house.person('late');
  const token = await linkFor(late.id);
  const own = secretIn(await perform<{ totpUri: string }>('enrolment.begin', { token }));
  await perform('enrolment.finish', { token, password: { password: PASSWORD, code: code(own) } });
  await expect(
    perform('signin.withPassword', { username: 'late', password: PASSWORD, code: code(own) }),
  ).rejects.toMatchObject({ status: 401 });
});

test('a device code is let in by one person once and taken once, each twenty times at the same instant', async () => {
  const asked = must<{ deviceCode: string; userCode: string }>(
    await house.stranger.call('POST', '/v1/device-login', { client: 'reeve on laptop' }),
  );
  const people = [lena, boss];
  const decided = await together(AT_ONCE, (n) =>
    (people[n % 2] as Caller).call('POST', `/v1/device-login/${asked.userCode}/decide`, { approve: true }),
  );
  expect([succeeded(decided), decided.get(404)?.length]).toEqual([1, AT_ONCE - 1]);
  const taken = await together(AT_ONCE, () =>
    house.stranger.call('POST', '/v1/device-login/take', { deviceCode: asked.deviceCode }),
  );
  expect([succeeded(taken), taken.get(401)?.length]).toEqual([1, AT_ONCE - 1]);
  const token = String(taken.get(200)?.[0]?.body['token']);
  const me = await callWith(house.url, { authorization: `Bearer ${token}` })('GET', '/v1/me');
  expect(['lena', 'boss']).toContain(me.body['username']);
});

test('a device code that was refused, is too old or never was answers all alike, and lets nobody in', async () => {
  const ask = async (): Promise<{ deviceCode: string; userCode: string }> =>
    must(await house.stranger.call('POST', '/v1/device-login', { client: 'evil' }));
  const [refused, old] = [await ask(), await ask()];
  must(await lena.call('POST', `/v1/device-login/${refused.userCode}/decide`, { approve: false }));
  expect((await lena.call('POST', `/v1/device-login/${refused.userCode}/decide`, { approve: true })).status).toBe(404);
  const answers: string[] = [];
  const take = async (deviceCode: string): Promise<void> => {
    answers.push(told(await house.stranger.call('POST', '/v1/device-login/take', { deviceCode })));
  };
  await take(refused.deviceCode);
  await take('rvd_neverwasacodeatall');
  house.clock.advance(10 * 60_001);
  await take(old.deviceCode);
  expect(new Set(answers).size, answers.join('\n')).toBe(1);
  expect((await lena.call('GET', `/v1/device-login/${old.userCode}`)).status).toBe(404);
});

test('a passkey prompt is answered once: its answer sent twenty times signs in once, and a wrong one spends it', async () => {
  const key = softPasskey({ origin: 'http://localhost:8470', rpId: 'localhost' });
  const prompt = must<{ challengeId: string; options: { challenge: string } }>(
    await lena.call('POST', '/v1/passkeys/options', {}),
  );
  must(
    await lena.call('POST', '/v1/passkeys', {
      challengeId: prompt.challengeId,
      name: 'laptop',
      response: key.register(prompt.options.challenge),
    }),
  );
  const ask = async (): Promise<{ challengeId: string; challenge: string }> => {
    const asked = await perform<{ challengeId: string; options: { challenge: string } }>('signin.askForPasskey', {});
    return { challengeId: asked.challengeId, challenge: asked.options.challenge };
  };
  const { challengeId, challenge } = await ask();
  const response = key.answer(challenge);
  const by = await together(AT_ONCE, () =>
    house.stranger.call('POST', '/v1/signin/passkey', { challengeId, response }),
  );
  expect([succeeded(by), by.get(401)?.length]).toEqual([1, AT_ONCE - 1]);

  const spent = await ask();
  const wrong = { challengeId: spent.challengeId, response: key.answer('AAAA') };
  await expect(perform('signin.withPasskey', wrong)).rejects.toMatchObject({ status: 401 });
  const right = { challengeId: spent.challengeId, response: key.answer(spent.challenge) };
  await expect(perform('signin.withPasskey', right)).rejects.toMatchObject({ code: 'signin.challenge_over' });
  const fresh = await ask();
  await perform('signin.withPasskey', { challengeId: fresh.challengeId, response: key.answer(fresh.challenge) });
});

/** Spellings that a reader, a database or a normaliser takes for the same name. */
const SPELLINGS = [
  'mallory',
  'Mallory',
  ' mallory',
  'mallory ',
  'mal lory',
  'ｍａｌｌｏｒｙ',
  '𝓶allory',
  'mallory\u200b',
  '\ufeffmallory',
  'mal\u00adlory',
  'mallory\u2060',
  'MALLORY',
  'mallory\u3000',
  '\u202emallory',
];

test('no spelling of a name dodges its lock-out', async () => {
  await house.person('mallory');
  const answers: number[] = [];
  for (const username of [...SPELLINGS, ...SPELLINGS])
    answers.push(
      await perform('signin.withPassword', { username, password: 'x'.repeat(12), code: '123456' }).then(
        () => 200,
        (error: AppError) => error.status,
      ),
    );
  expect(answers.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(new Set(answers.slice(5))).toEqual(new Set([429]));
});

test('neither words nor time tell whether a name exists, or which part was wrong', async () => {
  const known = await house.person('known');
  const other = await house.person('known-too');
  const gone = await house.person('gone');
  await house.person('without-password');
  const { hash } = await house.db.one<{ hash: string }>(
    sql`select hash from signin_password where identity_id = ${lena.id}`,
  );
  for (const { id } of [known, other, gone])
    await house.db.run(sql`insert into signin_password (identity_id, hash) values (${id}, ${hash})`);
  await house.db.run(sql`update identity_facts set state = 'leaver' where identity_id = ${gone.id}`);
  const cases: readonly (readonly [username: string, password: string])[] = [
    ['nobody-of-that-name', PASSWORD],
    ['known', 'not the password at all'],
    ['known-too', PASSWORD],
    ['without-password', PASSWORD],
    ['gone', PASSWORD],
  ];
  const times = new Map<string, number[]>();
  const words = new Set<string>();
  for (let round = 0; round < 10; round += 1) {
    house.clock.advance(20 * 60_000);
    for (const [username, password] of cases) {
      const began = performance.now();
      const error: unknown = await perform('signin.withPassword', { username, password, code: '123456' }).catch(
        (e: unknown) => e,
      );
      const took = performance.now() - began;
      if (!(error instanceof AppError)) throw new Error(`${username} signed in`);
      words.add(JSON.stringify([error.status, error.code, error.message, error.fix, error.errors, error.extra]));
      const kept = `${username} ${password}`;
      times.set(kept, [...(times.get(kept) ?? []), took]);
    }
  }
  expect([...words]).toHaveLength(1);
  // The password is hashed for everybody alike: without that, one case would take a tenth of another.
  const best = [...times.values()].map((all) => Math.min(...all));
  expect(Math.max(...best) / Math.min(...best), JSON.stringify([...times])).toBeLessThan(3);
});

test('an idempotency key gives no second secret: the repeat of what showed one is refused', async () => {
  const headers = { 'idempotency-key': newId() };
  const body = {
    name: 'once',
    scopes: ['read'],
    endsAt: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
  };
  const by = await together(AT_ONCE, () => boss.call('POST', '/v1/tokens', body, { headers }));
  expect([succeeded(by), by.get(409)?.length]).toEqual([1, AT_ONCE - 1]);
  expect(by.get(409)?.[0]?.body['code']).toBe('idempotency.answer_not_kept');
  expect(await rows('api_token', boss.id)).toBeLessThanOrEqual(2);
});
