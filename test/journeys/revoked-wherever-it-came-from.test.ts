import { afterAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { seeThrough } from '#govern/certifications/subjects/see-through.ts';
import { recomputeBirthrights } from '#govern/lifecycle/birthrights/recompute.ts';
import { reviewedServer } from '#test/certifications/reviewed-server.ts';

/** Every kind of review and every way access comes about, on a real PostgreSQL server: what a reviewer may choose, and whom it leaves alone. */

const world = await reviewedServer();
afterAll(() => world.close());
const { house, systemId, id, read, psql, isIn, thing, give } = world;
const { launch, item, revoke, closed, offered, role, publish, draftOf, giveRole } = world;

test('by a role: the person is out of the role, and others keep it', async () => {
  const clerks = await role('Clerks', ['by_role']);
  for (const name of ['lena', 'omar']) await giveRole(name, clerks);
  const campaign = await launch({ kind: 'role_membership', scope: { roleId: clerks } });
  const of = await item(campaign, (one) => one.identityId === id('lena'));
  expect((await offered(of))[0]?.does).toEqual(['takes the person out of the role Clerks']);
  await revoke(campaign, of);
  await closed(campaign, of);
  expect([await isIn('lena', 'by_role'), await isIn('omar', 'by_role')]).toEqual([false, true]);
});

test('by a birthright rule: the person is excluded from it, and the next look at the rules gives nothing back', async () => {
  await house.perform(
    'birthrights.put',
    { name: 'finance', condition: { department: ['Finance'] }, entitlementId: await thing('by_rule') },
    id('admin'),
  );
  await until(() => isIn('lena', 'by_rule'), { timeoutMs: 30_000, what: 'what the rule gives' });
  await house.settle(60_000);
  const campaign = await launch({ scope: { entitlementId: await thing('by_rule'), identityId: id('lena') } });
  const of = await item(campaign);
  expect((await offered(of))[0]?.does[0]).toContain('excludes the person from the rule finance');
  await revoke(campaign, of);
  await recomputeBirthrights(house.as('lifecycle'), { identityIds: [id('lena'), id('omar')] });
  await house.settle(60_000);
  await closed(campaign, of);
  expect([await isIn('lena', 'by_rule'), await isIn('omar', 'by_rule')]).toEqual([false, true]);
});

test('directly and by a role at once: nothing gives it any more', async () => {
  const pair = await role('Pair', ['both']);
  await giveRole('lena', pair);
  await giveRole('omar', pair);
  await give('lena', 'both');
  const campaign = await launch({ scope: { entitlementId: await thing('both') } });
  const of = await item(campaign);
  expect(await offered(of)).toMatchObject([
    {
      action: 'person',
      narrowest: true,
      does: ['ends the grant of both on ledger', 'takes the person out of the role Pair'],
    },
    { action: 'role', narrowest: false },
  ]);
  await revoke(campaign, of);
  await closed(campaign, of);
  expect([await isIn('lena', 'both'), await isIn('omar', 'both')]).toEqual([false, true]);
});

test('directly and nested in a group on the server: both go', async () => {
  await give('lena', 'wrap');
  await give('lena', 'inner');
  const campaign = await launch({ scope: { entitlementId: await thing('inner') } });
  const of = await item(campaign);
  await revoke(campaign, of);
  await closed(campaign, of);
  expect([await isIn('lena', 'wrap'), await isIn('lena', 'inner')]).toEqual([false, false]);
});

test('nested in a group somebody was put into behind Reeve: that membership is dropped', async () => {
  await give('omar', 'inner');
  await psql('grant wrap to omar');
  await read();
  const campaign = await launch({ scope: { entitlementId: await thing('inner') } });
  const of = await item(campaign, (one) => one.identityId === id('omar'));
  expect((await offered(of))[0]?.does.join()).toContain('takes wrap off the account omar');
  await revoke(campaign, of);
  await closed(campaign, of);
  await closed(campaign, of);
  expect([await isIn('omar', 'wrap'), await isIn('omar', 'inner')]).toEqual([false, false]);
});

test('taken out of the role for everybody, where the reviewer chose so: open until that is published', async () => {
  const crew = await role('Crew', ['for_all']);
  for (const name of ['lena', 'omar']) await giveRole(name, crew);
  await give('lena', 'for_all');
  const campaign = await launch({ scope: { entitlementId: await thing('for_all') } });
  const of = await item(campaign);
  await revoke(campaign, of, 'role');
  const waiting = await item(campaign);
  expect(waiting.state).toBe('revoking');
  expect(waiting.problem).toContain('leaves it out and waits to be published');
  expect(await isIn('lena', 'for_all')).toBe(true);
  const version = await draftOf(crew);
  await publish(version.id, id('owner'), id('officer'));
  await seeThrough(house.as('certifications'));
  await closed(campaign, of);
  expect([await isIn('lena', 'for_all'), await isIn('omar', 'for_all')]).toEqual([false, false]);
});

test('a part of a role: its owner revokes it, another publishes, and everybody loses it', async () => {
  const team = await role('Team', ['direct', 'by_role']);
  await giveRole('omar', team);
  expect(await isIn('omar', 'direct')).toBe(true);
  const campaign = await launch({ kind: 'role_composition', scope: { roleId: team } });
  const of = await item(campaign, (one) => one.what.startsWith('direct'));
  expect(of).toMatchObject({ what: 'direct on ledger in role Team', reviewerId: id('owner'), identityId: null });
  await revoke(campaign, of);
  expect(await item(campaign, (one) => one.id === of.id)).toMatchObject({ state: 'revoking' });
  expect(await isIn('omar', 'direct')).toBe(true);
  const version = await draftOf(team);
  expect(version.madeBy).toBe(id('owner'));
  await house.perform('roleVersions.ask', { id: version.id }, id('owner'));
  await expect(
    house.perform('roleVersions.publish', { id: version.id, because: 'mine' }, id('owner')),
  ).rejects.toMatchObject({ status: 403 });
  await house.perform('roleVersions.return', { id: version.id, because: 'again' }, id('officer'));
  await publish(version.id, id('owner'), id('officer'));
  await seeThrough(house.as('certifications'));
  await closed(campaign, of);
  expect([await isIn('omar', 'direct'), await isIn('omar', 'by_role')]).toEqual([false, true]);
});

test('an account nobody answers for: locked on the server, or kept with a word or an owner', async () => {
  const campaign = await launch({ kind: 'orphan_accounts', scope: { systemId, text: 'o' } });
  const of = await item(campaign, (one) => one.what === 'account forgotten on ledger');
  const kept = await item(campaign, (one) => one.what === 'account kept_one on ledger');
  expect(of).toMatchObject({ reviewerId: id('owner'), identityId: null, grantId: null });
  await expect(house.perform('items.decide', { id: kept.id, decision: 'keep' }, id('owner'))).rejects.toMatchObject({
    code: 'input.invalid',
  });
  await expect(
    house.perform('items.nameOwner', { id: kept.id, identity: 'owner', because: 'mine' }, id('owner')),
  ).rejects.toMatchObject({ code: 'account.own_benefit' });
  await house.perform('items.nameOwner', { id: kept.id, identity: 'boss', because: 'hers' }, id('owner'));
  await revoke(campaign, of);
  await closed(campaign, of);
  expect(await psql(`select rolcanlogin from pg_roles where rolname = 'forgotten'`)).toBe('f');
  expect(await psql(`select rolcanlogin from pg_roles where rolname = 'kept_one'`)).toBe('t');
  expect((await item(campaign, (one) => one.id === kept.id)).state).toBe('kept');
});

test('an exception from duties: its end brings the conflict back', async () => {
  await give('lena', 'direct');
  await give('lena', 'both');
  const rule = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'ledger duties',
      severity: 'high',
      mode: 'record',
      ownerId: id('boss'),
      functions: [
        { name: 'one', entitlementIds: [await thing('direct')] },
        { name: 'two', entitlementIds: [await thing('both')] },
      ],
    },
    id('officer'),
  );
  await house.settle(60_000);
  await house.perform(
    'sod.grantException',
    {
      rule: rule.id,
      identity: id('lena'),
      reason: 'quarter end',
      control: 'a second look',
      validTo: new Date(house.clock.now().getTime() + 30 * 86_400_000).toISOString(),
    },
    id('officer'),
  );
  await house.settle(60_000);
  const open = () =>
    house.db.many(
      sql`select 1 from sod_violation where rule_id = ${rule.id} and identity_id = ${id('lena')} and cleared_at is null`,
    );
  expect(await open()).toHaveLength(0);
  const campaign = await launch({ kind: 'sod_exceptions' });
  const of = await item(campaign);
  expect(of).toMatchObject({ reviewerId: id('boss'), identityId: id('lena'), what: 'exception from ledger duties' });
  await revoke(campaign, of);
  await closed(campaign, of);
  expect(await open()).toHaveLength(1);
});

