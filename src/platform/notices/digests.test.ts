import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMail, type LabMail } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { noticesModule } from './index.ts';

let sink: LabMail;
let house: House;
let lena: string;
let tomas: string;
let dana: string;
/** Pages of which nothing waits any more; what is asked of another throws. */
const decided = new Set<string>();
let broken: string | undefined;

const tester = {
  name: 'tester',
  policies: `
    @id("tester.tests")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const person = (username: string): Promise<string> =>
  house.as('test').act({ action: 'world.build' }, async (ctx, permit) => {
    const facts = { displayName: `${username} Example`, username, email: `${username}@larkspur.example` };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });

interface Asked {
  readonly to?: readonly string[];
  readonly template?: string;
  readonly n?: number;
  readonly urgent?: boolean;
  readonly answerBy?: Date;
  readonly links?: Record<string, string>;
}
const ask = async ({ to = [lena], template = 'approval.wanted', n = 1, ...more }: Asked = {}): Promise<void> => {
  const facts = { number: `R-${n}`, requester: 'Tomas', beneficiary: `Person ${n}`, what: 'sudo', reason: 'disk full' };
  await house
    .as('test')
    .act({ action: 'world.build' }, (ctx, permit) =>
      askNotice(ctx, permit, { to, template, path: `/requests/${n}`, about: tomas, facts, ...more }),
    );
  await house.settle();
};
const collect = (): Promise<unknown> =>
  Promise.resolve(house.tasks['notices.collect_digests']?.({}, undefined as never));
const wants = (delivery: string, quietFrom: string | null = null, quietTo: string | null = null) =>
  house.perform<{ nextAt: string }>('notices.changePreferences', { delivery, quietFrom, quietTo }, lena);
const mails = (): Promise<{ template: string; state: string; because: string | null; heldUntil: Date | null }[]> =>
  house.db.many(sql`select template, state, because, held_until from mail order by wanted_at, id`);
const textOf = (n: number): string => (sink.messages[n]?.text ?? '').replaceAll('\r\n', '\n');
const at = (iso: string): void => house.clock.set(iso);

beforeAll(async () => {
  sink = await startMail();
  house = await testHouse((parts) => [
    graphModule,
    tester,
    noticesModule({
      ...parts,
      publicUrl: 'http://localhost:8470',
      smtpUrl: sink.url,
      mailFrom: 'reeve@larkspur.example',
      stillWaits: {
        'approval.wanted': async (_, { path }) => {
          if (path === broken) throw new Error('cannot be asked');
          return !decided.has(path);
        },
      },
    }),
  ]);
  at('2026-11-26T12:00:00Z');
  lena = await person('lena');
  tomas = await person('tomas');
  dana = await person('dana');
  await house.as('test').act({ action: 'world.build' }, (ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: dana,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    }),
  );
  await house.db.run(sql`insert into calendar (site, time_zone, hours, changed_at, changed_by)
    values ('house', 'Europe/Amsterdam', '{mon-fri 09:00-17:00}', now(), 'test')`);
});
beforeEach(() => at('2026-11-26T12:00:00Z'));
afterEach(async () => {
  sink.clear();
  decided.clear();
  broken = undefined;
  await house.db.run(sql`delete from mail where digest_id is not null`);
  await house.db.run(sql`delete from mail`);
  await house.db.run(sql`delete from notice_preference`);
});
afterAll(async () => {
  await house.close();
  await sink.stop();
});

test('what is not urgent waits for the next morning of work and goes out as one mail, kind by kind', async () => {
  await wants('daily');
  for (const n of [1, 2, 3]) await ask({ n });
  await ask({ template: 'request.approved', n: 4 });
  await collect();
  await house.settle();
  expect(sink.messages).toEqual([]);
  expect(new Set((await mails()).map((m) => m.heldUntil?.toISOString()))).toEqual(
    new Set(['2026-11-27T08:00:00.000Z']),
  );
  at('2026-11-27T08:00:00Z');
  await collect();
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  const [mail] = sink.messages;
  expect(mail?.subject).toBe('[Reeve] 4 notices for you');
  expect(textOf(0)).toContain('3 approvals wait for you:\n- R-1: Person 1 needs your decision\n');
  expect(textOf(0)).toContain('  http://localhost:8470/requests/2\n');
  expect(textOf(0)).toContain('1 request was approved:\n- R-4: approved\n  http://localhost:8470/requests/4\n');
  expect((await mails()).map((m) => m.state)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
  await collect();
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  const told = await house.db.many(sql`select 1 from audit_event where type = 'notice.digested'`);
  expect(told).toHaveLength(1);
});

test('whoever never said otherwise is told at once, and so is everybody of what is urgent or soon to be answered', async () => {
  await ask({ to: [tomas] });
  expect(sink.messages).toHaveLength(1);
  await wants('daily', '11:00', '23:00');
  await ask({ template: 'approval.reminder', n: 2 });
  await ask({ n: 3, urgent: true });
  await ask({ n: 4, answerBy: new Date('2026-11-27T11:59:00Z') });
  expect(sink.messages).toHaveLength(4);
  await ask({ n: 5, answerBy: new Date('2026-11-28T12:00:00Z') });
  expect(sink.messages).toHaveLength(4);
});

test('in quiet hours nothing is sent; at their end it comes, each link of its own with it', async () => {
  await wants('at_once', '12:30', '14:00');
  const link = '01900000-0000-7000-8000-000000000001';
  await ask({ n: 1, links: { [lena]: link } });
  expect(sink.messages).toEqual([]);
  at('2026-11-26T13:00:00Z');
  await collect();
  await house.settle();
  expect(sink.messages.map((m) => m.subject)).toEqual(['[Reeve] 1 approval waits for you']);
  expect(textOf(0)).toContain(`http://localhost:8470/decide#token=${link}.`);
  expect(textOf(0)).toContain('yours alone');
  await ask({ n: 2 });
  expect(sink.messages).toHaveLength(2);
});

