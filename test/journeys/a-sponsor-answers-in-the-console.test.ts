import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolActor, invite, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { openBrowser, windowOf } from '../harness/browser.ts';

const lena = generateCompany({ today: '2026-03-02' }).person('lena');
const person = (username: string, manager: string, more: Partial<Person> = {}): Person => ({
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
  ...more,
});
const people = [person('morgan', ''), person('sanna', 'morgan')];
const csvOf = (rows: readonly Person[]): string =>
  `${[PERSON_COLUMNS.join(','), ...rows.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;

let reeve: Reeve;
let browser: Browser;
let admin: Actor;
let sponsor: Actor;
let manager: Actor;

const idOf = async (username: string): Promise<string> =>
  (await admin.get<{ id: string }>(`/v1/identities/${username}`)).id;
const within = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  await feed(people);
  sponsor = await invite(reeve.url, admin, await idOf('sanna'), 'sanna');
  manager = await invite(reeve.url, admin, await idOf('morgan'), 'morgan');
  await admin.post('/v1/identities', {
    username: 'v-silas',
    kind: 'vendor',
    name: 'Silas Brandt',
    owner: 'sanna',
    until: `${day(20)}T00:00:00Z`,
  });
});
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

async function feed(rows: readonly Person[]): Promise<void> {
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content: csvOf(rows) });
  for (let waited = 0; waited < 30_000; waited += 250) {
    const { state } = await admin.get<{ state: string }>(`/v1/runs/${run.id}`);
    if (state === 'applied') return;
    await new Promise((done) => setTimeout(done, 250));
  }
  throw new Error('the feed was not applied');
}

test('a sponsor sees whom they answer for and renews them, and is told why where it goes too far', async () => {
  const page = await windowOf(browser, reeve.url, sponsor);
  await page.goto('/answering');
  await within(page, 'Silas Brandt').getByRole('button', { name: 'Renew Silas Brandt' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Until').fill(day(400));
  await dialog.getByLabel('Why it is needed for longer').fill('the migration goes on');
  await dialog.getByRole('button', { name: 'Renew' }).click();
  await dialog
    .getByText(/180 days/)
    .first()
    .waitFor();
  await dialog.getByLabel('Until').fill(day(90));
  await dialog.getByRole('button', { name: 'Renew' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const { contractEnd } = await admin.get<{ contractEnd: string }>('/v1/identities/v-silas');
  expect(contractEnd.slice(0, 10)).toBe(day(90));
  await page.context().close();
});

test('when the sponsor has left, their manager finds the handover and accepts it', async () => {
  await feed(people.map((p) => (p.username === 'sanna' ? { ...p, status: 'terminated' as const } : p)));
  const page = await windowOf(browser, reeve.url, manager);
  await page.goto('/answering');
  await page.getByRole('button', { name: 'Accept Silas Brandt' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Accept it' }).click();
  await page.getByText('Nothing waits for somebody to answer for it.').waitFor();
  const { ownerId } = await admin.get<{ ownerId: string }>('/v1/identities/v-silas');
  expect(ownerId).toBe(manager.identityId);
  await page.context().close();
});
