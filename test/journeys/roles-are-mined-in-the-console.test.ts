import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { enrolActor, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS } from '#test/fixtures/company/index.ts';
import { openBrowser, windowOf } from '../harness/browser.ts';

const PEOPLE = ['ada', 'ben', 'cleo', 'dan'];
const THINGS = ['ledger', 'invoices', 'payroll'];

const lena = generateCompany({ today: '2026-03-02' }).person('lena');
const csv = (): string => {
  const rows = PEOPLE.map((username) => ({
    ...lena,
    employee_id: `K-${username}`,
    first_name: username,
    preferred_name: '',
    username,
    email: `${username}@larkspur.example`,
    manager_employee_id: '',
    status: 'active',
    end_date: '',
  }));
  return `${[PERSON_COLUMNS.join(','), ...rows.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;
};
const isSoon = async (so: () => Promise<boolean>): Promise<void> => {
  await until(so, { timeoutMs: 30_000, everyMs: 250 });
};

let reeve: Reeve;
let browser: Browser;
let admin: Actor;

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.post('/v1/systems/erp/import', {
    accounts: 'account_id,account_name\nx,x\n',
    entitlements: `entitlement_id,kind,name\n${THINGS.map((name) => `${name},group,${name}`).join('\n')}\n`,
    holdings: 'account_id,entitlement_id\nx,ledger\n',
  });
  const { items } = await admin.get<{ items: { id: string; name: string }[] }>('/v1/entitlements?limit=200');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content: csv() });
  await isSoon(async () => (await admin.get<{ state: string }>(`/v1/runs/${run.id}`)).state === 'applied');
  for (const username of PEOPLE)
    for (const { id, name } of items)
      if (THINGS.includes(name))
        await admin.post('/v1/grants', { identity: username, entitlementId: id, because: 'they need it' });
});
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

test('an administrator looks for roles, sees the matrix, drafts one and gives it in place of direct grants', async () => {
  const page = await windowOf(browser, reeve.url, admin);
  await page.goto('/role-mining');
  await page.getByRole('button', { name: 'Look for roles' }).click();
  await page.getByText('12 of 12 direct grants').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Matrix' }).first().click();
  const matrix = page.getByRole('region', { name: 'Who holds what' });
  await matrix.getByRole('row', { name: /cleo/ }).waitFor();
  expect(await matrix.getByText('●').count()).toBe(12);
  await matrix.getByRole('button', { name: 'payroll' }).click();
  await page.getByRole('button', { name: 'Draft', exact: true }).click();
  await page.getByRole('button', { name: 'Apply…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/4 people have it from now on, and 12 direct grants end/).waitFor();
  await dialog.getByRole('textbox').fill('fewer grants');
  await dialog.getByRole('button', { name: 'Give it' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await isSoon(async () => {
    const { items } = await admin.get<{ items: { state: string }[] }>('/v1/mass-changes?kind=mined_role');
    return items[0]?.state === 'applied';
  });
  const { id } = await admin.get<{ id: string }>('/v1/identities/cleo');
  const grants = await admin.get<{ items: { roleId: string | null }[] }>(
    `/v1/grants?identityId=${id}&liveAt=${new Date().toISOString()}`,
  );
  expect(grants.items.map(({ roleId }) => roleId !== null)).toEqual([true]);
  await page.context().close();
});
