import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { createRole, setRoleContent } from '#spine/graph/index.ts';
import { reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
let reviewer: string;
beforeAll(async () => {
  c = await reviewedCompany(({ decide }) => [
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
  ]);
  reviewer = await c.person('rowan');
});
afterAll(() => c.house.close());

const isCanary = async (item: Item): Promise<boolean> =>
  (await c.house.db.maybe(sql`select 1 from campaign_item where id = ${item.id} and canary is not null`)) !== undefined;
const split = async (items: readonly Item[]): Promise<{ canaries: Item[]; real: Item[] }> => {
  const [canaries, real]: Item[][] = [[], []];
  for (const item of items) ((await isCanary(item)) ? canaries : real)?.push(item);
  return { canaries: canaries ?? [], real: real ?? [] };
};
/** What a reader could tell a line by: which fields are there, and which say nothing. */
const shape = (item: object): string[] =>
  Object.entries(item)
    .map(([field, value]) => `${field} ${value === null}`)
    .sort();
const detail = (item: Item): Promise<object> => c.house.perform('items.show', { id: item.id }, reviewer);

/** Decides that all is right, and signs. */
const keepAll = async (id: string, items: readonly Item[]): Promise<unknown> => {
  for (const item of items) {
    c.house.clock.advance(300);
    await c.house.perform('items.decide', { id: item.id, decision: 'keep', comment: 'fine' }, reviewer);
  }
  return await c.house.perform('campaigns.sign', { id }, reviewer);
};

test('a part that is not in a role reads like those that are, and leads to nothing', async () => {
  const parts: string[] = [];
  for (let n = 0; n < 10; n += 1) parts.push(await c.entitlement('git', `part-${n}`, { ownerId: reviewer }));
  for (const [name, some] of [
    ['reads', parts.slice(0, 5)],
    ['writes', parts.slice(5)],
  ] as const)
    await c.build(async (ctx, permit) => {
      const made = await createRole(ctx, permit, { name, ownerId: reviewer, description: 'x', requestable: true });
      await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [...some], roleIds: [] });
    });
  c.house.clock.advance(1000);
  const id = await c.launch({
    kind: 'role_composition',
    scope: { ownerId: reviewer },
    review: { canaries: 2, holdFrom: 8 },
  });
  const { canaries, real } = await split(await c.items(id, reviewer));
  expect([canaries.length, real.length]).toEqual([2, 10]);
  const told = new Set(real.map((i) => i.what));
  for (const canary of canaries) {
    expect(canary.what).toMatch(/^part-\d on git in role (reads|writes)$/u);
    expect(told.has(canary.what)).toBe(false);
    expect(shape(canary)).toEqual(shape(real[0] ?? {}));
    expect(shape(await detail(canary))).toEqual(shape(await detail(real[0] as Item)));
  }
  expect(await keepAll(id, [...real, ...canaries])).toMatchObject({ held: { outcome: 'reopened' }, kept: 0 });
  const content = await c.house.db.one<{ n: number }>(
    sql`select count(*)::int as n from role_content where valid_to is null and entitlement_id = any(${sql.array(parts)}::uuid[])`,
  );
  expect(content.n).toBe(10);
});

test('an exception nobody has is found by who looks, and ends none', async () => {
  const { who, what, house } = c;
  const validTo = new Date(house.clock.now().getTime() + 90 * DAY).toISOString();
  for (let n = 0; n < 3; n += 1) {
    const rule = await house.perform<{ id: string }>(
      'sod.createRule',
      {
        name: `rule ${n}`,
        severity: 'high',
        ownerId: reviewer,
        functions: [
          { name: 'one', entitlementIds: [what.deploy] },
          { name: 'two', entitlementIds: [what.approve] },
        ],
      },
      who.joaquin,
    );
    for (let k = 0; k < 3; k += 1) {
      const identity = await c.person(`tolerated-${n}-${k}`);
      const asked = { rule: rule.id, identity, reason: 'small team', control: 'a log is read', validTo };
      await house.perform('sod.grantException', asked, who.joaquin);
    }
  }
  house.clock.advance(1000);
  const id = await c.launch({ kind: 'sod_exceptions', scope: { ownerId: reviewer }, review: { canaries: 1 } });
  const { canaries, real } = await split(await c.items(id, reviewer));
  expect([canaries.length, real.length]).toEqual([1, 9]);
  const [canary] = canaries;
  expect(shape(canary ?? {})).toEqual(shape(real[0] ?? {}));
  expect(real.some((i) => i.identityId === canary?.identityId && i.what === canary.what)).toBe(false);
  await house.perform('items.decide', { id: canary?.id, decision: 'revoke', comment: 'they have none' }, reviewer);
  house.clock.advance(4000);
  for (const item of real) {
    house.clock.advance(4000);
    await house.perform('items.decide', { id: item.id, decision: 'keep' }, reviewer);
  }
  expect(await house.perform('campaigns.sign', { id }, reviewer)).toMatchObject({ kept: 9, revoked: 0 });
  await house.settle(60_000);
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from sod_exception where valid_to > ${house.clock.now()}`,
  );
  expect(n).toBe(9);
  expect((await c.items(id)).filter((i) => i.canary)).toMatchObject([{ canaryFound: true, state: 'checked' }]);
});

test('something an account does not hold reads like what is held and nobody granted', async () => {
  const { who, house } = c;
  await house.perform(
    'reviews.putPolicy',
    { policy: { drift: { on: true, review: { canaries: 2 } }, collectMinutes: 0 }, reason: 'test' },
    who.dana,
  );
  const things: string[] = [];
  for (let n = 0; n < 5; n += 1) things.push(await c.entitlement('git', `found-${n}`, { ownerId: reviewer }));
  for (let k = 0; k < 5; k += 1) {
    const identity = await c.person(`drifting-${k}`);
    const { id: account } = await house.db.one<{ id: string }>(sql`
      insert into account (id, system_id, native_id, name, identity_id, linked_because, valid_from)
      select gen_random_uuid(), id, ${`d${k}`}, ${`d${k}`}, ${identity}, 'username', ${house.clock.now()} from system where name = 'git' returning id`);
    for (const thing of [things[k], things[(k + 1) % 5]]) {
      await house.db.run(sql`
        insert into holding (account_id, entitlement_id, observed_at, valid_from) values (${account}, ${thing}, ${house.clock.now()}, ${house.clock.now()})`);
      await house.db.run(sql`
        insert into review_wanted (id, opened_by, account_id, entitlement_id, identity_id, because, noted_at)
        values (gen_random_uuid(), 'drift', ${account}, ${thing}, ${identity}, 'found on the system, granted by nobody', ${house.clock.now()})`);
    }
  }
  house.clock.advance(1000);
  await openReviews(house.as('certifications'));
  await house.settle(60_000);
  const { id } = await house.db.one<{ id: string }>(sql`select id from campaign where opened_by = 'drift'`);
  const { canaries, real } = await split(await c.items(id, reviewer));
  expect([canaries.length, real.length]).toEqual([2, 10]);
  for (const canary of canaries) {
    expect(canary.what).toMatch(/^found-\d on git, which nobody granted$/u);
    expect(shape(canary)).toEqual(shape(real[0] ?? {}));
    expect(real.some((i) => i.identityId === canary.identityId && i.what === canary.what)).toBe(false);
  }
});
