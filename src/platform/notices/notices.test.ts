import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startMail, type LabMail } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, changeIdentityFacts, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { noticesModule } from './index.ts';

let sink: LabMail;
let house: House;
let lena: string;
let tomas: string;
let dana: string;

const tester = {
  name: 'tester',
  policies: `
    @id("tester.tests")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const moduleOf = (url: string | undefined) => (parts: Pick<House, 'db' | 'keys'>) =>
  noticesModule({ ...parts, publicUrl: 'http://localhost:8470', smtpUrl: url, mailFrom: 'reeve@larkspur.example' });

const person = (on: House, username: string, email: string | null): Promise<string> =>
  on.as('test').act({ action: 'world.build' }, async (ctx, permit) => {
    const facts = { displayName: `${username} Example`, username, ...(email === null ? {} : { email }) };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });
const ask = (on: House, to: readonly string[], about: string, facts: Record<string, string> = {}): Promise<void> =>
  on.as('test').act({ action: 'world.build' }, (ctx, permit) =>
    askNotice(ctx, permit, {
      to,
      template: 'approval.wanted',
      path: '/requests/0190',
      about,
      facts: { number: 'R-7', requester: 'Lena', beneficiary: 'Lena', what: 'sudo', reason: 'disk full', ...facts },
    }),
  );
const mails = (on: House): Promise<{ identityId: string; state: string; because: string | null; attempts: number }[]> =>
  on.db.many(sql`select identity_id, state, because, attempts from mail order by wanted_at, id`);

beforeAll(async () => {
  sink = await startMail();
  house = await testHouse((parts) => [graphModule, tester, moduleOf(sink.url)(parts)]);
  lena = await person(house, 'lena', 'lena@larkspur.example');
  tomas = await person(house, 'tomas', 'tomas@larkspur.example');
  dana = await person(house, 'dana', null);
  await house.as('test').act({ action: 'world.build' }, (ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: dana,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    }),
  );
});
afterEach(async () => {
  sink.clear();
  await house.db.run(sql`delete from mail`);
});
afterAll(async () => {
  await house.close();
  await sink.stop();
});

test('whoever ought to be told gets one mail each, from Reeve, with a link and no more recipients', async () => {
  await ask(house, [tomas, lena, tomas], lena, {
    reason: 'x\r\nBcc: all@larkspur.example',
    beneficiary: 'Lena\r\nBcc: all@larkspur.example',
  });
  await house.settle();
  expect(sink.messages.map((m) => m.to).sort()).toEqual([['lena@larkspur.example'], ['tomas@larkspur.example']]);
  const [mail] = sink.messages;
  expect(mail?.headers.get('from')).toBe('Reeve <reeve@larkspur.example>');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(mail?.headers.has('bcc')).toBe(false);
  expect(mail?.subject).toBe('[Reeve] R-7: Lena Bcc: all@larkspur.example needs your decision');
  expect(mail?.text).toContain('http://localhost:8470/requests/0190');
  expect((await mails(house)).map((m) => m.state)).toEqual(['sent', 'sent']);
});

test('the same event told again tells nobody twice, and a second delivery would have the same Message-ID', async () => {
  await ask(house, [tomas], lena);
  await house.settle();
  const [mail] = await house.db.many<{ id: string; eventId: string }>(sql`select id, event_id from mail`);
  await house.db.run(sql`update mail set state = 'waiting', settled_at = null`);
  await house.db.run(
    sql`select graphile_worker.add_job('notices.send', json_build_object('mailId', ${mail?.id}::text))`,
  );
  await house.db.run(sql`
    select graphile_worker.add_job('events.react', json_build_object('eventId', ${mail?.eventId}::text, 'type', 'notice.wanted', 'reaction', 'notices.queue'))`);
  await house.settle();
  expect(sink.messages).toHaveLength(2);
  expect(new Set(sink.messages.map((m) => m.headers.get('message-id')))).toEqual(
    new Set([`<${mail?.id}@larkspur.example>`]),
  );
});

test('who has no address or has left is not told, and that is on record', async () => {
  const gone = await person(house, 'gareth', 'gareth@larkspur.example');
  await house
    .as('test')
    .act({ action: 'world.build' }, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: gone, change: { state: 'leaver' } }),
    );
  await ask(house, [dana, gone], lena);
  await house.settle();
  expect(sink.messages).toEqual([]);
  expect(new Set((await mails(house)).map((m) => m.because))).toEqual(
    new Set(['there is no mail address on record', 'whoever it is for has left']),
  );
  const seen = await house.perform<{ items: { state: string }[] }>('notices.list', { state: 'not_sent' }, dana);
  expect(seen.items).toHaveLength(2);
  await expect(house.perform('notices.list', {}, lena)).rejects.toMatchObject({ status: 403 });
});

test('an address that is more than one address is no address', async () => {
  const sly = await person(house, 'sly', 'sly@larkspur.example, all@larkspur.example');
  await ask(house, [sly], lena);
  await house.settle();
  expect(sink.messages).toEqual([]);
  expect((await mails(house))[0]?.because).toBe('the address on record is no mail address');
});

test('what is stored holds neither address nor text', async () => {
  await ask(house, [tomas], lena, { reason: 'a very particular reason' });
  await house.settle();
  const rows = await house.db.many<{ row: string }>(
    sql`select to_jsonb(m)::text as row from mail m union all select to_jsonb(e)::text from audit_event e where type like 'notice.%'`,
  );
  const all = rows.map((r) => r.row).join('\n');
  expect(all).not.toContain('particular');
  expect(all).not.toContain('tomas@');
});

test('a server that is down is tried again, and what was waiting arrives when it is back', async () => {
  const port = sink.port;
  await sink.stop();
  await ask(house, [tomas], lena);
  await until(async () => (await mails(house))[0]?.attempts === 1, { timeoutMs: 10_000 });
  expect(await mails(house)).toMatchObject([{ state: 'waiting', because: 'the mail server said ESOCKET' }]);
  sink = await startMail({ port });
  await house.db.run(
    sql`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs), run_at => now())`,
  );
  await sink.waitFor((m) => m.to.includes('tomas@larkspur.example'));
});

test('without a mail server nothing is sent and each says so; retried once there is one, it arrives', async () => {
  const mute = await testHouse((parts) => [graphModule, tester, moduleOf(undefined)(parts)]);
  try {
    const to = await person(mute, 'tomas', 'tomas@larkspur.example');
    await ask(mute, [to], to);
    await mute.settle();
    expect(await mails(mute)).toMatchObject([{ state: 'not_sent', because: 'no mail server is set' }]);
  } finally {
    await mute.close();
  }
});
