import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
import { barOf, notIndependent } from '#govern/certifications/reviewing/independence.ts';
import { changeIdentityFacts } from '#spine/graph/index.ts';
import { reviewedCompany, type Item, type ReviewedCompany } from './world.ts';

const DAY = 86_400_000;
let c: ReviewedCompany;
let thing: string;
let n = 0;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  thing = await c.entitlement('git', `reviewed-${n}`, { ownerId: c.who.priya });
});

const launch = (more: Record<string, unknown> = {}): Promise<string> => {
  c.house.clock.advance(1000);
  return c.launch({ scope: { entitlementId: thing }, reviewerRule: 'owner', ...more });
};
const decide = (as: string, item: Item | undefined, decision: string): Promise<string> =>
  outcome(c.house.perform('items.decide', { id: item?.id, decision }, as));
const appoint = (of: string, deputy: string, more: Record<string, unknown> = {}): Promise<{ id: string }> =>
  c.house.perform(
    'deputies.appoint',
    { deputy, endsAt: new Date(c.house.clock.now().getTime() + DAY).toISOString(), reason: 'on leave', ...more },
    of,
  );
const reassign = (as: string, id: string, items: readonly Item[], to: string, more: object = {}): Promise<string> =>
  outcome(
    c.house.perform(
      'campaigns.reassign',
      { id, items: items.map((i) => i.id), to, reason: 'knows it better', ...more },
      as,
    ),
  );
const eventsOf = (type: string, campaignId: string): Promise<{ data: Record<string, unknown>; actorId: string }[]> =>
  c.house.db.many(
    sql`select data, actor_id from audit_event where type = ${type} and data ->> 'campaignId' = ${campaignId} order by id`,
  );

test('a reviewer gives an item to who knows better; both names are on the record, and only they decide it then', async () => {
  const { who } = c;
  for (const id of [who.lena, who.omar]) await c.give(id, thing);
  const id = await launch();
  const [first, second] = await c.items(id, who.priya);
  await decide(who.priya, first, 'keep');
  expect(await reassign(who.lena, id, [first as Item], who.mara)).not.toBe('done');
  expect(await reassign(who.priya, id, [first as Item], who.mara)).toBe('done');
  expect(await c.items(id, who.mara)).toMatchObject([
    { id: first?.id, state: 'open', decision: null, routed: 'given', reroutedBecause: 'given' },
  ]);
  expect(await c.items(id, who.priya)).toMatchObject([{ id: second?.id }]);
  expect(await decide(who.priya, first, 'keep')).not.toBe('done');
  expect(await decide(who.mara, first, 'keep')).toBe('done');
  expect(await eventsOf('campaign_items.reassigned', id)).toMatchObject([
    { actorId: who.priya, data: { fromId: who.priya, toId: who.mara, because: 'given' } },
  ]);
  const told = await c.house.db.many(
    sql`select 1 from audit_event where type = 'notice.wanted' and data ->> 'template' = 'review.given' and data -> 'to' ? ${who.mara}`,
  );
  expect(told.length).toBe(1);
});

test('whoever runs the campaign reassigns anybody’s, a reviewer only their own, nobody to who has a part in it', async () => {
  const { who } = c;
  for (const id of [who.lena, who.omar]) await c.give(id, thing);
  const id = await launch();
  const items = await c.items(id);
  expect(await reassign(who.priya, id, items, who.mara, { scope: 'all' })).not.toBe('done');
  expect(await reassign(who.dana, id, items, who.lena, { scope: 'all' })).toBe('campaign_item.not_independent');
  expect((await c.items(id)).every((i) => i.reviewerId === who.priya)).toBe(true);
  expect(await reassign(who.dana, id, items, who.mara, { scope: 'all' })).toBe('done');
  expect((await c.items(id)).every((i) => i.reviewerId === who.mara)).toBe(true);
  const gone = await c.person(`gone${n}`);
  await c.setState(gone, 'suspended');
  expect(await reassign(who.mara, id, items, gone)).toBe('input.invalid');
});

test('who gives items to those who review their own access is refused', async () => {
  const { who } = c;
  for (const id of [who.lena, who.priya]) await c.give(id, thing);
  const id = await launch();
  const [about] = (await c.items(id)).filter((i) => i.identityId === who.priya);
  const [mine] = await c.items(id, who.priya);
  expect(await reassign(who.priya, id, [mine as Item], about?.reviewerId ?? '')).toBe(
    'campaign_item.gives_to_own_reviewer',
  );
});

