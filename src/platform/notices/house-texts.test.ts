import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMail, type LabMail } from '#lab/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { checkText } from './check-text.ts';
import { noticesModule } from './index.ts';
import { shippedText } from './render-mail.ts';
import { TEMPLATES } from './templates.ts';

let sink: LabMail;
let house: House;
let lena: string;
let dana: string;

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
const template = 'request.denied';
const good = { subject: '{number}: no', body: 'Not for {beneficiary}.\n\n{>because}\n\nSee:\n{link}' };
const change = (version: number, text: Partial<typeof good>, as = dana) =>
  house.perform<{ version: number }>('noticeTemplates.change', { template, version, ...good, ...text }, as);
const tell = async (): Promise<LabMail['messages'][number] | undefined> => {
  sink.clear();
  const facts = { number: 'R-7', beneficiary: 'Person\r\nBcc: all@x.example', what: 'sudo', because: 'no\nneed' };
  await house
    .as('test')
    .act({ action: 'world.build' }, (ctx, permit) =>
      askNotice(ctx, permit, { to: [lena], template, path: '/requests/7', about: lena, facts }),
    );
  await house.settle();
  return sink.messages[0];
};

beforeAll(async () => {
  sink = await startMail();
  house = await testHouse((parts) => [
    graphModule,
    tester,
    noticesModule({ ...parts, publicUrl: 'http://localhost:8470', smtpUrl: sink.url }),
  ]);
  lena = await person('lena');
  dana = await person('dana');
  await house.as('test').act({ action: 'world.build' }, (ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: dana,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    }),
  );
});
afterAll(async () => {
  await house.close();
  await sink.stop();
});

test('every shipped text could be written by a house', () => {
  for (const shipped of TEMPLATES.values()) expect(() => checkText(shipped, shippedText(shipped))).not.toThrow();
});

test('a text is listed with what it may fill in, changed, previewed and shipped again, version by version', async () => {
  const list = () => house.perform<{ items: Record<string, unknown>[] }>('noticeTemplates.list', {}, dana);
  const shipped = (await list()).items.find((t) => t['template'] === template);
  expect(shipped).toMatchObject({
    version: 0,
    changed: false,
    variables: ['because', 'beneficiary', 'number', 'what'],
  });
  expect(await change(0, {})).toEqual({ template, version: 1 });
  const mail = await tell();
  expect(mail?.subject).toBe('[Reeve] R-7: no');
  expect(mail?.headers.has('bcc')).toBe(false);
  expect(mail?.text.replaceAll('\r\n', '\n')).toContain(
    'Not for Person Bcc: all@x.example.\n\n  > no\n  > need\n\nSee:\nhttp://localhost:8470/requests/7\n',
  );
  const shown = await house.perform<{ text: string }>(
    'noticeTemplates.preview',
    { template, body: 'Because: {because}\n{link}' },
    dana,
  );
  expect(shown.text).toContain('Because: the reason that was given\nhttp://localhost:8470/example\n');
  await expect(change(0, {})).rejects.toMatchObject({ code: 'notice_template.changed' });
  await house.perform('noticeTemplates.reset', { template, version: 1 }, dana);
  expect((await tell())?.subject).toBe('[Reeve] R-7: denied');
  const versions = await house.perform<{ items: unknown[] }>('noticeTemplates.versions', { template }, dana);
  expect(versions.items).toMatchObject([
    { number: 2, subject: null, body: null },
    { number: 1, subject: good.subject, madeBy: `identity:${dana}` },
  ]);
  expect((await list()).items.find((t) => t['template'] === template)).toMatchObject({ version: 2, changed: false });
});

test('what could not go out is refused, naming what is wrong', async () => {
  const link = '\n{link}';
  const refused: [Partial<typeof good>, string, RegExp][] = [
    [{ body: `{nobody} and {because}${link}` }, '/body', /there is no variable \{nobody\}/],
    [{ subject: '{beneficary}: no' }, '/subject', /there is no variable \{beneficary\}/],
    [{ body: 'No.' }, '/body', /the link is missing/],
    [{ body: `See {link} here` }, '/body', /the link is missing/],
    [{ body: `{link}\n{link}` }, '/body', /more than once/],
    [{ body: `See https://elsewhere.example${link}` }, '/body', /address of its own/],
    [{ body: `See www.elsewhere.example${link}` }, '/body', /address of its own/],
    [{ body: `{because${link}` }, '/body', /belongs to no variable/],
    [{ body: `\u202Eturned${link}` }, '/body', /not seen/],
    [{ subject: 'x\r\nBcc: all@x.example' }, '/subject', /breaks a line/],
    [{ subject: '{>because}' }, '/subject', /a subject has one/],
  ];
  for (const [text, pointer, detail] of refused)
    await expect(change(2, text)).rejects.toMatchObject({
      status: 422,
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer, detail: expect.stringMatching(detail) as string }),
      ]) as unknown,
    });
  await expect(house.perform('noticeTemplates.preview', { template, subject: '{nobody}' }, dana)).rejects.toMatchObject(
    { message: expect.stringContaining('{nobody}') as string },
  );
  await expect(house.perform('noticeTemplates.versions', { template: 'no.such' }, dana)).rejects.toMatchObject({
    status: 404,
  });
});

test('only administrators see and change texts', async () => {
  await expect(change(2, {}, lena)).rejects.toMatchObject({ status: 403 });
  await expect(house.perform('noticeTemplates.list', {}, lena)).rejects.toMatchObject({ status: 403 });
});
