import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { outcome } from '#govern/requests/testing/ask.ts';
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
  thing = await c.entitlement('git', `voted-${n}`, { ownerId: c.who.priya });
});

/** A campaign about what lena has, whose manager is tomas and whose owner is priya. */
const about = async (stages: unknown, more: Record<string, unknown> = {}): Promise<string> => {
  await c.give(c.who.lena, thing);
  c.house.clock.advance(1000);
  return await c.launch({ scope: { entitlementId: thing }, review: { stages }, ...more });
};
const itemOf = async (id: string, as: string): Promise<Item> => {
  const [item] = (await c.items(id)).filter((i) => i.reviewerId === as);
  if (item === undefined) throw new Error('no item of theirs');
  return item;
};
const vote = async (id: string, as: string, decision: string): Promise<void> => {
  await c.house.perform('items.decide', { id: (await itemOf(id, as)).id, decision }, as);
  await c.house.perform('campaigns.sign', { id }, as);
};
const states = async (id: string): Promise<string[]> =>
  (await c.items(id)).sort((a, b) => a.stage - b.stage).map((i) => `${i.stage} ${i.state} ${i.decision}`);
const lives = async (): Promise<boolean> =>
  (
    await c.house.db.one<{ n: number }>(
      sql`select count(*)::int as n from access_grant where entitlement_id = ${thing} and ended_because is null`,
    )
  ).n > 0;
const both = (vote: string): unknown => [{ by: ['manager', 'owner'], vote }];
const close = async (): Promise<void> => {
  c.house.clock.advance(8 * DAY);
  await c.house.tasks['certifications.close_due']?.({}, {} as never);
  await c.house.settle(60_000);
};

test('stages follow one another: the second is asked when the first kept, and is not shown anything before', async () => {
  const { who } = c;
  const id = await about([{ by: ['manager'] }, { by: ['owner'] }]);
  expect(await states(id)).toEqual(['1 open null', '2 waiting null']);
  expect(await c.items(id, who.priya).catch(() => [])).toEqual([]);
  const waiting = (await c.items(id)).find((i) => i.stage === 2);
  expect(await outcome(c.house.perform('items.decide', { id: waiting?.id, decision: 'keep' }, who.priya))).not.toBe(
    'done',
  );
  await vote(id, who.tomas, 'keep');
  expect(await states(id)).toEqual(['1 voted keep', '2 open null']);
  expect((await c.items(id, who.priya)).map((i) => i.stage)).toEqual([2]);
  await vote(id, who.priya, 'keep');
  expect(await states(id)).toEqual(['1 voted keep', '2 kept keep']);
  expect(await c.house.perform('campaigns.show', { id }, who.dana)).toMatchObject({ kept: 1, open: 0, decided: 0 });
  expect(await lives()).toBe(true);
});

test('a stage that revokes ends it, and the later stage is spared', async () => {
  const id = await about([{ by: ['manager'] }, { by: ['owner'] }]);
  await vote(id, c.who.tomas, 'revoke');
  expect((await states(id))[1]).toBe('2 spared null');
  expect(await lives()).toBe(false);
});

test('where all must accept and one is silent, the outcome named for silence applies and is labelled so', async () => {
  for (const noResponse of ['report', 'revoke'] as const) {
    n += 1;
    thing = await c.entitlement('git', `silent-${n}`, { ownerId: c.who.priya });
    const id = await about(both('all_accept'), { noResponse });
    await vote(id, c.who.tomas, 'keep');
    expect(await lives()).toBe(true);
    await close();
    const items = await c.items(id);
    const [silent] = items.filter((i) => i.reviewerId === c.who.priya);
    expect(items.filter((i) => i.state === 'kept')).toEqual([]);
    expect(silent).toMatchObject(
      noResponse === 'report'
        ? { state: 'unanswered', decision: null, noResponse: false }
        : { decision: 'revoke', noResponse: true, decidedBy: null },
    );
    expect(await lives()).toBe(noResponse === 'report');
    expect(await c.house.perform('campaigns.show', { id }, c.who.dana)).toMatchObject({ state: 'closed', kept: 0 });
    const events = await c.house.db.many<{ data: object }>(
      sql`select data from audit_event where type = 'campaign_stage.settled' and data ->> 'campaignId' = ${id}`,
    );
    expect(events).toMatchObject([{ data: { outcome: 'silence', keeps: 1, silent: 1 } }]);
  }
});

