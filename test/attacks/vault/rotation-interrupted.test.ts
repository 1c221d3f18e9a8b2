import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { findSecret, readVersion, useSecret, type VersionState } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { breakableRelay, type BreakableRelay } from '../../harness/breakable-relay.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/**
 * A rotation is cut off at the pieces that it sends or is sent, on the way to the target and on the way to the database,
 * by a link that breaks just then: what was under way is lost, as if Reeve had been killed there (which `npm
 * run chaos -- crash` does for real). Whatever the moment, Reeve knows a value that the target takes; and once the link
 * is whole again the rotation goes on to its end.
 */
let house: PeopledHouse;
let postgres: LabPostgres;
let toTarget: BreakableRelay;
let toDatabase: BreakableRelay;
let boss: Caller;
let accountId: string;
let secretId: string;

beforeAll(async () => {
  const own = new URL(inject('reeveTestServer').adminUrl);
  [postgres, toDatabase] = await Promise.all([startPostgres(), breakableRelay(Number(own.port))]);
  toTarget = await breakableRelay(postgres.port);
  house = await peopledHouse({
    database: {
      reconnectMs: 2_000,
      through: (direct) => {
        const url = new URL(direct);
        url.hostname = '127.0.0.1';
        url.port = String(toDatabase.port);
        return url.href;
      },
    },
  });
  boss = await house.person('boss', {}, ['administrator', 'security_officer']);
  const { id } = must<{ id: string }>(
    await boss.call('POST', '/v1/systems', {
      name: 'orders',
      kind: 'postgres',
      host: '127.0.0.1',
      port: toTarget.port,
      settings: { database: 'shop' },
      pinned: [`tls-sha256:${postgres.tls?.fingerprint256}`],
      username: postgres.superuser.username,
      secret: { kind: 'password', value: postgres.superuser.password },
    }),
  );
  must(await boss.call('POST', `/v1/systems/${id}/read`));
  await house.settle(60_000);
  ({ id: accountId } = await house.db.one<{ id: string }>(
    sql`select id from account where system_id = ${id} and name = 'lena'`,
  ));
  ({ secretId } = must<{ secretId: string }>(await boss.call('POST', `/v1/accounts/${accountId}/rotate`)));
  await house.settle(60_000);
  if (!(await opens(await valueOf('current')))) throw new Error('the first rotation is not done');
  await house.idle();
});
afterAll(async () => {
  await house?.close();
  await toTarget?.stop();
  await toDatabase?.stop();
  await postgres?.stop();
});

/** What the vault holds, as Reeve itself would read it. */
const valueOf = (state: VersionState): Promise<string | undefined> =>
  house.as('rotation').act({ action: 'secret.use' }, async (ctx, permit) => {
    const secret = await findSecret(ctx.tx, secretId);
    if (secret === undefined || (await readVersion(ctx.tx, secretId, { state })) === undefined) return undefined;
    const opened = await useSecret(house.keys, ctx, permit, {
      secret,
      systemId: secret.systemId ?? '',
      purpose: 'rotation',
      state: state as 'current' | 'pending',
    });
    return opened.value.toString('utf8');
  });

/** Whether the target lets lena in with it; asked of the target itself, by no way of Reeve's. */
async function opens(password: string | undefined): Promise<boolean> {
  if (password === undefined) return false;
  const client = new Client({
    host: postgres.host,
    port: postgres.port,
    user: 'lena',
    database: 'postgres',
    password,
    ssl: { rejectUnauthorized: false },
  });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false;
    throw error;
  }
}

const run = async (rotationId: string): Promise<boolean> =>
  await Promise.resolve(house.tasks['rotation.run']?.({ rotationId }, undefined as never)).then(
    () => true,
    () => false,
  );
const stateOf = async (rotationId: string): Promise<string> =>
  (await house.db.one<{ state: string }>(sql`select state from rotation where id = ${rotationId}`)).state;
const planned = async (): Promise<string> =>
  must<{ id: string }>(await boss.call('POST', `/v1/accounts/${accountId}/rotate`)).id;

/** A rotation cut at that piece, and then let be; answers whether it came that far. */
async function cutAt(relay: BreakableRelay, piece: number): Promise<boolean> {
  const before = await valueOf('current');
  const id = await planned();
  relay.cutAt(piece);
  await run(id);
  const { cut } = relay.cutAt(0);
  await until(() => house.db.run(sql`select 1`).then(Boolean, () => false), { what: 'the database to answer' });
  await new Promise((done) => setTimeout(done, 50)); // connections that broke are told apart from those that did not
  const known = [await valueOf('current'), await valueOf('pending')];
  const works = [await opens(known[0]), await opens(known[1])];
  expect(works, `cut at piece ${piece}: nothing Reeve knows opens the account`).toContain(true);
  for (let tries = 0; tries < 3 && !['done', 'failed'].includes(await stateOf(id)); tries += 1) await run(id);
  expect(await stateOf(id), `cut at piece ${piece}`).toBe('done');
  const current = await valueOf('current');
  expect([await opens(current), await opens(before), await valueOf('pending')], `cut at piece ${piece}`).toEqual([
    true,
    false,
    undefined,
  ]);
  return cut;
}

/** How long each link is broken again and again; on a machine with nothing else to do, long enough for every piece. */
const BUDGET_MS = 15_000;
/** 1 to n, so that whatever part of it is done is spread over the whole: by the golden ratio. */
const spread = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => ({ piece: i + 1, at: (i * 0.618_033_988_75) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ piece }) => piece);

describe.each([
  ['to the target', () => toTarget],
  ['to the database', () => toDatabase],
])('a rotation whose link %s breaks at any moment', (_where, relay) => {
  test('leaves a value that Reeve knows and that opens the account, and is finished later', async () => {
    relay().cutAt(0);
    const whole = await planned();
    expect(await run(whole)).toBe(true);
    const { pieces } = relay().cutAt(0);
    expect(pieces).toBeGreaterThan(20);
    const end = performance.now() + BUDGET_MS;
    const cuts: number[] = [];
    for (const piece of spread(pieces)) {
      if (await cutAt(relay(), piece)) cuts.push(piece);
      if (performance.now() > end && cuts.length >= 8) break;
    }
    console.log(`rotation-interrupted: ${pieces} pieces, cut at ${cuts.length} of them`);
    expect(cuts.length).toBeGreaterThanOrEqual(8);
  });
});
