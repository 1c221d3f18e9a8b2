import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startGrant } from '#spine/graph/index.ts';
import { approve, inbox, outcome, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

interface Cart {
  id: string;
  number: string;
  state: string;
  people: { id: string }[];
  items: { id: string; what: { id: string; name: string } }[];
  lines: number;
  sent: number;
  allowed: number;
  remarks: { identityId: string; itemId: string; verdict: string; because: string; sod: { sides: unknown[] }[] }[];
  verdicts: {
    identity: { id: string };
    problem: string | null;
    allowed: number;
    requests: { id: string; number: string; lines: number }[];
    steps: { approvers: { name: string }[] }[];
  }[];
}

let c: SmallCompany;
let boss: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
  await c.house.perform(
    'sod.createRule',
    {
      name: 'Deploy and approve the change',
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'deploy', entitlementIds: [c.what.deploy] },
        { name: 'approve', entitlementIds: [c.what.approve] },
      ],
    },
    c.who.joaquin,
  );
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  boss = await c.person(`boss${n}`, { managerId: c.who.mara });
});

const reports = (many: number): Promise<string[]> =>
  Promise.all(Array.from({ length: many }, (_, i) => c.person(`r${n}x${i}`, { managerId: boss })));
const give = (identityId: string, entitlementId: string, validTo?: Date): Promise<string> =>
  c.build(
    async (ctx, permit) =>
      (await startGrant(ctx, permit, { identityId, entitlementId, validTo, origin: 'admin', reason: 'test' })).id,
  );
const start = (as: string, input: Record<string, unknown>): Promise<Cart> =>
  c.house.perform<Cart>('orders.start', input, as);
const change = (as: string, id: string, input: Record<string, unknown>): Promise<Cart> =>
  c.house.perform<Cart>('orders.change', { id, ...input }, as);
const showCart = (as: string, id: string): Promise<Cart> => c.house.perform<Cart>('orders.show', { id }, as);
const submit = (as: string, id: string): Promise<{ sentNow: number; kept: number; requestIds: string[]; cart: Cart }> =>
  c.house.perform('orders.submit', { id }, as);

test('sixty things for forty people are judged line by line, what can be asked for is sent, the rest stays with its reason', async () => {
  const people = await reports(40);
  const things = await Promise.all(
    Array.from({ length: 57 }, (_, i) =>
      c.entitlement('git', `thing${n}x${i}`, { risk: i % 3 === 0 ? 'low' : 'medium' }),
    ),
  );
  const shut = await c.entitlement('git', `shut${n}`, { requestable: false });
  const [first = '', second = '', third = ''] = people;
  await give(first, c.what.deploy);
  await give(second, things[0] ?? '');
  const items = [...things, shut, c.what.approve, 'git:deploy_production'];
  let from = performance.now();
  const cart = await start(boss, { what: items, for: '30d', people, reason: 'a new team' });
  const judging = performance.now() - from;
  expect(cart).toMatchObject({ state: 'draft', lines: 2400, sent: 0 });
  const said = (id: string): Record<string, string> =>
    Object.fromEntries(
      cart.remarks
        .filter((r) => r.identityId === id)
        .map((r) => [cart.items.find((i) => i.id === r.itemId)?.what.name ?? '', r.verdict]),
    );
  const shutName = `shut${n}`;
  // Who deploys already may not approve; of the others what comes second in the cart stays behind.
  expect(said(first)).toEqual({
    [shutName]: 'not_requestable',
    approve_change: 'conflict',
    deploy_production: 'already_held',
  });
  expect(said(second)).toEqual({
    [shutName]: 'not_requestable',
    deploy_production: 'conflict',
    [`thing${n}x0`]: 'already_held',
  });
  expect(said(third)).toEqual({ [shutName]: 'not_requestable', deploy_production: 'conflict' });
  from = performance.now();
  const sent = await submit(boss, cart.number);
  const sending = performance.now() - from;
  console.log(`2,400 lines: judged in ${Math.round(judging)} ms, sent in ${Math.round(sending)} ms`);
  expect(sent).toMatchObject({ sentNow: 40 * 58 - 2, kept: 40 * 2 + 2 });
  expect(sent.requestIds).toHaveLength(40);
  expect(sent.cart).toMatchObject({ state: 'draft', sent: 40 * 58 - 2, allowed: 0 });
  const { lines } = await show(c, sent.requestIds[2] ?? '', boss);
  expect(lines).toHaveLength(58);
  expect(judging).toBeLessThan(3000);
  expect(sending).toBeLessThan(10_000);
});

