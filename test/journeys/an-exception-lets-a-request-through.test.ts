import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolActor, invite, until, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { openBrowser } from '../harness/browser.ts';
import { recordedWindowOf, seriousFindings } from '../harness/recorded-window.ts';

const lena = generateCompany({ today: '2026-03-02' }).person('lena');
const person = (username: string, manager = ''): Person => ({
  ...lena,
  employee_id: `K-${username}`,
  first_name: username,
  last_name: 'Example',
  preferred_name: '',
  username,
  email: `${username}@larkspur.example`,
  manager_employee_id: manager === '' ? '' : `K-${manager}`,
  status: 'active',
  end_date: '',
});
const NAMES = ['mona', 'nils', 'olaf'] as const;
const csv = (): string =>
  `${[PERSON_COLUMNS.join(','), ...[person('mona'), person('nils', 'mona'), person('olaf')].map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;

interface Entry {
  id: string;
  name: string;
  nativeId: string;
}
interface Request {
  id: string;
  state: string;
  lines: { state: string; sod: { tolerated: boolean }[] }[];
  steps: { state: string; approvers: { id: string }[] }[];
}

let reeve: Reeve;
let browser: Browser;
let admin: Actor;
let rule: string;
const who = new Map<string, Actor>();
const as = (name: (typeof NAMES)[number]): Actor => {
  const actor = who.get(name);
  if (actor === undefined) throw new Error(`nobody of the name ${name}`);
  return actor;
};

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content: csv() });
  await until(
    () => admin.get<{ state: string }>(`/v1/runs/${run.id}`),
    ({ state }) => state === 'applied',
    'the feed',
  );
  for (const name of NAMES) {
    const { id } = await admin.get<{ id: string }>(`/v1/identities/${name}`);
    who.set(name, await invite(reeve.url, admin, id, name));
  }
  await admin.post('/v1/systems/erp/import', {
    accounts: 'account_id,account_name\nx,x\n',
    entitlements: 'entitlement_id,kind,name\no,group,order goods\np,group,pay invoices\n',
    holdings: 'account_id,entitlement_id\nx,o\n',
  });
  const { items } = await admin.get<{ items: Entry[] }>('/v1/entitlements?system=erp&limit=200');
  const entry = (name: string): string => items.find((e) => e.name === name)?.id ?? '';
  for (const name of ['order goods', 'pay invoices'])
    await admin.post(`/v1/entitlements/${entry(name)}/describe`, {
      description: 'of purchasing',
      ownerId: as('olaf').identityId,
      risk: 'medium',
      requestable: true,
    });
  const reeves = await admin.get<{ items: Entry[] }>('/v1/entitlements?system=reeve&limit=50');
  const officer = reeves.items.find((e) => e.nativeId === 'security_officer')?.id;
  await admin.post('/v1/grants', { identity: 'olaf', entitlementId: officer, because: 'appointed' });
  const made = await as('olaf').post<{ id: string }>('/v1/sod/rules', {
    name: 'Order and pay',
    severity: 'high',
    mode: 'enforce',
    functions: [
      { name: 'order', entitlementIds: [entry('order goods')] },
      { name: 'pay', entitlementIds: [entry('pay invoices')] },
    ],
  });
  rule = made.id;
  await admin.post('/v1/grants', { identity: 'nils', entitlementId: entry('order goods'), because: 'orders' });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

test('what duties keep back waits in the cart until an exception is granted by who may, and is then approved and given', async () => {
  const asker = await recordedWindowOf(browser, reeve.url, as('nils'), 'asks-for-an-exception');
  await asker.page.goto('/request');
  await asker.page.getByLabel('What do you need?').fill('pay invoices');
  await asker.page.getByRole('button', { name: /^Add pay invoices/ }).click();
  const cart = asker.page.getByRole('form', { name: 'Cart' });
  await cart.getByText('conflict of duties', { exact: true }).waitFor();
  await cart.getByText('order goods').first().waitFor();
  await cart.getByLabel('Why is it needed?').fill('everybody else is ill');
  expect(await cart.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await cart.getByRole('button', { name: 'Ask for exceptions…' }).click();
  await asker.page.getByRole('dialog').getByRole('textbox').fill('nobody else can pay this week');
  await asker.page.getByRole('dialog').getByRole('button', { name: 'Ask' }).click();
  await asker.page.getByText('Asked: olaf Example').waitFor();

  // The officer comes by the address in the mail.
  const officer = await recordedWindowOf(browser, reeve.url, as('olaf'), 'grants-an-exception');
  await officer.page.goto(`/sod/except?rule=${rule}&identity=${as('nils').identityId}`);
  expect(await seriousFindings(officer.page)).toEqual([]);
  await officer.page.getByRole('button', { name: 'Grant it…' }).click();
  const dialog = officer.page.getByRole('dialog');
  await dialog.getByLabel('Why it cannot be avoided').fill('one person for a week');
  await dialog.getByLabel('What makes up for it').fill('the controller reads every payment');
  await dialog.getByRole('button', { name: 'Tolerate it' }).click();
  await officer.page.getByText('Tolerated until its date').waitFor();
  await officer.close();

  await asker.page.reload();
  await cart.getByText('1 of 1 lines can be asked for.').waitFor();
  await cart.getByRole('button', { name: 'Send 1 line' }).click();
  await asker.page.waitForURL('**/requests/*');
  const id = new URL(asker.page.url()).pathname.split('/').at(-1) ?? '';
  await asker.page.getByText('tolerated by an exception').waitFor();
  expect(await seriousFindings(asker.page)).toEqual([]);

  const shown = (): Promise<Request> => as('nils').get<Request>(`/v1/requests/${id}`);
  for (;;) {
    const open = (await shown()).steps.find((s) => s.state === 'open');
    if (open === undefined) break;
    const decider = [...who.values(), admin].find((a) => open.approvers.some((p) => p.id === a.identityId));
    await decider?.post(`/v1/requests/${id}/approve`, {});
  }
  expect(await shown()).toMatchObject({
    state: 'approved',
    lines: [{ state: 'granted', sod: [{ tolerated: true }] }],
  });
  await asker.page.getByText('approved', { exact: true }).waitFor();
  await asker.close();
});
