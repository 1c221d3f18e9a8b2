import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { createAuthenticator } from './authenticate.ts';
import { makeEnrolmentLink } from './enrolment-link.ts';
import { signinModule } from './index.ts';

let house: House;
beforeAll(async () => {
  house = await testHouse(({ db, keys }) => [
    graphModule,
    signinModule({ db, keys, publicUrl: 'http://localhost:8470' }),
  ]);
});
afterAll(() => house.close());

const firstLink = (): Promise<string> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'first_administrator', hours: 1 }),
    );

const codeFor = (uri: string): string => {
  const secret = /secret=([A-Z2-7]+)/.exec(uri)?.[1] ?? '';
  return new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
};
const PASSWORD = 'correct horse battery staple';

test('the first administrator enrols through a one-time link and is signed in; the link works once', async () => {
  const token = await firstLink();
  const begun = await house.perform<{ totpUri: string; identityId: string }>('enrolment.begin', {
    token,
    person: { username: 'dana', displayName: 'Dana Example' },
  });
  const finish = { token, password: { password: PASSWORD, code: codeFor(begun.totpUri) } };
  const answer = await house.perform<{ sessionToken: string }>('enrolment.finish', finish);

  const who = await createAuthenticator(
    house.db,
    house.clock,
  )({ cookie: answer.sessionToken, token: undefined, address: '::1' });
  expect(who?.principal).toEqual({ kind: 'identity', id: begun.identityId });
  expect(await house.perform('me.show', {}, begun.identityId)).toMatchObject({
    roles: ['administrator'],
    username: 'dana',
  });
  expect(await house.perform('signin.status', {})).toEqual({ needsFirstAdministrator: false });
  await expect(house.perform('enrolment.finish', finish)).rejects.toMatchObject({
    code: 'enrolment.link_over',
    status: 401,
  });
});

test('a one-time code works once, and wrong name, password and code answer alike', async () => {
  house.clock.advance(60_000);
  const uri = await house.db.one<{ n: number }>(sql`select count(*) as n from signin_totp`);
  expect(uri.n).toBe(1);
  const wrong = await Promise.all(
    [
      { username: 'nobody', password: PASSWORD, code: '123456' },
      { username: 'dana', password: 'something else entirely', code: '123456' },
      { username: 'dana', password: PASSWORD, code: '000000' },
    ].map((input) => house.perform('signin.withPassword', input).catch((e: unknown) => (e as Error).message)),
  );
  expect(new Set(wrong).size).toBe(1);
});

test('after five wrong tries a name is closed for a while, in whatever spelling', async () => {
  const tries = ['mallory', 'Mallory', ' mallory', 'ｍallory', 'MALLORY'];
  for (const username of tries) {
    await expect(
      house.perform('signin.withPassword', { username, password: 'x'.repeat(12), code: '123456' }),
    ).rejects.toMatchObject({ status: 401 });
  }
  await expect(
    house.perform('signin.withPassword', { username: 'mallory', password: 'x'.repeat(12), code: '123456' }),
  ).rejects.toMatchObject({ status: 429 });
  house.clock.advance(16 * 60_000);
  await expect(
    house.perform('signin.withPassword', { username: 'mallory', password: 'x'.repeat(12), code: '123456' }),
  ).rejects.toMatchObject({ status: 401 });
});

test('an API token does no more than its scopes, and nothing once revoked', async () => {
  const dana = (
    await house.db.one<{ id: string }>(sql`select identity_id as id from identity_facts where username = 'dana'`)
  ).id;
  const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
  const made = await house.perform<{ id: string; token: string }>(
    'tokens.create',
    { name: 'ci', scopes: ['me.read'], endsAt },
    dana,
  );
  const authenticate = createAuthenticator(house.db, house.clock);
  const asker = await authenticate({ cookie: undefined, token: made.token, address: '::1' });
  expect(asker?.scopes).toEqual(['me.read']);
  const operation = house.registry.operations.get('tokens.list');
  if (operation === undefined || asker === undefined) throw new Error('missing');
  await expect(house.operator.perform(operation, {}, { ...asker, trace: 't' })).rejects.toMatchObject({
    code: 'token.out_of_scope',
  });
  await house.perform('tokens.revoke', { id: made.id }, dana);
  expect(await authenticate({ cookie: undefined, token: made.token, address: '::1' })).toBeUndefined();
});

test('what is refused is recorded though its transaction rolled back', async () => {
  const events = await house.db.many<{ data: { code: string } }>(
    sql`select data from audit_event where type = 'operation.refused'`,
  );
  expect(events.map((e) => e.data.code)).toContain('signin.refused');
});

test('no token, password or code is in the log or the tables in clear', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from audit_event t union all select to_jsonb(t)::text from api_token t
    union all select to_jsonb(t)::text from signin t union all select to_jsonb(t)::text from signin_password t`);
  const all = dump.map((d) => d.row).join('\n');
  expect(all).not.toContain(PASSWORD);
  expect(all).not.toMatch(/rv[a-z]?_[a-z2-7]{20,}/);
});