test('a cart is kept where it was begun and is found on another device; somebody added is judged with all that is in it', async () => {
  const [one = '', two = ''] = await reports(2);
  await give(two, c.what.deploy);
  const cart = await start(boss, { what: ['web1:reports', 'git:approve_change'], for: '2h', people: [one] });
  expect(cart).toMatchObject({ allowed: 2, remarks: [], state: 'draft' });
  const again = await c.house.perform<{ items: Cart[] }>('orders.list', { state: 'draft' }, boss);
  expect(again.items.map((o) => o.id)).toEqual([cart.id]);
  const more = await change(boss, cart.number, { people: [`r${n}x1@example.com`] });
  expect(more).toMatchObject({ allowed: 3, remarks: [{ identityId: two, verdict: 'conflict' }] });
  expect(more.remarks[0]?.sod[0]?.sides).toHaveLength(2);
  const less = await change(boss, cart.id, { dropItems: [c.what.approve], reason: 'month end', startsAt: null });
  expect(less).toMatchObject({ allowed: 2, remarks: [], items: [{ what: { id: c.what.reports } }] });
  expect(await submit(boss, cart.id)).toMatchObject({ sentNow: 2, kept: 0, cart: { state: 'sent' } });
  expect(await outcome(change(boss, cart.id, { reason: 'x' }))).toBe('request_order.over');
  expect(await outcome(submit(boss, cart.id))).toBe('request_order.over');
});

test('a cart is nobody else’s: not to read, to change, to send, to take back, nor for an administrator', async () => {
  const [one = ''] = await reports(1);
  const cart = await start(boss, { what: ['web1:reports'], for: '2h', people: [one], reason: 'x' });
  for (const other of [one, c.who.dana, c.who.ines])
    for (const name of ['show', 'change', 'submit', 'withdraw', 'discard'])
      expect(await outcome(c.house.perform(`orders.${name}`, { id: cart.id }, other)), name).toBe(
        'request_order.not_found',
      );
});

test('whom one may not ask for reads like who does not exist, and who is lost after is not asked for', async () => {
  const [one = ''] = await reports(1);
  const say = (people: string[]): Promise<string> =>
    start(boss, { people }).then(
      () => 'done',
      (error: { fields?: unknown; errors?: { pointer: string; detail: string }[] }) => JSON.stringify(error.errors),
    );
  expect((await say([c.who.omar])).replaceAll(c.who.omar, 'X')).toBe(
    (await say(['nobody-here'])).replaceAll('nobody-here', 'X'),
  );
  const cart = await start(boss, { what: ['web1:reports'], for: '2h', people: [one, boss], reason: 'x' });
  await c.build(async (ctx, permit) => {
    const { changeIdentityFacts } = await import('#spine/graph/index.ts');
    await changeIdentityFacts(ctx, permit, { identityId: one, change: { managerId: c.who.tomas } });
  });
  const now = await showCart(boss, cart.id);
  expect(now.verdicts.map((v) => [v.problem, v.allowed])).toEqual([
    ['you can no longer ask for them', 0],
    [null, 1],
  ]);
  expect(await submit(boss, cart.id)).toMatchObject({ sentNow: 1, kept: 1 });
});

test('each of many is asked for by themselves: one denied ends nothing of another', async () => {
  const [one = '', two = ''] = await reports(2);
  const cart = await start(boss, { what: ['web1:reports'], for: '2h', people: [one, two], reason: 'both need it' });
  const { requestIds } = await submit(boss, cart.id);
  expect(await outcome(approve(c, requestIds[0] ?? '', boss))).toBe('policy.denied');
  const asked = (await inbox(c, c.who.mara)).map((a) => a.request.id);
  expect(requestIds.every((id) => asked.includes(id))).toBe(true);
  await c.house.perform('requests.deny', { id: requestIds[0], reason: 'no' }, c.who.mara);
  await approve(c, requestIds[1] ?? '', c.who.mara);
  expect((await show(c, requestIds[0] ?? '', boss)).state).toBe('denied');
  expect((await show(c, requestIds[1] ?? '', boss)).lines[0]?.state).toBe('granted');
});

test('what is held until an end is asked for again as what follows on it', async () => {
  const soon = new Date(c.house.clock.now().getTime() + 3_600_000);
  const grant = await give(boss, c.what.reports, soon);
  const cart = await start(boss, { what: ['web1:reports'], for: '2h', people: [boss], reason: 'more time' });
  const { requestIds } = await submit(boss, cart.id);
  const request = await c.house.perform<{ lines: { extendsGrantId: string }[] }>(
    'requests.show',
    { id: requestIds[0] },
    boss,
  );
  expect(request.lines[0]?.extendsGrantId).toBe(grant);
});