test('one keep is enough where one accepts, and one revoke where one denies', async () => {
  const accepted = await about(both('one_accepts'));
  await vote(accepted, c.who.tomas, 'keep');
  expect((await states(accepted)).sort()).toEqual(['1 kept keep', '1 spared null']);
  thing = await c.entitlement('git', `denied-${n}`, { ownerId: c.who.priya });
  const denied = await about(both('one_denies'));
  await vote(denied, c.who.tomas, 'revoke');
  expect((await states(denied)).sort()[1]).toBe('1 spared null');
  expect(await lives()).toBe(false);
});

test('accepted if not denied: nobody at all is silence, one who keeps is enough', async () => {
  const silent = await about(both('not_denied'));
  await close();
  expect((await states(silent)).sort()).toEqual(['1 spared null', '1 unanswered null']);
  thing = await c.entitlement('git', `kept-${n}`, { ownerId: c.who.priya });
  const kept = await about(both('not_denied'));
  await vote(kept, c.who.priya, 'keep');
  await close();
  expect((await states(kept)).sort()).toEqual(['1 kept keep', '1 spared null']);
});

test('a stage has its days: when they are over its votes count and the next is asked', async () => {
  const id = await about([{ by: ['manager', 'owner'], vote: 'one_denies', days: 2 }, { by: ['named'] }], {
    scope: { entitlementId: thing, reviewerId: c.who.mara },
  });
  await vote(id, c.who.tomas, 'keep');
  c.house.clock.advance(2 * DAY);
  await c.house.tasks['certifications.close_due']?.({}, {} as never);
  expect((await states(id)).sort()).toEqual(['1 spared null', '1 voted keep', '2 open null']);
});

test('each vote about a grant is another person’s', async () => {
  const { who } = c;
  // Priya manages and owns: one seat is hers, the other goes on.
  const report = await c.person(`report${n}`, { managerId: who.priya });
  await c.give(report, thing);
  c.house.clock.advance(1000);
  const id = await c.launch({ scope: { entitlementId: thing }, review: { stages: both('all_accept') } });
  const items = await c.items(id);
  expect(new Set(items.map((i) => i.reviewerId)).size).toBe(2);
  expect(items.map((i) => i.reroutedBecause)).toContain('same_reviewer');
  const other = items.find((i) => i.reviewerId !== who.priya);
  expect(
    await outcome(
      c.house.perform(
        'campaigns.reassign',
        { id, to: who.priya, items: [other?.id], reason: 'x', scope: 'all' },
        who.dana,
      ),
    ),
  ).toBe('campaign_item.second_vote');
});

test('two who sign at the same time settle it once', async () => {
  const { who } = c;
  const id = await about(both('all_accept'));
  for (const as of [who.tomas, who.priya])
    await c.house.perform('items.decide', { id: (await itemOf(id, as)).id, decision: 'keep' }, as);
  await Promise.all([who.tomas, who.priya].map((as) => c.house.perform('campaigns.sign', { id }, as)));
  expect((await states(id)).sort()).toEqual(['1 kept keep', '1 voted keep']);
});

test('a deputy of two who vote casts one of the votes, whichever way they try', async () => {
  const { who, house } = c;
  const deputy = await c.person(`both${n}`);
  const endsAt = new Date(house.clock.now().getTime() + DAY).toISOString();
  const rows: string[] = [];
  for (const of of [who.tomas, who.priya])
    rows.push((await house.perform<{ id: string }>('deputies.appoint', { deputy, endsAt, reason: 'away' }, of)).id);
  const id = await about(both('all_accept'));
  const seats = await c.items(id, deputy);
  expect(seats).toHaveLength(2);
  expect(
    await outcome(house.perform('campaigns.decide', { id, decision: 'keep', items: seats.map((s) => s.id) }, deputy)),
  ).toBe('campaign_item.second_vote');
  await house.perform('items.decide', { id: seats[0]?.id, decision: 'keep' }, deputy);
  expect((await c.items(id, deputy)).map((s) => s.id)).toEqual([seats[0]?.id]);
  expect(await outcome(house.perform('items.decide', { id: seats[1]?.id, decision: 'keep' }, deputy))).not.toBe('done');
  // Written past the code, it is refused when it is signed.
  await house.db.run(sql`
    update campaign_item set state = 'decided', decision = 'keep', decided_by = ${deputy}, decided_for = reviewer_id, decided_at = ${house.clock.now()}
     where id = ${seats[1]?.id}`);
  expect(await outcome(house.perform('campaigns.sign', { id }, seats[1]?.reviewerId ?? ''))).toBe(
    'campaign_item.second_vote',
  );
  for (const row of rows) await house.perform('deputies.end', { id: row }, deputy);
});
