import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, endGrant, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { createSecret, vaultModule } from '../index.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let admin: string;
let ann: string;
let ben: string;
let eve: string;
const grants = new Map<string, string>();
/** Who speaks for whom, and whether proofs are given: what other modules tell the vault. */
const deputies = new Set<string>();
let proved = true;

beforeAll(async () => {
  house = await testHouse(({ keys }) => [
    graphModule,
    vaultModule({
      keys,
      ticketPattern: 'CHG-[0-9]+',
      secondPerson: {
        takeStepUp: async (ctx) => {
          if (!proved) throw new Error('no proof');
          return { method: 'totp', at: ctx.now };
        },
        isDeputyOf: async (_tx, { identityId, deputyId }) => deputies.has(`${identityId} ${deputyId}`),
      },
    }),
    arrange,
  ]);
  [admin = '', ann = '', ben = '', eve = ''] = await house
    .as('rotation')
    .act({ action: 'arrange.all' }, async (ctx, permit) => {
      const people: string[] = [];
      for (const displayName of ['Admin', 'Ann', 'Ben', 'Eve']) {
        const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName } });
        const entitlementId = displayName === 'Admin' ? ADMINISTRATOR : SECURITY_OFFICER;
        const grant = await startGrant(ctx, permit, { identityId: id, entitlementId, origin: 'admin', reason: 'test' });
        grants.set(id, grant.id);
        people.push(id);
      }
      return people;
    });
});
afterAll(() => house.close());

interface Out {
  readonly checkoutId: string;
  readonly value: string;
  readonly endsAt: string;
}
const store = async (name: string, value = 'canary-of-terms'): Promise<string> =>
  (await house.perform<{ id: string }>('vault.create', { name, kind: 'password', value }, ann)).id;
const terms = (path: string, said: Record<string, unknown>, by = admin): Promise<unknown> =>
  house.perform('vault.setTerms', { path, ...said }, by);
const take = (id: string, by: string, said: Record<string, unknown> = { reason: 'because' }): Promise<Out> =>
  house.perform<Out>('vault.checkOut', { id, ...said }, by);
const ask = async (id: string, by: string, said: Record<string, unknown> = {}): Promise<string> =>
  (await house.perform<{ id: string }>('vault.ask', { id, reason: 'a night of work', ...said }, by)).id;

test('what is shared is out to several, once to each; what is exclusive to one', async () => {
  const id = await store('shared/one');
  await terms('shared', { shared: true });
  const first = await take(id, ann);
  const second = await take(id, ben);
  await expect(take(id, ben)).rejects.toMatchObject({ code: 'secret.checked_out' });
  expect(await house.perform('vault.show', { id }, ann)).toMatchObject({ out: 2 });
  const { items } = await house.perform<{ items: unknown[] }>('vault.list', { search: 'shared/one' }, ann);
  expect(items).toHaveLength(1);
  await terms('shared/one', { shared: false });
  await expect(take(id, eve)).rejects.toMatchObject({ code: 'secret.checked_out' });
  for (const [by, { checkoutId }] of [
    [ann, first],
    [ben, second],
  ] as const)
    await house.perform('vault.checkIn', { id: checkoutId }, by);
  await take(id, eve);
  await expect(take(id, ben)).rejects.toMatchObject({ code: 'secret.checked_out' });
});

test('the longest path that fits holds, and a neighbour with the same beginning is another', async () => {
  const id = await store('near/app/db');
  const neighbour = await store('near/application');
  await terms('near', { longestSeconds: 600 });
  await terms('near/app', { longestSeconds: 120 });
  await expect(take(id, ann, { reason: 'x', seconds: 121 })).rejects.toMatchObject({ status: 422 });
  await take(neighbour, ann, { reason: 'x', seconds: 600 });
  await expect(take(neighbour, ben, { reason: 'x', seconds: 601 })).rejects.toMatchObject({ status: 422 });
});

test('reason and ticket are wanted where the terms say so, the ticket as the house writes them', async () => {
  const id = await store('why/one');
  await expect(take(id, ann, {})).rejects.toMatchObject({ errors: [{ pointer: '/reason' }] });
  await terms('why', { reasonRequired: false, ticketRequired: true });
  await expect(take(id, ann, {})).rejects.toMatchObject({ errors: [{ pointer: '/ticket' }] });
  await expect(take(id, ann, { ticket: 'later' })).rejects.toMatchObject({ errors: [{ pointer: '/ticket' }] });
  await take(id, ann, { ticket: 'CHG-7' });
  const { items } = await house.perform<{ items: unknown[] }>('vault.myCheckouts', {}, ann);
  expect(items).toContainEqual(expect.objectContaining({ secretId: id, ticket: 'CHG-7', reason: null }));
});

