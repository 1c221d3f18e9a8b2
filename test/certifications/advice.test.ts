import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { replayWithout } from '#spine/graph/index.ts';
import { reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
type Advised = Item & { readonly recommendation: { what: string; rule: string; reasons: string[] } | null };
let c: ReviewedCompany;
let thing: string;
let account: { id: string; systemId: string };
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  thing = await c.entitlement('web1', `advised-${n}`, { ownerId: c.who.priya });
  const { systemId } = await c.house.db.one<{ systemId: string }>(
    sql`select system_id from entitlement where id = ${thing}`,
  );
  const made = await c.house.db.one<{ id: string }>(sql`
    insert into account (id, system_id, native_id, name, valid_from)
    values (gen_random_uuid(), ${systemId}, ${`a${n}`}, ${`a${n}`}, ${c.house.clock.now()}) returning id`);
  account = { id: made.id, systemId };
});

const used = (who: string, grants: readonly string[], daysAgo: number): Promise<unknown> =>
  c.house.db.run(sql`
    insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
    values (gen_random_uuid(), ${who}, ${account.id}, ${account.systemId}, ${sql.array([...grants])}::uuid[], 'ssh',
            ${new Date(c.house.clock.now().getTime() - daysAgo * DAY)}, true)`);
const launch = (more: object = {}): Promise<string> => {
  c.house.clock.advance(1000);
  return c.launch({ scope: { entitlementId: thing }, reviewerRule: 'owner', ...more });
};
const without = (id: string | undefined): Promise<{ known: boolean; sentence: string }> =>
  c.house.perform('items.without', { id }, c.who.priya);

test('what would have failed without it is counted from what each session rested on', async () => {
  const { who } = c;
  const grant = await c.give(who.lena, thing);
  const other = await c.give(who.lena, await c.entitlement('web1', `beside-${n}`, { ownerId: who.priya }));
  await used(who.lena, [grant], 10);
  await used(who.lena, [grant, other], 20);
  await used(who.lena, [other], 30);
  await used(who.lena, [grant], 100);
  const [item] = await c.items(await launch(), who.priya);
  expect(await without(item?.id)).toMatchObject({
    known: true,
    sessions: 3,
    rested: 2,
    failed: 1,
    sentence:
      'Without this, 1 of their 3 recorded sessions of the 90 days before the launch would have failed. 1 more used it, and something else would have carried them.',
  });
});

test('where nothing was seen it is unknown, and said so', async () => {
  const omar = await c.person(`quiet${n}`);
  await c.give(omar, thing);
  const [item] = await c.items(await launch(), c.who.priya);
  const said = await without(item?.id);
  expect(said.known).toBe(false);
  expect(said.sentence).toMatch(/^Unknown/);
});

test('the count is that of a replay, session by session, whatever they rested on', async () => {
  const { house } = c;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.subarray([0, 1, 2], { minLength: 1 }), { maxLength: 12 }),
      fc.subarray([0, 1, 2], { minLength: 1 }),
      async (sessions, taken) => {
        n += 1;
        const person = await c.person(`replayed${n}`);
        const grants: string[] = [];
        for (const k of [0, 1, 2])
          grants.push(await c.give(person, await c.entitlement('web1', `replay-${n}-${k}`, { ownerId: c.who.priya })));
        for (const rests of sessions)
          await used(
            person,
            rests.map((k) => grants[k] ?? ''),
            5,
          );
        const gone = new Set(taken.map((k) => grants[k]));
        // The door opens for whoever has one of the grants: asked again without those taken away.
        const opens = (rests: readonly number[]): boolean => rests.some((k) => !gone.has(grants[k]));
        const to = house.clock.now();
        const found = await house.db.tx((tx) =>
          replayWithout(tx, {
            identityId: person,
            grantIds: taken.map((k) => grants[k] ?? ''),
            from: new Date(to.getTime() - 90 * DAY),
            to,
          }),
        );
        expect([found.sessions, found.failed]).toEqual([sessions.length, sessions.filter((s) => !opens(s)).length]);
      },
    ),
    { numRuns: 15 },
  );
});

test('a recommendation stands beside the item with its reasons, and is held against what people decided', async () => {
  const { who, house } = c;
  const [stale, fresh, quiet] = [await c.person(`stale${n}`), await c.person(`fresh${n}`), await c.person(`none${n}`)];
  await used(stale, [await c.give(stale, thing)], 200);
  await used(fresh, [await c.give(fresh, thing)], 2);
  await c.give(quiet, thing);
  const id = await launch();
  const items = (await c.items(id, who.priya)) as Advised[];
  const of = (person: string): Advised | undefined => items.find((i) => i.identityId === person);
  expect(of(stale)?.recommendation).toMatchObject({ what: 'revoke', rule: 'use.stale' });
  expect(of(fresh)?.recommendation).toMatchObject({ what: 'keep', rule: 'use.recent' });
  expect(of(quiet)?.recommendation).toBeNull();
  expect(items.every((i) => i.decision === null && i.state === 'open')).toBe(true);
  for (const item of items) await house.perform('items.decide', { id: item.id, decision: 'keep' }, who.priya);
  await house.perform('campaigns.sign', { id }, who.priya);
  expect(await house.perform('campaigns.advice', { id }, who.dana)).toEqual({ items: [] });
  await house.perform('campaigns.close', { id }, who.dana);
  await house.settle(60_000);
  expect(await house.perform('campaigns.advice', { id }, who.dana)).toEqual({
    items: [
      { recommender: 'use', rule: 'use.recent', what: 'keep', decided: 1, overturned: 0, shareOverturned: 0 },
      { recommender: 'use', rule: 'use.stale', what: 'revoke', decided: 1, overturned: 1, shareOverturned: 1 },
    ],
  });
});