test('what was decided meanwhile is left out and says so; where that is all, there is no mail', async () => {
  await wants('hourly');
  await ask({ n: 1 });
  await ask({ n: 2 });
  decided.add('/requests/1');
  at('2026-11-26T13:00:00Z');
  await collect();
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  expect(textOf(0)).not.toContain('R-1:');
  expect((await mails()).find((m) => m.state === 'not_sent')?.because).toBe('it was decided before it was to be sent');
  sink.clear();
  await ask({ n: 3 });
  decided.add('/requests/3');
  at('2026-11-26T14:00:00Z');
  await collect();
  await house.settle();
  expect(sink.messages).toEqual([]);
});

test('making a digest that fails halfway loses nothing, and two workers make one', async () => {
  await wants('hourly');
  await ask({ n: 1 });
  await ask({ n: 2 });
  at('2026-11-26T13:00:00Z');
  broken = '/requests/2';
  await collect();
  expect((await mails()).map((m) => [m.template, m.state])).toEqual([
    ['approval.wanted', 'waiting'],
    ['approval.wanted', 'waiting'],
  ]);
  broken = undefined;
  await Promise.all([collect(), collect(), collect()]);
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  expect(textOf(0)).toContain('R-1:');
  expect(textOf(0)).toContain('R-2:');
});

test('a digest whose sending was not noted goes out again as the same mail, with the same in it', async () => {
  await wants('hourly');
  await ask({ n: 1 });
  at('2026-11-26T13:00:00Z');
  await collect();
  await house.settle();
  // As it is where a worker dies between the mail server's answer and noting it, while more comes to wait.
  await house.db.run(sql`update mail set state = 'waiting', settled_at = null`);
  await ask({ n: 2 });
  const digest = await house.db.one<{ id: string }>(sql`select id from mail where template = 'notices.digest'`);
  await house.db.run(
    sql`select graphile_worker.add_job('notices.send', json_build_object('mailId', ${digest.id}::text))`,
  );
  await house.settle();
  expect(sink.messages).toHaveLength(2);
  expect(new Set(sink.messages.map((m) => m.headers.get('message-id'))).size).toBe(1);
  expect(new Set(sink.messages.map((m) => m.text)).size).toBe(1);
});

test('a digest that was not sent is tried again with all that is in it', async () => {
  await wants('hourly');
  await ask({ n: 1 });
  at('2026-11-26T13:00:00Z');
  const port = sink.port;
  await house.db.run(sql`update identity_facts set email = null where identity_id = ${lena}`);
  await collect();
  await house.settle();
  expect((await mails()).map((m) => m.because)).toEqual(Array(2).fill('there is no mail address on record'));
  await house.db.run(sql`update identity_facts set email = 'lena@larkspur.example' where identity_id = ${lena}`);
  const digest = await house.db.one<{ id: string }>(sql`select id from mail where template = 'notices.digest'`);
  await house.perform('notices.retry', { id: digest.id }, dana);
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  expect(sink.port).toBe(port);
  expect((await mails()).map((m) => m.state)).toEqual(['sent', 'sent']);
});

test('who wants mails at once again gets what waits, and nobody says it for another', async () => {
  expect(await house.perform('notices.preferences', {}, lena)).toMatchObject({
    delivery: 'at_once',
    timeZone: 'Europe/Amsterdam',
    nextAt: '2026-11-26T12:00:00.000Z',
  });
  expect((await wants('daily')).nextAt).toEqual('2026-11-27T08:00:00.000Z');
  await ask({ n: 1 });
  await wants('at_once');
  await collect();
  await house.settle();
  expect(sink.messages).toHaveLength(1);
  await expect(wants('daily', '22:00')).rejects.toMatchObject({ errors: [{ pointer: '/quietTo' }] });
  await expect(wants('daily', '22:00', '22:00')).rejects.toMatchObject({ errors: [{ pointer: '/quietTo' }] });
  await expect(wants('daily', '25:00', '26:00')).rejects.toMatchObject({ status: 422 });
});
