import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { proving } from '../../harness/fresh-proof.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

let house: PeopledHouse;
let boss: Caller;
let officer: Caller;
let lena: Caller;
let ids: readonly string[];

beforeAll(async () => {
  house = await peopledHouse();
  boss = proving(house, await house.person('boss', {}, ['administrator']));
  officer = proving(house, await house.person('joaquin', {}, ['security_officer']));
  lena = await house.person('lena');
  ids = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const made = { name: `team/s${i}`, kind: 'password', username: 'root', value: `canary-${i}` };
      return must<{ id: string }>(await officer.call('POST', '/v1/vault/secrets', made)).id;
    }),
  );
});
afterAll(() => house?.close());

const events = async (type: string): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*) as n from audit_event where type = ${type}`)).n;
const seal = (who: Caller): ReturnType<Caller['call']> =>
  who.call('POST', '/v1/vault/seal', { because: 'somebody is in' });
const take = async (id: string): Promise<Awaited<ReturnType<Caller['call']>> & { readonly at: number }> => {
  const out = await officer.call('POST', `/v1/vault/secrets/${id}/checkout`, { reason: 'load' });
  const at = performance.now();
  if (out.status === 200) await officer.call('POST', `/v1/vault/checkouts/${String(out.body['checkoutId'])}/checkin`);
  return { ...out, at };
};

test('who is not signed in learns nothing of it and does nothing to it', async () => {
  for (const [method, path, body] of [
    ['GET', '/v1/vault/seal'],
    ['GET', '/v1/vault/keys'],
    ['POST', '/v1/vault/seal', { because: 'x' }],
    ['POST', '/v1/vault/unseal', {}],
    ['POST', '/v1/vault/shares/enter', { share: 'rs1' }],
    ['POST', '/v1/vault/shares/take', {}],
    ['POST', '/v1/vault/rekey', { place: 'file' }],
    ['POST', '/v1/vault/rekey/cancel', {}],
  ] as const)
    expect((await house.stranger.call(method, path, body)).status, path).toBe(401);
});

test('who runs nothing sees whether it is sealed, and neither seals nor changes it', async () => {
  expect(must(await lena.call('GET', '/v1/vault/seal'))).toMatchObject({ state: 'open', shareWaitsForYou: false });
  expect((await lena.call('GET', '/v1/vault/keys')).status).toBeGreaterThanOrEqual(403);
  expect((await seal(lena)).status).toBeGreaterThanOrEqual(403);
  expect((await lena.call('POST', '/v1/vault/rekey', { place: 'file' })).status).toBeGreaterThanOrEqual(403);
  expect((await officer.call('POST', '/v1/vault/rekey', { place: 'file' })).status).toBeGreaterThanOrEqual(403);
});

test('sealed under load by one person it is done within a second, and what was under way fails cleanly with nothing told', async () => {
  const state = { going: true, sealedAt: Infinity };
  const told: { readonly at: number; readonly began: number; readonly status: number; readonly text: string }[] = [];
  const readers = Promise.all(
    ids.slice(0, 10).map(async (id) => {
      while (state.going) {
        const asked = performance.now();
        const { status, text, at } = await take(id);
        told.push({ at, began: asked, status, text });
      }
    }),
  );
  let began = 0;
  let plainRead = 0;
  let sealed: Awaited<ReturnType<typeof seal>> | undefined;
  try {
    await until(() => told.filter(({ status }) => status === 200).length >= 40, { timeoutMs: 30_000 });
    const looked = performance.now();
    await lena.call('GET', '/v1/vault/seal');
    began = performance.now();
    plainRead = began - looked;
    sealed = await seal(officer);
    state.sealedAt = performance.now();
    const seen = told.length;
    await until(() => told.length > seen + 60, { timeoutMs: 30_000 });
  } finally {
    state.going = false;
    await readers;
  }
  expect(sealed?.status, sealed?.text).toBe(200);
  // On a machine so busy that a plain read takes longer than a tenth of that, as much longer.
  expect(state.sealedAt - began).toBeLessThan(Math.max(1_000, 10 * plainRead));
  // What was on its way to them when it was sealed arrives; nothing after that.
  for (const { at } of told.filter(({ text }) => text.includes('canary-')))
    expect(at).toBeLessThan(state.sealedAt + 250);
  const after = told.filter((one) => one.began > state.sealedAt);
  expect(after.length).toBeGreaterThan(40);
  for (const { status, text } of after) {
    expect([503, 409], text).toContain(status);
    expect(text).not.toContain('canary-');
  }
  const refusals = after.filter(({ status }) => status === 503);
  expect(refusals.length).toBeGreaterThan(20);
  for (const { text } of refusals)
    expect(JSON.parse(text)).toMatchObject({ code: 'vault.sealed', fix: expect.any(String) as string });
  expect(await events('vault_key.sealed')).toBe(1);
});

describe('while it is sealed', () => {
  test('nothing is stored, changed or rotated', async () => {
    const before = await house.db.one(sql`select count(*) as n, max(version) as v from secret_version`);
    const { id } = await house.db.one<{ id: string }>(sql`select id from secret order by id limit 1`);
    for (const [path, body] of [
      ['/v1/vault/secrets', { name: 'team/new', kind: 'password', value: 'x' }],
      [`/v1/vault/secrets/${id}/versions`, { value: 'x' }],
      ['/v1/vault/verify', {}],
    ] as const) {
      const answer = await officer.call('POST', path, body);
      expect([answer.status, answer.body['code']], answer.text).toEqual([503, 'vault.sealed']);
    }
    expect(await house.db.one(sql`select count(*) as n, max(version) as v from secret_version`)).toEqual(before);
  });

  test('people sign in, read, are given and lose access, and all of it is on the record', async () => {
    const fresh = await house.person('fresh');
    expect((await fresh.call('GET', '/v1/me')).status).toBe(200);
    expect((await officer.call('GET', '/v1/vault/secrets')).status).toBe(200);
    expect((await boss.call('GET', '/v1/identities')).status).toBe(200);
    expect(must(await boss.call('GET', '/v1/vault/keys'))).toMatchObject({ vault: { state: 'sealed' } });
    const before = await events('secret.listed');
    expect(before).toBe(await events('secret.listed'));
    const opened = await house.db.one<{ id: string }>(
      sql`select id from audit_event where type = 'vault_key.sealed' limit 1`,
    );
    const auditor = await house.person('auditor', {}, ['auditor']);
    const read = await auditor.call('GET', `/v1/audit/events/${opened.id}`);
    expect(read.status, read.text).toBe(200);
  });

  test('a second seal changes nothing, and a root key is not changed', async () => {
    expect((await seal(boss)).body['code']).toBe('vault.sealed_already');
    expect((await boss.call('POST', '/v1/vault/rekey', { place: 'file' })).body['code']).toBe('vault.sealed');
  });

  test('somebody unseals it and everything is there', async () => {
    await house.db.run(
      sql`update secret_checkout set ended_at = started_at, ended_because = 'test' where ended_at is null`,
    );
    expect(must(await officer.call('POST', '/v1/vault/unseal'))).toMatchObject({ state: 'open' });
    const out = await take(ids[0] ?? '');
    expect(out.body['value']).toBe('canary-0');
    expect(await events('vault_key.unsealed')).toBe(1);
  });
});

describe('a root key in shares', () => {
  const shares = new Map<string, string>();
  let holders: Caller[] = [];

  test('takes over once each holder took theirs, and nobody is shown another one', async () => {
    holders = await Promise.all(
      ['ada', 'ben', 'cleo', 'dev', 'eli'].map(async (name) => proving(house, await house.person(name))),
    );
    const input = { place: 'shamir', holders: holders.map(({ id }) => id), threshold: 3 };
    for (const wrong of [
      { ...input, threshold: 6 },
      { ...input, threshold: undefined },
      { ...input, holders: [] },
      { ...input, ring: 'records' },
      { ...input, holders: [holders[0]?.id, holders[0]?.id], threshold: 2 },
    ])
      expect((await boss.call('POST', '/v1/vault/rekey', wrong)).status).toBe(422);
    expect(must(await boss.call('POST', '/v1/vault/rekey', input))).toMatchObject({ state: 'prepared' });
    expect((await boss.call('POST', '/v1/vault/rekey', input)).body['code']).toBe('root_key.is_being_changed');
    expect((await boss.call('POST', '/v1/vault/shares/take')).status).toBe(404);
    for (const [i, holder] of holders.entries()) {
      expect(must(await holder.call('GET', '/v1/vault/seal'))).toMatchObject({ shareWaitsForYou: true });
      const taken = must<{ share: string; left: number }>(await holder.call('POST', '/v1/vault/shares/take'));
      expect(taken.left).toBe(4 - i);
      shares.set(holder.id, taken.share);
      expect((await holder.call('POST', '/v1/vault/shares/take')).status).toBe(404);
      const { vault } = must<{ vault: { place: string } }>(await boss.call('GET', '/v1/vault/keys'));
      expect(vault.place).toBe(i === 4 ? 'shamir' : 'file');
    }
    expect(new Set(shares.values()).size).toBe(5);
    const { n } = await house.db.one<{ n: number }>(
      sql`select count(*) as n from root_key_share where sealed is not null`,
    );
    expect(n).toBe(0);
  });

  test('sealed, any three open it; a wrong share counts for nothing and is on the record', async () => {
    const enter = (who: Caller, share: string): ReturnType<Caller['call']> =>
      who.call('POST', '/v1/vault/shares/enter', { share });
    const shareOf = (i: number): string => shares.get(holders[i]?.id ?? '') ?? '';
    for (const some of [
      [0, 1, 2],
      [4, 3, 1],
    ]) {
      must(await seal(officer));
      expect((await officer.call('POST', '/v1/vault/unseal')).body['code']).toBe('vault.wants_shares');
      const refused = await events('vault_key.share_refused');
      const share = shareOf(some[0] ?? 0);
      const mistyped = `${share.slice(0, -1)}${share.endsWith('0') ? '1' : '0'}`;
      const answer = await enter(holders[0] as Caller, mistyped);
      expect(answer.status).toBe(422);
      expect(answer.text).not.toContain(mistyped.slice(21, 60));
      expect(await events('vault_key.share_refused')).toBe(refused + 1);
      for (const [n, i] of some.entries()) {
        expect((await take(ids[1] ?? '')).body['code']).toBe('vault.sealed');
        const told = must(await enter(holders[i] as Caller, shareOf(i)));
        expect(told).toEqual({ state: n === 2 ? 'open' : 'waiting', entered: n + 1, needed: 3 });
      }
      expect((await take(ids[1] ?? '')).body['value']).toBe('canary-1');
    }
    const trail = await house.db.many<{ data: object; sealed: object }>(
      sql`select data, sealed from audit_event where type like 'vault_key.%' or type like 'root_key.%'`,
    );
    for (const text of [JSON.stringify(trail)])
      for (const share of shares.values()) expect(text).not.toContain(share.slice(21, 60));
  });
});
