import { afterAll, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { recomputeBirthrights } from '#govern/lifecycle/birthrights/recompute.ts';
import { seeThrough } from '#govern/certifications/subjects/see-through.ts';
import { reviewedCompany } from '#test/certifications/targets/reviewed-company.ts';

/**
 * Every kind of review and every way access comes about, on a Linux host, PostgreSQL, MariaDB, OpenLDAP and a Windows
 * domain at once: revoked, and gone as each of them says.
 */

const world = await reviewedCompany();
afterAll(() => world.close());
const { house, names, id, give, isIn, thingIds, everywhere, launch, items, decide, closed } = world;
const [YES, NO] = [everywhere(true), everywhere(false)];
const named = (...things: readonly string[]) => new RegExp(`(^|[ /])(${things.join('|')}) (on|in) `, 'u');

test('directly, by a birthright rule, by a role, nested, and put there behind Reeve', async () => {
  await give('rosa', 'direct', 'inner');
  await world.sneak('rosa', 'wrap');
  const clerks = await world.role('Clerks', await thingIds('by_role'));
  for (const name of ['rosa', 'omar']) await world.giveRole(name, clerks);
  for (const [n, entitlementId] of (await thingIds('by_rule')).entries())
    await house.perform(
      'birthrights.put',
      { name: `rule ${n}`, condition: { department: ['Bookings'] }, entitlementId },
      id('admin'),
    );
  await world.readAll();
  for (const thing of ['direct', 'wrap', 'inner', 'by_role', 'by_rule']) expect(await isIn('rosa', thing)).toEqual(YES);

  const campaign = await launch({ scope: { identityId: id('rosa') } });
  const all = await items(campaign);
  const chosen = all.filter((of) => named('direct', 'inner', 'by_rule').test(of.what) || of.what.includes('Clerks'));
  expect(chosen, JSON.stringify(all.map((of) => of.what))).toHaveLength(3 * names.length + 1);
  await decide(campaign, chosen);
  await recomputeBirthrights(house.as('lifecycle'), { identityIds: [id('rosa'), id('omar')] });
  await house.settle(60_000);
  await closed(campaign, ...chosen);
  for (const thing of ['direct', 'wrap', 'inner', 'by_role', 'by_rule']) expect(await isIn('rosa', thing)).toEqual(NO);
  for (const thing of ['by_role', 'by_rule']) expect(await isIn('omar', thing)).toEqual(YES);
  expect(await isIn('rosa', 'base')).toEqual(YES);
});

test('what a role is made of: everybody loses it when another has published that', async () => {
  const team = await world.role('Team', await thingIds('part'));
  await world.giveRole('omar', team);
  expect(await isIn('omar', 'part')).toEqual(YES);
  const campaign = await launch({ kind: 'role_composition', scope: { roleId: team } });
  const all = await items(campaign);
  expect(all).toHaveLength(names.length);
  await decide(campaign, all);
  await house.settle(60_000);
  expect(await isIn('omar', 'part')).toEqual(YES);
  await world.publish((await world.draftOf(team)).id, id('owner'), id('officer'));
  await seeThrough(house.as('certifications'));
  await house.settle(60_000);
  await closed(campaign, ...all);
  expect(await isIn('omar', 'part')).toEqual(NO);
});

test('an account nobody answers for is locked', async () => {
  expect(await world.stateOf('forgotten')).toEqual(everywhere('active'));
  const campaign = await launch({ kind: 'orphan_accounts', scope: { text: 'forgotten' } });
  const all = await items(campaign);
  expect(all).toHaveLength(names.length);
  await decide(campaign, all);
  await house.settle(60_000);
  await closed(campaign, ...all);
  expect(await world.stateOf('forgotten')).toEqual(everywhere('locked'));
});

test('found there and granted by nobody: a review opens by itself, and what it revokes is gone', async () => {
  const policy = { drift: { on: true, reviewer: 'manager', days: 7, noResponse: 'report' }, collectMinutes: 0 };
  await house.perform('reviews.putPolicy', { policy, reason: 'test' }, id('admin'));
  for (const name of ['rosa', 'omar']) await world.sneak(name, 'sneaked');
  await world.readAll();
  const { items: open } = await house.perform<{ items: { id: string; openedBy: string | null }[] }>(
    'campaigns.list',
    { scope: 'all', limit: 50 },
    id('admin'),
  );
  let revoked = 0;
  for (const { id: campaign } of open.filter((one) => one.openedBy === 'drift')) {
    const rosas = (await items(campaign)).filter(
      (of) => of.identityId === id('rosa') && named('sneaked').test(of.what),
    );
    if (rosas.length === 0) continue;
    revoked += rosas.length;
    await decide(campaign, rosas);
    await house.settle(60_000);
    await closed(campaign, ...rosas);
  }
  expect(revoked).toBe(names.length);
  expect([await isIn('rosa', 'sneaked'), await isIn('omar', 'sneaked')]).toEqual([NO, YES]);
});

test('while a target is away its item stays open with the reason, and is finished when it is back', async () => {
  await give('rosa', 'away');
  const campaign = await launch({ scope: { identityId: id('rosa'), text: 'away' } });
  const all = await items(campaign);
  expect(all).toHaveLength(names.length);
  await world.down();
  await decide(campaign, all);
  await until(async () => (await items(campaign)).every((of) => of.problem !== null), {
    timeoutMs: 30_000,
    what: 'the reasons',
  });
  for (const of of await items(campaign)) expect(of).toMatchObject({ state: 'revoking', effectMs: null, proven: null });
  await world.up();
  await closed(campaign, ...all);
  expect(await isIn('rosa', 'away')).toEqual(NO);
}, 150_000);
