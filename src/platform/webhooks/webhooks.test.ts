import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { outbound } from '#kit/outbound/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { askNotice, noticeWanted } from '#spine/events/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { webhooksModule } from './index.ts';
import { startReceiver, verifies, type Call, type Receiver } from './testing/receiver.ts';

interface Hook {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly because: string | null;
}
interface Sent {
  readonly id: string;
  readonly eventType: string;
  readonly state: string;
  readonly because: string | null;
  readonly attempts: number;
}

let house: House;
let receiver: Receiver;
let dana: string;
let ines: string;
let lena: string;
let web1: string;
let git: string;
let n = 0;

const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, work);
const wanted = async (systemId?: string): Promise<void> => {
  n += 1;
  if (systemId === undefined)
    await build((ctx, permit) =>
      askNotice(ctx, permit, {
        to: [lena],
        template: 't',
        path: '/x',
        about: lena,
        facts: { secret: `personal ${n}` },
      }),
    );
  else
    await build((ctx, permit) =>
      putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: `g${n}`, name: `g${n}` }),
    );
};
const follow = async (): Promise<void> => {
  await house.registry.jobs.get('webhooks.follow')?.run(house.as('webhooks'), {});
};
/** Lets what waits for its time run now, the house's clock moved along. */
const later = async (ms: number): Promise<void> => {
  house.clock.advance(ms);
  await house.db.run(
    sql`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs where task_identifier = 'webhooks.deliver'), run_at => now())`,
  );
  await house.settle();
};
const add = (name: string, more: Record<string, unknown> = {}) =>
  house.perform<{ webhook: Hook; secret: string }>(
    'webhooks.add',
    { name: `${name} ${n}`, url: `http://127.0.0.1:${receiver.port}/${name}`, kinds: ['notice.*'], ...more },
    dana,
  );
const deliveries = async (webhookId: string): Promise<Sent[]> =>
  (await house.perform<{ items: Sent[] }>('webhooks.deliveries', { webhookId }, ines)).items;

