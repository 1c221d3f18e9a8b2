import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { enrolActor, type Actor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { generateCompany, PERSON_COLUMNS } from '#test/fixtures/company/index.ts';
import { openBrowser, windowOf } from '../harness/browser.ts';
import { axeFindings } from '../harness/keyboard.ts';

const PEOPLE = Array.from({ length: 25 }, (_, n) => `worker${String(n).padStart(2, '0')}`);
const THINGS = Array.from({ length: 8 }, (_, n) => `ledger-${n}`);
const LOAD = PEOPLE.length * THINGS.length;

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
interface Counted {
  readonly open: number;
  readonly decided: number;
  readonly kept: number;
  readonly revoking: number;
  readonly revoked: number;
}

let reeve: Reeve;
let browser: Browser;
let admin: Actor;

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-admin', 'First Administrator');
  await admin.post('/v1/systems/erp/import', {
    accounts: 'account_id,account_name\nx,x\n',
    entitlements: `entitlement_id,kind,name\n${THINGS.map((name) => `${name},group,${name}`).join('\n')}\n`,
    holdings: 'account_id,entitlement_id\nx,ledger-0\n',
  });
  const { items } = await admin.get<{ items: { id: string; name: string }[] }>('/v1/entitlements?limit=200');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Amsterdam' });
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content: csv() });
  await isSoon(async () => (await admin.get<{ state: string }>(`/v1/runs/${run.id}`)).state === 'applied');
  for (const username of PEOPLE)
    for (const { id, name } of items)
      if (THINGS.includes(name))
        await admin.post('/v1/grants', { identity: username, entitlementId: id, because: 'they need it' });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
});

/** A campaign about all of them that the administrator reviews alone. */
async function launch(name: string, more: object = {}): Promise<string> {
  const { id } = await admin.post<{ id: string }>('/v1/campaigns', {
    name,
    scope: { text: 'ledger-', reviewerId: admin.identityId },
    reviewerRule: 'named',
    dueAt: new Date(Date.now() + 86_400_000).toISOString(),
    // The whole list is decided in one act here, which is what is held otherwise.
    review: { holdFrom: null },
    ...more,
  });
  await admin.post(`/v1/campaigns/${id}/launch`);
  await isSoon(async () => (await admin.get<{ state: string }>(`/v1/campaigns/${id}`)).state === 'open');
  return id;
}
const countOf = (id: string): Promise<Counted> => admin.get<Counted>(`/v1/campaigns/${id}`);
const atRow = (page: Page): Promise<void> => page.locator('[data-list] tr:focus').waitFor();
const focused = async (page: Page): Promise<string> => (await page.locator('[data-list] tr:focus').textContent()) ?? '';
/** Types into the dialog that is open and sends it, all by keys. */
async function say(page: Page, words: string): Promise<void> {
  await page.locator('[role=dialog] textarea:focus').waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}
async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.waitForLoadState('networkidle');
  return await axeFindings(page);
}
const shots = process.env['REEVE_SHOTS'];
const shoot = (page: Page, name: string): Promise<unknown> =>
  shots === undefined ? Promise.resolve() : page.screenshot({ path: `${shots}/review-${name}.png` });

test('two hundred items are reviewed and signed without a mouse', async () => {
  const id = await launch('By keyboard');
  const page = await windowOf(browser, reeve.url, admin);
  await page.goto(`/campaigns/${id}`);
  await page.getByRole('grid').waitFor();
  await atRow(page);
  expect(await page.getByRole('grid').getByRole('row').count()).toBe(LOAD + 1);

  // One after the other: keep, undo, revoke, with the evidence opened beside the line.
  const first = await focused(page);
  await page.keyboard.press('j');
  await isSoon(async () => (await focused(page)) !== first);
  await page.keyboard.press('k');
  await isSoon(async () => (await focused(page)) === first);
  await page.keyboard.press('Shift+K');
  await say(page, 'runs the monthly close');
  await page.getByText('keep, not signed').waitFor();
  expect((await countOf(id)).decided).toBe(1);
  await atRow(page);
  await page.keyboard.press('u');
  await isSoon(async () => (await countOf(id)).decided === 0);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'What the evidence says' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await shoot(page, 'detail');
  await page.keyboard.press('Escape');
  await atRow(page);
  await page.keyboard.press('Shift+R');
  await say(page, 'moved team');
  await isSoon(async () => (await countOf(id)).decided === 1);

  // Help says the keys of what can be done here.
  await page.keyboard.press('?');
  await page.getByText('Sign my decisions').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  // All the rest in one act, after a look at what is among it.
  await atRow(page);
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('End');
  await page.locator(`[data-list] tr[data-index="${String(LOAD - 1)}"]:focus`).waitFor();
  await page.keyboard.press('Shift+X');
  await page.getByText(`${String(LOAD - 1)} chosen`).waitFor();
  await page.keyboard.press('Shift+K');
  await page.getByText(new RegExp(`${String(LOAD - 1)} items of 25 people: .*with no recorded use`)).waitFor();
  await shoot(page, 'preview');
  await say(page, 'looked through all of them');
  await isSoon(async () => (await countOf(id)).decided === LOAD);

  await page.getByRole('button', { name: new RegExp(`^Sign ${String(LOAD)}`) }).waitFor();
  await page.keyboard.press('Shift+S');
  await page.getByText(`${String(LOAD - 1)} kept, 1 revoked.`, { exact: false }).waitFor();
  await page.keyboard.press('Enter');
  await isSoon(async () => {
    const { kept, revoking, revoked } = await countOf(id);
    return kept === LOAD - 1 && revoking + revoked === 1;
  });
  await page.context().close();
});

test('what is unchanged is one line, kept by one key; and an item is given on', async () => {
  const id = await launch('Again', { delta: true });
  const page = await windowOf(browser, reeve.url, admin);
  await page.goto(`/campaigns/${id}`);
  const group = page.getByRole('region', { name: 'Unchanged since last kept' });
  await group.getByText(/199 unchanged/).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await shoot(page, 'unchanged');
  await page.keyboard.press('Shift+G');
  await atRow(page).catch(() => undefined);
  await page.getByRole('grid').getByRole('row').nth(1).focus();
  await page.keyboard.press('m');
  await page.getByRole('dialog').getByLabel('Who knows better').waitFor();
  const [about] = await page.getByRole('grid').getByRole('row').nth(1).getByRole('gridcell').allTextContents();
  expect(about).toBeDefined();
  await page.keyboard.type('worker24');
  await page.keyboard.press('Tab');
  await page.keyboard.type('knows the close');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await isSoon(async () => (await countOf(id)).open === 199);
  await page.keyboard.press('Shift+A');
  await page
    .getByRole('dialog')
    .getByText(/where grant, use, person and conflicts of duties are as they were/)
    .waitFor();
  await page.keyboard.press('Enter');
  await isSoon(async () => (await countOf(id)).decided === 198);
  await page.goto(`/campaigns/${id}/reviewers`);
  await page.getByRole('region', { name: 'Reviewers' }).getByText('First Administrator').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await shoot(page, 'reviewers');
  await page.context().close();
});