test('a deputy set in the middle takes over what is open, until the end and within the scope; both names are kept', async () => {
  const { who, house } = c;
  for (const id of [who.lena, who.omar]) await c.give(id, thing);
  const id = await launch();
  const [first, second] = await c.items(id, who.priya);
  expect(await decide(who.mara, first, 'keep')).not.toBe('done');
  const { id: row } = await appoint(who.priya, who.mara);
  expect((await c.items(id, who.mara)).map((i) => i.id)).toEqual([first?.id, second?.id]);
  expect(await decide(who.mara, first, 'keep')).toBe('done');
  expect(
    await outcome(house.perform('campaigns.decide', { id, decision: 'revoke', items: [second?.id] }, who.mara)),
  ).toBe('done');
  expect((await c.items(id)).map((i) => [i.reviewerId, i.decidedBy, i.decidedFor])).toEqual([
    [who.priya, who.mara, who.priya],
    [who.priya, who.mara, who.priya],
  ]);
  expect(await eventsOf('campaign_item.decided', id)).toMatchObject([
    { actorId: who.mara, data: { onBehalfOf: who.priya } },
  ]);
  expect(await eventsOf('campaign_items.decided', id)).toMatchObject([{ data: { onBehalfOf: who.priya } }]);
  const mine = await house.perform<{ items: { id: string }[] }>('campaigns.list', {}, who.mara);
  expect(mine.items.map((i) => i.id)).toContain(id);
  await house.perform('deputies.end', { id: row }, who.priya);
  expect(await outcome(house.perform('campaigns.sign', { id }, who.mara))).not.toBe('done');
  const { id: again } = await appoint(who.priya, who.mara);
  expect(await house.perform('campaigns.sign', { id }, who.mara)).toEqual({ kept: 1, revoked: 1 });
  expect(await eventsOf('campaign_items.signed', id)).toMatchObject([
    { data: { onBehalfOf: who.priya, decision: 'keep' } },
    { data: { onBehalfOf: who.priya, decision: 'revoke' } },
  ]);
  await house.perform('deputies.end', { id: again }, who.priya);
});

test('a deputy for requests only, for another system, or whose own access it is, reviews nothing of it', async () => {
  const { who, house, what } = c;
  for (const id of [who.lena, who.mara]) await c.give(id, thing);
  const id = await launch();
  const seenAs = async (deputy: string, scope: object): Promise<number> => {
    const { id: row } = await appoint(who.priya, deputy, scope as Record<string, unknown>);
    const seen = await c.items(id, deputy).catch(() => []);
    await house.perform('deputies.end', { id: row }, who.priya);
    return seen.length;
  };
  expect(await seenAs(who.tomas, { about: ['requests'] })).toBe(0);
  expect(await seenAs(who.tomas, { about: ['certifications'] })).toBe(2);
  expect(await seenAs(who.tomas, { targetIds: [what.deploy] })).toBe(0);
  expect(await seenAs(who.tomas, { targetIds: [thing] })).toBe(2);
  // Mara has it herself: as a deputy she sees what lena has and not her own.
  expect(await seenAs(who.mara, {})).toBe(1);
});

test('who is the deputy of the person concerned does not review them: before display, and when it comes about later', async () => {
  const { who, house } = c;
  await c.give(who.lena, thing);
  const { id: row } = await appoint(who.lena, who.priya);
  const before = await launch();
  expect(await c.items(before)).toMatchObject([{ reroutedBecause: 'subject_deputy' }]);
  expect((await c.items(before))[0]?.reviewerId).not.toBe(who.priya);
  await house.perform('deputies.end', { id: row }, who.lena);
  const after = await launch();
  const [item] = await c.items(after, who.priya);
  expect(item).toMatchObject({ reroutedBecause: null });
  const { id: later } = await appoint(who.lena, who.priya);
  expect(await decide(who.priya, item, 'keep')).toMatch(/not_independent|not_yours|denied|not_found/);
  await house.settle(60_000);
  expect(await c.items(after)).toMatchObject([{ reroutedBecause: 'subject_deputy', state: 'open' }]);
  expect((await c.items(after))[0]?.reviewerId).not.toBe(who.priya);
  expect(await eventsOf('campaign_items.reassigned', after)).toMatchObject([
    { data: { fromId: who.priya, because: 'subject_deputy' } },
  ]);
  await house.perform('deputies.end', { id: later }, who.lena);
});

test('a decision asks for independence under the lock, whoever was routed to', async () => {
  const { who, house } = c;
  await c.give(who.omar, thing);
  const id = await launch();
  const [item] = await c.items(id, who.priya);
  const { id: row } = await house.db.one<{ id: string }>(sql`
    insert into approval_deputy (id, identity_id, deputy_id, starts_at, ends_at, reason, made_at, made_by)
    values (gen_random_uuid(), ${who.omar}, ${who.priya}, ${house.clock.now()}, ${new Date(house.clock.now().getTime() + DAY)}, 'x', ${house.clock.now()}, 'test')
    returning id`);
  expect(await decide(who.priya, item, 'keep')).toBe('campaign_item.not_independent');
  expect(await outcome(house.perform('campaigns.decide', { id, decision: 'keep', items: [item?.id] }, who.priya))).toBe(
    'campaign_item.not_independent',
  );
  await house.db.run(sql`delete from approval_deputy where id = ${row}`);
  expect(await decide(who.priya, item, 'keep')).toBe('done');
});

