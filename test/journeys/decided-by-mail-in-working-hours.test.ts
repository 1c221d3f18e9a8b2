import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMail, type LabMail, type LabMessage } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { startReceiver, verifies, type Receiver } from '#platform/webhooks/testing/receiver.ts';
import { changeIdentityFacts, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { must } from '../attacks/one-of-each.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';

let sink: LabMail;
let receiver: Receiver;
let house: PeopledHouse;
let admin: Caller;
let ada: Caller;
let bram: Caller;
let cleo: Caller;
let emil: Caller;

/** Days nobody works in the Hague: Christmas, and the days after it that are given off. */
const DAYS_OFF = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'BEGIN:VEVENT',
  'DTSTART;VALUE=DATE:20201225',
  'DTEND;VALUE=DATE:20201227',
  'RRULE:FREQ=YEARLY',
  'SUMMARY:Christmas',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'DTSTART;VALUE=DATE:20261228',
  'DTEND;VALUE=DATE:20261230',
  'SUMMARY:Closed between the years',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

beforeAll(async () => {
  [sink, receiver] = await Promise.all([startMail(), startReceiver()]);
  house = await peopledHouse({ smtpUrl: sink.url, outboundAllow: ['127.0.0.0/8'] });
  house.clock.set('2026-12-24T13:00:00Z');
  admin = await house.person('admin', {}, ['administrator']);
  cleo = await house.person('cleo');
  ada = await house.person('ada', { managerId: cleo.id });
  emil = await house.person('emil', { managerId: ada.id });
  bram = await house.person('bram');
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [who, site] of [
      [ada, 'The Hague'],
      [cleo, 'Boston'],
      [bram, 'The Hague'],
      [emil, 'The Hague'],
      [admin, 'The Hague'],
    ] as const)
      await changeIdentityFacts(ctx, permit, {
        identityId: who.id,
        change: { email: `${who.username}@larkspur.example`, attributes: { site } },
      });
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'reports', kind: 'csv', ownerId: bram.id });
    await putEntitlement(ctx, permit, {
      systemId,
      kind: 'group',
      nativeId: 'readers',
      name: 'readers',
      description: 'Reads reports',
      ownerId: bram.id,
      requestable: true,
      risk: 'low',
    });
  });
});
afterAll(async () => {
  await house?.close();
  await receiver?.down();
  await sink?.stop();
});

const at = async (instant: string): Promise<void> => {
  house.clock.set(instant);
  await house.tasks['requests.keepMoving']?.({}, undefined as never);
  await house.settle();
};
/** What was sent to somebody, subjects without what they begin with all. */
const mailsTo = (who: Caller): LabMessage[] =>
  sink.messages.filter((m) => m.to.includes(`${who.username}@larkspur.example`));
const tokenIn = (mail: LabMessage | undefined): string => /\/decide#token=(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
const deliver = async (): Promise<void> => {
  await house.tasks['webhooks.follow']?.({}, undefined as never);
  await house.settle();
};

test('an approver’s site is closed, so it waits for hours of work, goes on to the next in line, is decided by mail, and all of it reaches the receiver once', async () => {
  // The house sets the hours of its sites, and a receiver subscribes.
  for (const [site, timeZone] of [
    ['house', 'Europe/Amsterdam'],
    ['The Hague', 'Europe/Amsterdam'],
    ['Boston', 'America/New_York'],
  ] as const)
    must(await admin.call('PUT', `/v1/calendars/${encodeURIComponent(site)}`, { timeZone }));
  expect(must(await admin.call('POST', '/v1/calendars/The%20Hague/holidays', { content: DAYS_OFF }))).toMatchObject({
    site: 'the hague',
    last: '2036-12-26',
  });
  const { secret } = must<{ secret: string }>(
    await admin.call('POST', '/v1/webhooks', {
      name: 'desk',
      url: `http://127.0.0.1:${receiver.port}/desk`,
      kinds: ['request.*', 'decision_link.used', 'grant.started'],
    }),
  );

  // Thursday before Christmas, two hours of work are left: Emil asks.
  house.clock.set('2026-12-24T14:00:00Z');
  const { request } = must<{ request: { id: string } }>(
    await emil.call('POST', '/v1/requests', { what: 'reports:readers', for: '8h', reason: 'year end' }),
  );
  await house.settle();
  await deliver();
  expect(mailsTo(ada)).toHaveLength(1);
  expect(receiver.calls.length).toBeGreaterThan(0);
  const before = receiver.calls.length;

  // Nobody is reminded while the site is closed, and the receiver goes down meanwhile.
  await receiver.down();
  for (const day of ['2026-12-25', '2026-12-26', '2026-12-27', '2026-12-28', '2026-12-29'])
    await at(`${day}T16:30:00Z`);
  expect(mailsTo(ada)).toHaveLength(1);

  // Six hours of Wednesday make eight: Ada is reminded; a day of work later her manager is asked too.
  await at('2026-12-30T14:00:00Z');
  expect(mailsTo(ada).at(-1)?.subject).toContain('still waits');
  await at('2026-12-31T14:00:00Z');
  expect(mailsTo(cleo)).toHaveLength(1);
  await deliver();
  expect(receiver.calls).toHaveLength(before);

  // A scanner fetches the link, somebody else has the mail, and neither decides; Cleo does, once.
  const token = tokenIn(mailsTo(cleo)[0]);
  expect(token).not.toBe('');
  for (const method of ['GET', 'HEAD'])
    for (const path of ['/decide', '/v1/decision-links/open', '/v1/decision-links/approve'])
      await house.stranger.call(method, `${path}?token=${token}`);
  expect((await bram.call('POST', '/v1/decision-links/approve', { token })).status).toBeGreaterThanOrEqual(403);
  const state = async (): Promise<unknown> => (await emil.call('GET', `/v1/requests/${request.id}`)).body['state'];
  expect(await state()).toBe('pending');
  expect(must(await cleo.call('POST', '/v1/decision-links/approve', { token }))).toMatchObject({ state: 'approved' });
  expect((await cleo.call('POST', '/v1/decision-links/approve', { token })).status).toBeGreaterThanOrEqual(400);
  await house.settle();
  expect(mailsTo(emil).at(-1)?.subject).toContain('approved');

  // The receiver is back: all that happened reaches it, each once, and everything it got is signed.
  await deliver();
  await receiver.up();
  for (let i = 0; i < 4; i += 1) {
    house.clock.advance(600_000);
    await house.db.run(
      sql`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs where task_identifier = 'webhooks.deliver'), run_at => now())`,
    );
    await house.settle();
  }
  const told = receiver.calls.map((call) => JSON.parse(call.body) as { id: string; type: string });
  expect(new Set(told.map((t) => t.id)).size).toBe(told.length);
  expect(told.map((t) => t.type)).toEqual(
    expect.arrayContaining([
      'request.submitted',
      'request.step_opened',
      'request.step_reminded',
      'request.step_rerouted',
      'decision_link.used',
      'request.step_approved',
      'request.approved',
      'grant.started',
    ]),
  );
  expect(receiver.calls.every((call) => verifies(call, secret))).toBe(true);
  expect(receiver.calls.every((call) => !call.body.includes('year end'))).toBe(true);
  const { items } = must<{ items: { state: string }[] }>(await admin.call('GET', '/v1/webhook-deliveries?limit=500'));
  expect(new Set(items.map((d) => d.state))).toEqual(new Set(['delivered']));
});