test('a second person agrees to one checkout: it is used once, and never longer than agreed', async () => {
  const id = await store('two/root');
  await terms('two', { secondPerson: true });
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  const asked = await ask(id, ann, { seconds: 600 });
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  await house.perform('vault.approveAsk', { id: asked }, ben);
  await expect(take(id, eve)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  const out = await take(id, ann, { reason: 'another reason', seconds: 3600 });
  expect(new Date(out.endsAt).getTime() - house.clock.now().getTime()).toBeLessThanOrEqual(600_000);
  const { items } = await house.perform<{ items: { reason: string }[] }>('vault.checkouts', {}, ben);
  expect(items).toContainEqual(expect.objectContaining({ secretId: id, reason: 'a night of work', approvedBy: ben }));
  await expect(
    house.perform('vault.extend', { id: out.checkoutId, seconds: 900, reason: 'x' }, ann),
  ).rejects.toMatchObject({
    code: 'checkout.needs_second_person',
  });
  await house.perform('vault.checkIn', { id: out.checkoutId }, ann);
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
});

test('nobody agrees to their own checkout, nor does who speaks in their name, nor who did not prove afresh who they are', async () => {
  const id = await store('two/own');
  const asked = await ask(id, ann);
  await expect(house.perform('vault.approveAsk', { id: asked }, ann)).rejects.toMatchObject({
    code: 'checkout.same_person',
  });
  deputies.add(`${ann} ${ben}`);
  await expect(house.perform('vault.approveAsk', { id: asked }, ben)).rejects.toMatchObject({
    code: 'checkout.same_person',
  });
  deputies.clear();
  proved = false;
  await expect(house.perform('vault.approveAsk', { id: asked }, ben)).rejects.toThrow('no proof');
  proved = true;
  await expect(house.perform('vault.approveAsk', { id: asked }, admin)).rejects.toMatchObject({ status: 403 });
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  await expect(
    house.db.run(
      sql`update checkout_ask set state = 'approved', decided_by = asker_id, decided_at = now() where id = ${asked}`,
    ),
  ).rejects.toMatchObject({ constraint: 'checkout_ask_is_never_decided_by_its_asker' });
});

test('an agreement that was not used in its time is over, and one that was withdrawn or denied opens nothing', async () => {
  const id = await store('two/late');
  await house.perform('vault.approveAsk', { id: await ask(id, ann) }, ben);
  house.clock.advance(3_601_000);
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  const withdrawn = await ask(id, ann);
  await house.perform('vault.approveAsk', { id: withdrawn }, ben);
  await expect(house.perform('vault.withdrawAsk', { id: withdrawn }, eve)).rejects.toMatchObject({ status: 404 });
  await house.perform('vault.withdrawAsk', { id: withdrawn }, ann);
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  const denied = await ask(id, ann);
  await house.perform('vault.denyAsk', { id: denied, because: 'not tonight' }, ben);
  await expect(house.perform('vault.approveAsk', { id: denied }, eve)).rejects.toMatchObject({
    code: 'checkout_ask.over',
  });
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
});

test('whoever set the terms needs a second person under them', async () => {
  await house.as('rotation').act({ action: 'arrange.all' }, async (ctx, permit) => {
    await startGrant(ctx, permit, { identityId: eve, entitlementId: ADMINISTRATOR, origin: 'admin', reason: 'test' });
  });
  const id = await store('both/hats');
  await expect(terms('both', { secondPerson: false }, ann)).rejects.toMatchObject({ status: 403 });
  await terms('both', { secondPerson: false }, eve);
  await expect(take(id, eve)).rejects.toMatchObject({ code: 'checkout.needs_second_person' });
  await take(id, ann);
});

test('what is given once is not shown again, and what may be revealed is, to its holder while it is out', async () => {
  const once = await store('once/key');
  await terms('once', { showing: 'copy_once' });
  const copied = await take(once, ann);
  expect(copied).toMatchObject({ value: 'canary-of-terms', once: true });
  await expect(house.perform('vault.showAgain', { id: copied.checkoutId }, ann)).rejects.toMatchObject({
    code: 'checkout.given_once',
  });
  const open = await store('open/key');
  const out = await take(open, ann);
  expect(await house.perform('vault.showAgain', { id: out.checkoutId }, ann)).toMatchObject({
    value: 'canary-of-terms',
  });
  await expect(house.perform('vault.showAgain', { id: out.checkoutId }, ben)).rejects.toMatchObject({ status: 404 });
  await house.perform('vault.checkIn', { id: out.checkoutId }, ann);
  await expect(house.perform('vault.showAgain', { id: out.checkoutId }, ann)).rejects.toMatchObject({
    code: 'checkout.over',
  });
});

test('what is injected only goes to nobody, not even with a second person', async () => {
  const id = await store('inject/root');
  await terms('inject', { showing: 'inject_only', secondPerson: true });
  await expect(ask(id, ann)).rejects.toMatchObject({ code: 'secret.inject_only' });
  await terms('inject', { showing: 'inject_only' });
  await expect(take(id, ann)).rejects.toMatchObject({ code: 'secret.inject_only' });
});

test('a checkout is extended as often as the terms let, and not once it is over', async () => {
  const id = await store('longer/key');
  await terms('longer', { longestSeconds: 600, extensions: 1 });
  const out = await take(id, ann, { reason: 'x', seconds: 60 });
  const extend = (seconds: number): Promise<unknown> =>
    house.perform('vault.extend', { id: out.checkoutId, seconds, reason: 'not done' }, ann);
  await expect(extend(601)).rejects.toMatchObject({ status: 422 });
  await extend(300);
  await expect(extend(600)).rejects.toMatchObject({ code: 'checkout.extended_enough' });
  house.clock.advance(301_000);
  await expect(extend(600)).rejects.toMatchObject({ code: 'checkout.over' });
});

test('the account is to be rotated once the last who had it gave it back, and not where the terms say so', async () => {
  const ended = async (id: string): Promise<boolean[]> =>
    (
      await house.db.many<{ due: boolean }>(sql`
        select data ? 'accountId' as due from audit_event where type = 'checkout.ended' and data ->> 'secretId' = ${id} order by at, id`)
    ).map(({ due }) => due);
  const system = await house.db.one<{ id: string }>(sql`select id from system where kind = 'reeve'`);
  const ofAccount = async (name: string): Promise<string> => {
    const accountId = '00000000-0000-7000-8000-0000000000aa'.replace(/aa$/, name.includes('kept') ? 'ab' : 'aa');
    await house.db.run(sql`
      insert into account (id, system_id, native_id, name, kind, state, valid_from)
      values (${accountId}, ${system.id}, ${name}, ${name}, 'shared', 'active', ${house.clock.now()})`);
    const fresh = await house.as('rotation').act({ action: 'secret.create' }, async (ctx, permit) => {
      const value = Buffer.from('of an account');
      return createSecret(house.keys, ctx, permit, {
        name: `${name}-of`,
        kind: 'password',
        purpose: 'account',
        accountId,
        value,
      });
    });
    return fresh.id;
  };
  await terms('turn', { shared: true });
  await terms('turn/kept-of', { rotateAfter: false });
  const id = await ofAccount('turn/root');
  const [a, b] = [await take(id, ann), await take(id, ben)];
  await house.perform('vault.checkIn', { id: a.checkoutId }, ann);
  await house.perform('vault.checkIn', { id: b.checkoutId }, ben);
  expect(await ended(id)).toEqual([false, true]);
  const kept = await ofAccount('turn/kept');
  await house.perform('vault.checkIn', { id: (await take(kept, ann)).checkoutId }, ann);
  expect(await ended(kept)).toEqual([false]);
});

test.each([
  { who: 'a checker', because: 'test', said: undefined },
  { who: 'somebody who types what a leaving is called', because: 'left', said: 'ended by who is in charge' },
])(
  'somebody whose grant $who ends gives back what they have out, and looks at it no more',
  async ({ because, said }) => {
    const identityId = said === undefined ? ben : eve;
    const id = await store(`ends/${because}`);
    const out = await take(id, identityId);
    await house.as('rotation').act({ action: 'arrange.all' }, async (ctx, permit) => {
      await endGrant(ctx, permit, { grantId: grants.get(identityId) ?? '', because, said });
    });
    await expect(house.perform('vault.showAgain', { id: out.checkoutId }, identityId)).rejects.toMatchObject({
      status: said === undefined ? 404 : 403,
    });
    await house.settle();
    const { items } = await house.perform<{ items: { secretId: string }[] }>('vault.checkouts', {}, ann);
    expect(items.filter(({ secretId }) => secretId === id)).toEqual([]);
    const { why } = await house.db.one<{ why: string }>(sql`
    select data ->> 'because' as why from audit_event where type = 'checkout.ended' and data ->> 'checkoutId' = ${out.checkoutId}`);
    expect(why).toBe('the grant it rested on ended');
  },
);

test('no value is in the new tables or the log in clear', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from secret t union all select to_jsonb(t)::text from checkout_ask t
    union all select to_jsonb(t)::text from checkout_terms t union all select to_jsonb(t)::text from audit_event t`);
  expect(dump.map((d) => d.row).join('\n')).not.toContain('canary-of-terms');
});