test('found on the server and granted by nobody: a review opens by itself, and what it revokes is gone there', async () => {
  const policy = { drift: { on: true, reviewer: 'manager', days: 7, noResponse: 'report' }, collectMinutes: 0 };
  await house.perform('reviews.putPolicy', { policy, reason: 'test' }, id('admin'));
  await psql('grant sneaked to lena; grant sneaked to omar');
  await read();
  const { id: campaign } = await house.db.one<{ id: string }>(sql`select id from campaign where opened_by = 'drift'`);
  const [lenas, omars] = [
    await item(campaign, (one) => one.identityId === id('lena')),
    await item(campaign, (one) => one.identityId === id('omar')),
  ];
  expect(lenas).toMatchObject({ reviewerId: id('boss'), what: 'sneaked on ledger, which nobody granted' });
  await house.perform('items.decide', { id: omars.id, decision: 'keep' }, id('boss'));
  await revoke(campaign, lenas);
  await closed(campaign, lenas);
  expect([await isIn('lena', 'sneaked'), await isIn('omar', 'sneaked')]).toEqual([false, true]);
  // What was kept is answered for from now on.
  expect(
    await house.db.many(sql`
      select origin from access_grant where identity_id = ${id('omar')} and entitlement_id = ${await thing('sneaked')} and ended_because is null`),
  ).toEqual([{ origin: 'import' }]);
  await openReviews(house.as('certifications'));
  expect(await house.db.many(sql`select id from campaign where opened_by = 'drift'`)).toHaveLength(1);
});