test('a whole order is taken back: what waits, and what was approved for later; what was given stays', async () => {
  const [one = '', two = '', three = ''] = await reports(3);
  const startsAt = new Date(c.house.clock.now().getTime() + 86_400_000).toISOString();
  const cart = await start(boss, {
    what: ['web1:reports'],
    for: '2h',
    people: [one, two, three],
    reason: 'x',
    startsAt,
  });
  const { requestIds } = await submit(boss, cart.id);
  await approve(c, requestIds[1] ?? '', c.who.mara);
  expect(await c.house.perform('orders.withdraw', { id: cart.id }, boss)).toEqual({ requestIds });
  const states = await Promise.all(requestIds.map(async (id) => (await show(c, id, boss)).lines[0]?.state));
  expect(states).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
  expect(await c.house.perform('orders.withdraw', { id: cart.id }, boss)).toEqual({ requestIds: [] });
});

test('a cart of nothing, for nobody, without a reason, or larger than may be is not sent', async () => {
  const empty = await start(boss, { reason: 'x' });
  expect(await outcome(submit(boss, empty.id))).toBe('input.invalid');
  const silent = await start(boss, { what: ['web1:reports'], people: [boss] });
  expect(await outcome(submit(boss, silent.id))).toBe('input.invalid');
  const people = await reports(51);
  const things = await Promise.all(Array.from({ length: 50 }, (_, i) => c.entitlement('git', `full${n}x${i}`)));
  expect(await outcome(start(boss, { people, what: things }))).toBe('input.invalid');
  expect(await outcome(start(boss, { people: people.slice(1), what: things }))).toBe('done');
});

test('the database keeps a cart from holding one thing twice, and a line from giving and taking at once', async () => {
  const cart = await start(boss, { what: ['web1:reports', 'web1:reports'], for: '2h', people: [boss] });
  expect(cart.items).toHaveLength(1);
  const twice = sql`
    insert into request_order_item (id, order_id, entitlement_id) select gen_random_uuid(), order_id, entitlement_id
      from request_order_item where order_id = ${cart.id}`;
  expect(await outcome(c.house.db.run(twice))).toBe('request_order_item_is_in_it_once');
  const grant = await give(boss, c.what.deploy);
  await change(boss, cart.id, { reason: 'x' });
  const { requestIds } = await submit(boss, cart.id);
  const both = sql`update request_line set takes_grant_id = ${grant} where request_id = ${requestIds[0] ?? null}`;
  expect(await outcome(c.house.db.run(both))).toBe('request_line_gives_or_takes');
});

test('exceptions are asked of who may grant them, once an hour, and give nothing by themselves', async () => {
  const [one = ''] = await reports(1);
  await give(one, c.what.deploy);
  const cart = await start(boss, { what: ['git:approve_change'], for: '2h', people: [one], reason: 'night shift' });
  const askFor = () =>
    c.house.perform<{ ruleIds: string[]; asked: { id: string }[] }>(
      'orders.askExceptions',
      { id: cart.id, reason: 'one person at night' },
      boss,
    );
  const { ruleIds, asked } = await askFor();
  expect(asked.map((a) => a.id)).toEqual([c.who.joaquin]);
  expect(await outcome(askFor())).toBe('request_order.asked_lately');
  expect(await outcome(submit(boss, cart.id))).toBe('request_order.nothing_goes_on');
  const except = (as: string) =>
    c.house.perform(
      'sod.grantException',
      {
        rule: ruleIds[0],
        identity: one,
        reason: 'one person at night',
        control: 'somebody reads it in the morning',
        validTo: new Date(c.house.clock.now().getTime() + 7 * 86_400_000).toISOString(),
      },
      as,
    );
  expect(await outcome(except(boss))).not.toBe('done');
  await except(c.who.joaquin);
  expect(await showCart(boss, cart.id)).toMatchObject({ allowed: 1, remarks: [{ verdict: 'allowed' }] });
  const { requestIds } = await submit(boss, cart.id);
  for (;;) {
    const open = (await show(c, requestIds[0] ?? '', boss)).steps.find((s) => s.state === 'open');
    if (open === undefined) break;
    await approve(c, requestIds[0] ?? '', open.approvers[0]?.id ?? '');
  }
  expect((await show(c, requestIds[0] ?? '', boss)).lines[0]?.state).toBe('granted');
  const clean = await start(boss, { what: ['web1:reports'], for: '2h', people: [one] });
  expect(await outcome(c.house.perform('orders.askExceptions', { id: clean.id, reason: 'x' }, boss))).toBe(
    'request_order.no_conflict',
  );
});
