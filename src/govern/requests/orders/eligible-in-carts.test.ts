import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { effectiveAccess, eligibleNow } from '#spine/graph/index.ts';
import { approve, setRules, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

interface Cart {
  id: string;
  state: string;
  items: { id: string; what: { id: string; name: string }; eligible: boolean }[];
  lines: number;
  sent: number;
  allowed: number;
  remarks: { itemId: string; identityId: string; verdict: string; because: string }[];
}

let c: SmallCompany;
let boss: string;
let asker: string;
let thing: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
  await setRules(c, [
    { when: { eligibility: true }, steps: ['owner'] },
    { when: {}, steps: ['manager'] },
  ]);
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  boss = await c.person(`boss${n}`, { managerId: c.who.mara });
  asker = await c.person(`asker${n}`, { managerId: boss });
  thing = await c.entitlement('git', `thing${n}`, { risk: 'medium' });
});

const start = (input: Record<string, unknown>, as = boss): Promise<Cart> =>
  c.house.perform<Cart>('orders.start', { reason: 'on call', ...input }, as);
const submit = (id: string, as = boss): Promise<{ sentNow: number; kept: number; requestIds: string[]; cart: Cart }> =>
  c.house.perform('orders.submit', { id }, as);
const eligibilities = async (): Promise<number> =>
  (await c.house.db.many(sql`select from eligibility where for_entitlement_id = ${thing}`)).length;
const approveAll = async (id: string): Promise<void> => {
  for (;;) {
    const open = (await show(c, id)).steps.find((step) => step.state === 'open');
    if (open === undefined) break;
    await approve(c, id, open.approvers[0]?.id ?? '');
  }
  expect((await show(c, id)).state).toBe('approved');
};

test('a cart asks to be eligible for a thing and for the thing itself, each a line of its own with its approval', async () => {
  const cart = await start({
    people: [asker, boss],
    items: [
      { entitlementId: thing, eligible: true, for: '90d' },
      { entitlementId: thing, for: '2h' },
    ],
  });
  expect(cart.items).toMatchObject([
    { what: { id: thing, name: `thing${n}` }, eligible: true },
    { what: { id: thing }, eligible: false },
  ]);
  expect([cart.lines, cart.allowed, cart.remarks.length]).toEqual([4, 4, 0]);
  expect(await eligibilities(), 'looking makes none').toBe(0);

  const { sentNow, kept, requestIds, cart: after } = await submit(cart.id);
  expect([sentNow, kept, after.state, after.sent]).toEqual([4, 0, 'sent', 4]);
  expect(await eligibilities()).toBe(1);
  await approveAll(requestIds[0] ?? '');
  const eligible = await c.house.db.tx((tx) => eligibleNow(tx, [asker]));
  expect(eligible).toHaveLength(1);
});

test('named in short, all of it is to be eligible; what one is eligible for gives nothing', async () => {
  const cart = await start({ what: [`git:thing${n}`], eligible: true, for: '90d', people: [asker] });
  expect(cart.items).toMatchObject([{ what: { id: thing }, eligible: true }]);
  const { requestIds } = await submit(cart.id);
  expect((await approve(c, requestIds[0] ?? '', c.who.priya)).state).toBe('approved');
  const access = await c.house.db.tx((tx) => effectiveAccess(tx, asker));
  expect(access.filter(({ entitlementId }) => entitlementId === thing)).toEqual([]);
  const again = await start({ what: [`git:thing${n}`], eligible: true, for: '30d', people: [asker] });
  expect(again.remarks).toMatchObject([{ verdict: 'already_held' }]);
});

test('what its owner has opened for nobody stays in the cart with its reason, and the access is not asked for instead', async () => {
  const shut = await c.entitlement('git', `shut${n}`, { requestable: false });
  const cart = await start({
    people: [asker],
    items: [
      { entitlementId: shut, eligible: true, for: '90d' },
      { entitlementId: thing, for: '2h' },
    ],
  });
  const [first] = cart.items;
  expect(cart.remarks).toMatchObject([{ itemId: first?.id, verdict: 'not_requestable' }]);
  const sent = await submit(cart.id);
  expect([sent.sentNow, sent.kept]).toEqual([1, 1]);
  await c.house.perform('eligibilities.open', { what: `git:shut${n}` }, c.who.dana);
  expect(await c.house.perform<Cart>('orders.show', { id: cart.id }, boss)).toMatchObject({ allowed: 1, remarks: [] });
  expect(await submit(cart.id)).toMatchObject({ sentNow: 1, kept: 0 });
});
