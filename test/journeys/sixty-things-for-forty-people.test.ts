import { statSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolActor, invite, until, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { openBrowser } from '../harness/browser.ts';
import { recordedWindowOf, seriousFindings } from '../harness/recorded-window.ts';

const TEAM = Array.from({ length: 40 }, (_, n) => `member${n}`);
const THINGS = Array.from({ length: 60 }, (_, n) => `project tool ${String(n).padStart(2, '0')}`);

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
const people = [person('mona'), person('mara', 'mona'), person('olaf'), ...TEAM.map((name) => person(name, 'mara'))];
const csv = (): string =>
  `${[PERSON_COLUMNS.join(','), ...people.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;

interface Entry {
  id: string;
  name: string;
}
let reeve: Reeve;
let browser: Browser;
let admin: Actor;
const who = new Map<string, Actor>();
const as = (name: string): Actor => {
  const actor = who.get(name);
  if (actor === undefined) throw new Error(`nobody of the name ${name}`);
  return actor;
};
let entries: readonly Entry[];
const entry = (name: string): string => entries.find((e) => e.name === name)?.id ?? '';

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
  for (const name of ['mona', 'mara', 'olaf', 'member0']) {
    const { id } = await admin.get<{ id: string }>(`/v1/identities/${name}`);
    who.set(name, await invite(reeve.url, admin, id, name));
  }
  await admin.post('/v1/systems/erp/import', {
    accounts: 'account_id,account_name\nx,x\n',
    entitlements: `entitlement_id,kind,name\n${THINGS.map((name, n) => `t${n},group,${name}`).join('\n')}\n`,
    holdings: 'account_id,entitlement_id\nx,t0\n',
  });
  entries = (await admin.get<{ items: Entry[] }>('/v1/entitlements?system=erp&limit=200')).items;
  for (const name of THINGS)
    await admin.post(`/v1/entitlements/${entry(name)}/describe`, {
      description: 'for the project',
      ownerId: as('mona').identityId,
      risk: 'low',
      requestable: true,
    });
  const reeves = await admin.get<{ items: { id: string; nativeId: string }[] }>(
    '/v1/entitlements?system=reeve&limit=50',
  );
  const officer = reeves.items.find((e) => e.nativeId === 'security_officer')?.id;
  await admin.post('/v1/grants', { identity: 'olaf', entitlementId: officer, because: 'appointed' });
  await as('olaf').post('/v1/sod/rules', {
    name: 'Order and pay',
    severity: 'high',
    mode: 'enforce',
    functions: [
      { name: 'order', entitlementIds: [entry('project tool 10')] },
      { name: 'pay', entitlementIds: [entry('project tool 20')] },
    ],
  });
  await admin.post('/v1/grants', { identity: 'member0', entitlementId: entry('project tool 20'), because: 'pays' });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

/** The palette, as somebody without a mouse uses it. */
const does = async (page: Page, words: string): Promise<void> => {
  await page.keyboard.press('Control+K');
  await focused(page, page.getByPlaceholder('Go to, or do…'));
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
};
const focused = (page: Page, what: Locator): Promise<void> => what.and(page.locator(':focus')).waitFor();
const inField = (page: Page, label: string): Promise<void> => focused(page, page.getByLabel(label, { exact: true }));

test('a manager asks for sixty things for forty people by keyboard alone; what conflicts stays in the cart', async () => {
  const window = await recordedWindowOf(browser, reeve.url, as('mara'), 'sixty-things-for-forty-people');
  const { page } = window;
  await page.goto('/request');
  await inField(page, 'What do you need?');
  await page.keyboard.type('project tool');
  await page.getByRole('button', { name: 'Add all 60' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  // Mara herself comes first in a cart of hers; it is for the others.
  await page.getByText('59 of 60 lines can be asked for; 1 stay in the cart.').waitFor();
  await does(page, 'whom it is for');
  await inField(page, 'Somebody else');
  await page.keyboard.type(TEAM.join(' '));
  let from = performance.now();
  await page.keyboard.press('Control+Enter');
  await page.getByText(/of 2460 lines can be asked for/).waitFor();
  const judging = performance.now() - from;
  await page.keyboard.press('Shift+Tab');
  await focused(page, page.getByRole('button', { name: 'Show all 41' }));
  for (let i = 0; i < 5; i += 1) await page.keyboard.press('Shift+Tab');
  await focused(page, page.getByRole('button', { name: /^Not for mara/ }));
  await page.keyboard.press('Enter');
  await page.getByText('2359 of 2400 lines can be asked for; 41 stay in the cart.').waitFor();
  const cart = page.getByRole('form', { name: 'Cart' });
  await cart.getByText('Order and pay').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await does(page, 'why it is needed');
  await inField(page, 'Why is it needed?');
  await page.keyboard.type('the project begins on Monday');
  from = performance.now();
  await page.keyboard.press('Control+Enter');
  await page.getByText('Sent 2359 lines; 41 stay in the cart.').waitFor();
  const sending = performance.now() - from;
  console.log(`judged with 41 people in ${Math.round(judging)} ms, sent in ${Math.round(sending)} ms, in the browser`);
  expect(await seriousFindings(page)).toEqual([]);
  const recording = await window.close();
  expect(statSync(recording).size).toBeGreaterThan(10_000);

  const { items } = await as('mara').get<{ items: { requester: { id: string }; lines: unknown[] }[] }>(
    '/v1/requests?limit=100',
  );
  expect(items).toHaveLength(40);
  expect(items.reduce((n, request) => n + request.lines.length, 0)).toBe(2359);
}, 240_000);