test('who is of a lower grade than the person concerned does not review them', async () => {
  const { who } = c;
  const graded = (id: string, grade: number): Promise<unknown> =>
    c.build((ctx, permit) => changeIdentityFacts(ctx, permit, { identityId: id, change: { attributes: { grade } } }));
  const senior = await c.person(`senior${n}`);
  await graded(senior, 9);
  await graded(who.priya, 3);
  await c.give(senior, thing);
  await c.give(who.lena, thing);
  const items = await c.items(await launch());
  expect(items.find((i) => i.identityId === senior)).toMatchObject({ reroutedBecause: 'below_grade' });
  expect(items.find((i) => i.identityId === senior)?.reviewerId).not.toBe(who.priya);
  expect(items.find((i) => i.identityId === who.lena)?.reviewerId).toBe(who.priya);
  await graded(who.priya, 9);
});

test('two do not review one another where the campaign says so; where it does not, they do', async () => {
  const { who } = c;
  const [a, b] = [await c.person(`pat${n}`), await c.person(`kim${n}`)];
  const [ofA, ofB] = [
    await c.entitlement('git', `a-${n}`, { ownerId: a }),
    await c.entitlement('git', `b-${n}`, { ownerId: b }),
  ];
  await c.give(a, ofB);
  await c.give(b, ofA);
  await c.give(who.lena, ofA);
  const scope = { text: `-${n}` };
  const pairs = async (reciprocal: string): Promise<string[]> => {
    c.house.clock.advance(1000);
    const items = await c.items(await c.launch({ scope, reviewerRule: 'owner', review: { reciprocal } }));
    return items
      .filter((i) => [a, b].includes(i.identityId))
      .map((i) => `${i.reviewerId} ${i.identityId}`)
      .sort();
  };
  expect(await pairs('allow')).toEqual([`${a} ${b}`, `${b} ${a}`].sort());
  const apart = await pairs('reroute');
  // B reviews fewer of A's than A of B's is decided by number, then id; one of the two went to somebody else.
  expect(apart.filter((p) => p === `${a} ${b}` || p === `${b} ${a}`)).toHaveLength(1);
});

test('what is looked at together bars whom looking one by one bars', async () => {
  const { who, house } = c;
  await c.give(who.lena, thing);
  await c.give(who.omar, thing);
  await launch({ review: { reciprocal: 'reroute' } });
  await appoint(who.lena, who.mara);
  await c.build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: who.omar, change: { attributes: { level: 4 } } }),
  );
  await c.build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: who.tomas, change: { attributes: { level: 2 } } }),
  );
  const seen = new Set<string>();
  await house.db.tx(async (tx) => {
    const items = (await tx.many<{ id: string }>(sql`select id from campaign_item`)).map((i) => i.id);
    for (const person of Object.values(who)) {
      const together = await notIndependent(tx, { who: person, items, now: house.clock.now() });
      const apart = await tx.many<{ itemId: string; bar: string }>(sql`
        select item_id, bar from (
          select i.id as item_id, ${barOf(sql`${person}::uuid`, house.clock.now())} as bar
            from campaign_item i join campaign c on c.id = i.campaign_id) b where bar is not null order by item_id`);
      expect(together).toEqual(apart);
      for (const { bar } of apart) seen.add(bar);
    }
  });
  expect([...seen].sort()).toEqual(expect.arrayContaining(['below_grade', 'reciprocal', 'subject', 'subject_deputy']));
});

test('the database refuses what no code should do', async () => {
  const { who } = c;
  await c.give(who.lena, thing);
  const id = await launch();
  const set = (to: ReturnType<typeof sql>): Promise<string> =>
    outcome(c.house.db.tx((tx) => tx.run(sql`update campaign_item set ${to} where campaign_id = ${id}`)));
  expect(await set(sql`decided_for = reviewer_id, decided_by = reviewer_id`)).toBe(
    'campaign_item_is_decided_for_another',
  );
  expect(await set(sql`grant_id = null`)).toBe('campaign_item_is_about_one_subject');
  expect(
    await set(
      sql`grant_id = null, canary = '{}', state = 'revoking', decision = 'revoke', decided_by = reviewer_id, decided_at = now()`,
    ),
  ).toBe('canary_never_touches_access');
  expect(await set(sql`canary = '{}'`)).toBe('canary_never_touches_access');
  expect(await set(sql`state = 'challenged', decision = 'revoke', decided_by = reviewer_id, decided_at = now()`)).toBe(
    'challenged_item_says_until_when',
  );
});
