import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { createAuthenticator, signinModule } from '#platform/signin/index.ts';
import { applyReading, putEntitlement, registerSystem, startGrant, startUse } from '#spine/graph/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const { people } = generateCompany({ today: TODAY });
const leaving = people.filter((p) => p.status === 'active' && p.end_date === '').slice(20, 45);

let house: LifecycleHouse;
const id = new Map<string, string>();
beforeAll(async () => {
  house = await lifecycleHouse(({ db, keys }) => [signinModule({ db, keys, publicUrl: 'http://localhost' })]);
  await house.feed(csvOf(people));
  for (const row of await house.db.many<{ id: string; username: string }>(
    sql`select identity_id as id, username from identity_facts where valid_to is null`,
  ))
    id.set(row.username, row.id);
  await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web', kind: 'fake' });
    const { id: entitlementId } = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'x',
      name: 'x',
    });
    await applyReading(ctx, permit, {
      systemId: system.id,
      trusted: true,
      reading: {
        accounts: leaving.map((p) => ({
          nativeId: p.username,
          name: p.username,
          kind: 'shared' as const,
          state: 'active' as const,
          attributes: {},
          privilegedBecause: [],
        })),
        entitlements: [],
        holdings: [],
        nesting: [],
      },
    });
    for (const person of leaving) {
      const identityId = id.get(person.username) ?? '';
      const grant = await startGrant(ctx, permit, { identityId, entitlementId, origin: 'request', reason: 'x' });
      const account = await ctx.tx.one<{ id: string }>(sql`select id from account where name = ${person.username}`);
      await startUse(ctx, permit, {
        id: newId(),
        identityId,
        accountId: account.id,
        systemId: system.id,
        grantIds: [grant.id],
        protocol: 'ssh',
        recorded: true,
      });
      await ctx.tx.run(sql`
        insert into signin (id, token_hash, identity_id, method, ends_at)
        values (${newId()}, ${hashToken(`rvs_${person.username}`)}, ${identityId}, 'passkey', ${ctx.now}::timestamptz + interval '1 hour')`);
      await ctx.tx.run(sql`
        insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
        values (${newId()}, ${hashToken(`rv_${person.username}`)}, ${identityId}, 't', '{*}', ${ctx.now}, ${ctx.now}::timestamptz + interval '1 day')`);
    }
  });
});
afterAll(() => house.close());

test('within five seconds of the feed nothing proves a leaver any more, every node was told to end their sessions, and the receipts say so', async () => {
  const authenticate = createAuthenticator(house.db, house.clock);
  const proven = async (): Promise<number> => {
    let known = 0;
    for (const { username } of leaving) {
      const asked = [
        { cookie: `rvs_${username}`, token: undefined, address: '127.0.0.1' },
        { cookie: undefined, token: `rv_${username}`, address: '127.0.0.1' },
      ];
      for (const proof of asked) if ((await authenticate(proof)) !== undefined) known += 1;
    }
    return known;
  };
  expect(await proven()).toBe(2 * leaving.length);

  const began = performance.now();
  const run = await house.feed(
    csvOf(people.map((p) => (leaving.includes(p) ? { ...p, status: 'terminated' as const } : p))),
  );
  const elapsed = performance.now() - began;
  expect(run.counts['left']).toBe(leaving.length);
  expect(await proven()).toBe(0);
  expect(elapsed).toBeLessThan(5_000);

  const signals = await house.db.many<{ subject: string }>(
    sql`select subject from signal where kind = 'lock_identity' order by subject`,
  );
  const ids = leaving.map((p) => id.get(p.username) ?? '');
  expect(signals.map((s) => s.subject).toSorted()).toEqual(ids.toSorted());
  const items = await house.db.many<{ what: string; n: number; done: number }>(sql`
    select i.what, count(*)::int as n, count(i.done_at)::int as done from receipt_item i
      join lifecycle_receipt r on r.id = i.receipt_id where r.what = 'left' group by i.what order by i.what`);
  expect(items).toEqual([
    { what: 'grant_ended', n: leaving.length, done: leaving.length },
    { what: 'session_ended', n: leaving.length, done: 0 },
    { what: 'sign_ins_ended', n: leaving.length, done: leaving.length },
  ]);
});