beforeAll(async () => {
  receiver = await startReceiver();
  house = await testHouse((parts) => [
    graphModule,
    {
      name: 'tester',
      policies: `
        @id("tester.tests")
        permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
      events: [noticeWanted],
    },
    webhooksModule({
      ...parts,
      publicUrl: 'https://reeve.example',
      outbound: outbound({ allow: ['127.0.0.0/8'], timeoutMs: 2_000 }),
      eventTypes: () => [
        'notice.wanted',
        'entitlement.put',
        'grant.started',
        'webhook_delivery.failed',
        'webhook.gone',
      ],
    }),
  ]);
  const person = (username: string): Promise<string> =>
    build(
      async (ctx, permit) =>
        (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })).id,
    );
  dana = await person('dana');
  ines = await person('ines');
  lena = await person('lena');
  for (const [identityId, role] of [
    [dana, 'administrator'],
    [ines, 'auditor'],
  ] as const)
    await build((ctx, permit) =>
      startGrant(ctx, permit, { identityId, entitlementId: ADMIN_ROLES[role], origin: 'admin', reason: 'test' }),
    );
  const system = (name: string, ownerId: string): Promise<string> =>
    build(async (ctx, permit) => (await registerSystem(ctx, permit, { name, kind: 'csv', ownerId })).id);
  web1 = await system('web1', lena);
  git = await system('git', dana);
});
beforeEach(async () => {
  n += 1;
  receiver.calls = [];
  receiver.answers = {};
  for (const { id } of (await house.perform<{ items: Hook[] }>('webhooks.list', {}, dana)).items)
    await house.perform('webhooks.remove', { id }, dana);
});
afterAll(async () => {
  await house.close();
  await receiver.down();
});

test('what happens after somebody subscribed is sent, signed, without anything personal', async () => {
  await wanted();
  const { secret, webhook } = await add('a');
  await wanted();
  await wanted(web1);
  await follow();
  await house.settle();
  expect(receiver.calls).toHaveLength(1);
  expect(verifies(receiver.calls[0], secret)).toBe(true);
  expect(verifies({ ...(receiver.calls[0] as Call), body: `${receiver.calls[0]?.body} ` }, secret)).toBe(false);
  const body = JSON.parse(receiver.calls[0]?.body ?? '') as { type: string; data: Record<string, unknown> };
  expect(body).toMatchObject({ type: 'notice.wanted', data: { to: [lena], template: 't' } });
  expect(receiver.calls[0]?.body).not.toContain('personal');
  expect(Number(receiver.calls[0]?.headers['webhook-timestamp'])).toBe(Math.floor(house.clock.now().getTime() / 1000));
  expect(await deliveries(webhook.id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
});

test.each([
  ['url', 'sealed_url'],
  ['secret', 'sealed_secret'],
  ['former secret', 'sealed_old_secret'],
])('by the %s of another webhook nothing is sent', async (_what, column) => {
  const [a, b] = [await add('a'), await add('b', { kinds: ['entitlement.*'] })];
  for (const { webhook } of [a, b]) await house.perform('webhooks.rotateSecret', { id: webhook.id }, dana);
  const name = sql.id(column);
  await house.db.run(sql`
    update webhook set ${name} = (select o.${name} from webhook o where o.id = ${b.webhook.id}) where id = ${a.webhook.id}`);
  await wanted();
  await follow();
  await house.settle();
  expect(receiver.calls).toEqual([]);
  expect(await deliveries(a.webhook.id)).toMatchObject([
    { because: 'its address or secret was changed behind the back of Reeve: give it anew' },
  ]);
});

test('the same event looked at twice is sent once', async () => {
  await add('a');
  await wanted();
  const before = await house.db.one<{ xid: string }>(sql`select xid::text as xid from webhook_cursor`);
  await follow();
  await house.db.run(sql`update webhook_cursor set xid = ${before.xid}::xid8`);
  await Promise.all([follow(), follow()]);
  await house.settle();
  expect(receiver.calls).toHaveLength(1);
});

test('what is committed late is not passed over', async () => {
  await add('a');
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let began = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    began = resolve;
  });
  const slow = build(async (ctx, permit) => {
    await askNotice(ctx, permit, { to: [lena], template: 'slow', path: '/x', about: lena, facts: {} });
    await ctx.tx.one(sql`select pg_current_xact_id()`);
    began();
    await held;
  });
  await underWay;
  await wanted();
  await follow();
  go();
  await slow;
  await follow();
  await house.settle();
  expect(
    receiver.calls.map((c) => (JSON.parse(c.body) as { data: { template: string } }).data.template).sort(),
  ).toEqual(['slow', 't']);
});

test('a receiver that is down is tried again under the same id, and gets it once when it is back', async () => {
  const { webhook, secret } = await add('a');
  await receiver.down();
  await wanted();
  await follow();
  await house.settle();
  const [waiting] = await deliveries(webhook.id);
  expect(waiting).toMatchObject({ state: 'waiting', attempts: 1, because: 'it cannot be reached: ECONNREFUSED' });
  await receiver.up();
  await later(10_000);
  expect(receiver.calls).toHaveLength(1);
  expect(receiver.calls[0]?.headers['webhook-id']).toBe(`msg_${waiting?.id}`);
  expect(verifies(receiver.calls[0], secret)).toBe(true);
  await later(3_600_000);
  expect(receiver.calls).toHaveLength(1);
  expect(await deliveries(webhook.id)).toMatchObject([{ state: 'delivered', attempts: 2, because: null }]);
});

test('in the end it is given up with the reason, on the record, and can be sent again', async () => {
  const { webhook } = await add('a');
  receiver.answers = { '/a': 500 };
  await wanted();
  await follow();
  await house.settle();
  for (let i = 0; i < 12; i += 1) await later(25 * 3_600_000);
  const [dead] = await deliveries(webhook.id);
  expect(dead).toMatchObject({ state: 'not_delivered', because: 'the receiver said 500' });
  expect(dead?.attempts).toBeLessThanOrEqual(10);
  expect(new Set(receiver.calls.map((c) => c.headers['webhook-id'])).size).toBe(1);
  const failed = await house.db.many(
    sql`select from audit_event where type = 'webhook_delivery.failed' and data ->> 'deliveryId' = ${dead?.id ?? ''}`,
  );
  expect(failed).toHaveLength(1);
  receiver.answers = {};
  receiver.calls = [];
  await expect(house.perform('webhooks.sendAgain', { id: dead?.id }, ines)).rejects.toMatchObject({ status: 403 });
  await house.perform('webhooks.sendAgain', { id: dead?.id }, dana);
  await later(600_000);
  expect(await deliveries(webhook.id)).toMatchObject([{ state: 'delivered' }]);
  expect(receiver.calls.map((c) => c.headers['webhook-id'])).toEqual([`msg_${dead?.id}`]);
  await expect(house.perform('webhooks.sendAgain', { id: dead?.id }, dana)).rejects.toMatchObject({
    code: 'webhook_delivery.settled',
  });
});

test('a rotated secret signs along for as long as was said, and no longer', async () => {
  const { webhook, secret: old } = await add('a');
  const { secret } = await house.perform<{ secret: string }>(
    'webhooks.rotateSecret',
    { id: webhook.id, keepOldHours: 2 },
    dana,
  );
  expect(secret).not.toBe(old);
  const send = async (): Promise<Call | undefined> => {
    receiver.calls = [];
    await wanted();
    await follow();
    await house.settle();
    return receiver.calls[0];
  };
  const during = await send();
  expect([verifies(during, secret), verifies(during, old)]).toEqual([true, true]);
  expect(String(during?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  house.clock.advance(2 * 3_600_000);
  const after = await send();
  expect([verifies(after, secret), verifies(after, old)]).toEqual([true, false]);
});

test('it may be about some systems only, or what somebody owns', async () => {
  const kinds = ['entitlement.put'];
  await add('git', { kinds, systemIds: [git] });
  await add('lenas', { kinds, ownerIds: [lena] });
  await add('all', { kinds });
  await wanted(web1);
  await wanted(git);
  await follow();
  await house.settle();
  expect(receiver.calls.map((c) => c.path).sort()).toEqual(['/all', '/all', '/git', '/lenas']);
  const systemOf = (path: string): unknown =>
    (JSON.parse(receiver.calls.find((c) => c.path === path)?.body ?? '{}') as { data?: { systemId?: string } }).data
      ?.systemId;
  expect([systemOf('/git'), systemOf('/lenas')]).toEqual([git, web1]);
});

test('a chat is told in its own form what happened, and nothing anybody typed', async () => {
  for (const kind of ['slack', 'mattermost', 'teams']) await add(kind, { kind });
  await wanted();
  await follow();
  await house.settle();
  const text = (path: string): string => receiver.calls.find((c) => c.path === path)?.body ?? '';
  expect(JSON.parse(text('/slack'))).toEqual({
    text: `Reeve: Notice wanted, ${house.clock.now().toISOString().slice(0, 16).replace('T', ' ')} UTC\n<https://reeve.example/|Look at it>`,
  });
  expect(text('/mattermost')).toContain('[Look at it](https://reeve.example/)');
  expect(text('/teams')).toContain('AdaptiveCard');
  expect(receiver.calls.every((c) => c.headers['webhook-signature'] === undefined)).toBe(true);
});

test('a test is sent at once, and says what came of it', async () => {
  const { webhook } = await add('a');
  receiver.answers = { '/a': 302 };
  await house.perform('webhooks.test', { id: webhook.id }, dana);
  await house.settle();
  expect(JSON.parse(receiver.calls[0]?.body ?? '')).toMatchObject({ type: 'webhook.test' });
  expect(receiver.calls).toHaveLength(1);
  expect(await deliveries(webhook.id)).toMatchObject([
    { state: 'waiting', because: 'the receiver said 302, which redirects; it was not followed' },
  ]);
});

test('one that is gone is paused and says why; going on again, it gets what waited', async () => {
  const { webhook } = await add('a');
  receiver.answers = { '/a': 410 };
  await wanted();
  await follow();
  await house.settle();
  const show = () =>
    house.perform<Hook & { versions: { madeBy: string }[] }>('webhooks.show', { id: webhook.id }, ines);
  expect(await show()).toMatchObject({ state: 'paused', because: 'the receiver said 410', version: 2 });
  expect((await show()).versions.map((v) => v.madeBy)).toEqual(['component:webhooks', `identity:${dana}`]);
  await wanted();
  await follow();
  receiver.answers = {};
  receiver.calls = [];
  await house.perform('webhooks.change', { id: webhook.id, version: 2, state: 'active' }, dana);
  await wanted();
  await follow();
  await house.settle();
  expect(receiver.calls).toHaveLength(1);
  await expect(house.perform('webhooks.change', { id: webhook.id, version: 2, name: 'x' }, dana)).rejects.toMatchObject(
    { code: 'webhook.changed_meanwhile' },
  );
});

test('while a receiver does not answer, others do not wait for it, and it is not hammered', async () => {
  const { webhook } = await add('a');
  receiver.answers = { '/a': 503 };
  for (let i = 0; i < 20; i += 1) await wanted();
  await follow();
  await house.settle();
  // Four at a time, until two in a row were silent: then the rest is put off without a call.
  expect(receiver.calls.length).toBeLessThan(12);
  receiver.answers = {};
  for (let i = 0; i < 4; i += 1) await later(600_000);
  expect((await deliveries(webhook.id)).map((d) => d.state)).toEqual(Array.from({ length: 20 }, () => 'delivered'));
});

test('a private address is refused when it is typed in, and when its name comes to mean one', async () => {
  await expect(add('x', { url: 'https://169.254.169.254/latest' })).rejects.toMatchObject({
    status: 422,
    errors: [{ pointer: '/url' }],
  });
  await expect(add('x', { url: 'http://hooks.example/' })).rejects.toMatchObject({ status: 422 });
  await expect(add('x', { kinds: ['no.such'] })).rejects.toMatchObject({ errors: [{ pointer: '/kinds/0' }] });
  await expect(
    house.perform('webhooks.add', { name: 'x', url: 'https://hooks.example/', kinds: ['notice.*'] }, ines),
  ).rejects.toMatchObject({ status: 403 });
});

test('neither URL nor secret is to be had again: not in receiver.answers, the audit log, jobs or in clear in the database', async () => {
  const { webhook, secret } = await add('hidden-path');
  await house.perform('webhooks.rotateSecret', { id: webhook.id }, dana);
  await wanted();
  await follow();
  await house.settle();
  const shown = JSON.stringify([
    await house.perform('webhooks.show', { id: webhook.id }, dana),
    await house.perform('webhooks.list', {}, dana),
    await house.perform('webhooks.deliveries', {}, dana),
  ]);
  const { stored } = await house.db.one<{ stored: string }>(sql`
    select concat((select string_agg(w::text, '') from webhook w), (select string_agg(e::text, '') from audit_event e),
                  (select string_agg(d::text, '') from webhook_delivery d)) as stored`);
  for (const hidden of ['hidden-path', secret, secret.slice(6)]) {
    expect(shown).not.toContain(hidden === 'hidden-path' ? '/hidden-path' : hidden);
    expect(stored).not.toContain(hidden === 'hidden-path' ? '/hidden-path' : hidden);
  }
  await house.perform('webhooks.remove', { id: webhook.id }, dana);
  await until(
    async () =>
      (await house.db.many(sql`select from webhook where id = ${webhook.id} and sealed_url is null`)).length === 1,
  );
});
