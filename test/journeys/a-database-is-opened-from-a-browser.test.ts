import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import { openBrowser } from '../harness/browser.ts';
import { openDatabases, type OpenDatabases } from '../harness/open-databases.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';

const consoleDir = join(import.meta.dirname, '../../dist/console');
const why = !existsSync(join(consoleDir, 'index.html'))
  ? 'the console is not built (npm run build)'
  : !existsSync('/usr/bin/chromium')
    ? 'no Chromium on this machine (apt-get install chromium)'
    : undefined;
if (why !== undefined) console.log(`SKIP a-database-is-opened-from-a-browser: ${why}`);

/** A real Chromium, the console as it is built, the gateways, a real PostgreSQL and a real MariaDB. */
describe.skipIf(why !== undefined)('an SQL prompt in the browser', () => {
  let house: PeopledHouse;
  let databases: OpenDatabases;
  let browser: Browser;
  let page: Page;
  let lena: Caller;
  let folder: string;
  /** What a page under the console's policy should never say. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-prompt-'));
    [house, browser] = await Promise.all([peopledHouse({ consoleDir, browsers: true }), openBrowser()]);
    house.clock.set(new Date());
    lena = await house.person('lena');
    databases = await openDatabases(house, lena.id);
    const home = house.url.replace('127.0.0.1', 'localhost');
    const context = await browser.newContext({
      baseURL: home,
      viewport: { width: 1360, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
    });
    await context.addCookies([
      { name: 'reeve_session', value: lena.cookie, url: home, httpOnly: true, sameSite: 'Strict' },
    ]);
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => (message.type() === 'error' ? complaints.push(message.text()) : undefined));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      if (dialog.type() === 'alert') complaints.push(`alert ${dialog.message()}`);
      void dialog.accept();
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await databases?.close();
    await house?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const editor = () => page.getByRole('textbox', { name: 'Statements' });
  const open = async (system: string): Promise<void> => {
    await page.goto('/connect');
    await page.getByRole('link', { name: new RegExp(`Open an SQL prompt on .*@${system}`) }).click();
    await page.getByText('recorded', { exact: true }).waitFor();
  };
  /** Writes and runs by keyboard alone. */
  const run = async (text: string): Promise<void> => {
    await editor().fill(text);
    await editor().press('Control+Enter');
    await until(async () => !(await page.getByRole('button', { name: 'Stop', exact: true }).isEnabled()), {
      timeoutMs: 20_000,
      what: 'the run to be over',
    });
  };
  const cell = (text: string) => page.getByRole('gridcell', { name: text, exact: true });

  test.each(['orders', 'billing'])(
    'on %s: rows, an absent value told from an empty one, several results, and no script of theirs runs',
    async (system) => {
      await open(system);
      const name = system === 'orders' ? '"<img src=x onerror=alert(2)>"' : '`<img src=x onerror=alert(2)>`';
      await run(
        `select null as gone, '' as blank, '<script>alert(1)</script><b>x</b>' as ${name}; select 42 as answer`,
      );
      await cell('<script>alert(1)</script><b>x</b>').waitFor();
      await page.getByRole('columnheader', { name: '<img src=x onerror=alert(2)>' }).waitFor();
      expect(await cell('NULL').count()).toBe(1);
      await cell('42').waitFor();
      expect(await page.locator('[role=grid] script, [role=grid] img, [role=grid] b').count()).toBe(0);
      await run(`select '<img src=x onerror=alert(3)>' from mysql.nowhere_at_all`);
      await page
        .getByText(/nowhere_at_all/)
        .first()
        .waitFor();
      expect(await page.locator('#main img').count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  test('an error is at its place, which is selected, and a transaction that failed says so', async () => {
    await open('orders');
    await run("begin;\nselect 'é' as ok,\n  customerr from pg_class");
    await page.getByText('Failed at line 3').waitFor();
    await page.getByText('transaction failed: roll back').waitFor();
    const selected = await page.evaluate(
      "(() => { const e = document.querySelector('textarea'); return e.value.slice(e.selectionStart, e.selectionEnd); })()",
    );
    expect(selected).toBe('customerr');
    await run('rollback');
    await page.getByText('no transaction').waitFor();
    await editor().press('Alt+ArrowUp');
    await editor().press('Alt+ArrowUp');
    expect(await editor().inputValue()).toContain('customerr');
  });

  test('ten thousand rows are few in the page, arrows reach them, and what was cut is said', async () => {
    await page.getByLabel('Rows shown of each result').selectOption('10000');
    await run('select n, n * 2 as twice from generate_series(1, 20000) n');
    await page.getByText(/^10,000 rows ·/).waitFor();
    await page.getByText(/There are more rows than are shown/).waitFor();
    const grid = page.getByRole('grid');
    expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
    expect(await grid.getByRole('row').count()).toBeLessThan(100);
    await grid.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    await page.getByLabel('The value').getByText('4', { exact: true }).waitFor();
    await page.keyboard.press('Control+c');
    await until(async () => (await page.evaluate('navigator.clipboard.readText()')) === '4', {
      timeoutMs: 5_000,
      what: 'the value to be copied',
    });
  });

  test('rows are saved as RFC 4180 has it, a formula made harmless; a large result goes into a file', async () => {
    await run("select '=1+1' as f, null as n, '' as e, 'a,\"b' as q");
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save these rows as CSV' }).click(),
    ]);
    await saved.saveAs(join(folder, 'few.csv'));
    expect(readFileSync(join(folder, 'few.csv'), 'utf8')).toBe('f,n,e,q\r\n\'=1+1,,"","a,""b"\r\n');
    await editor().fill('select n from generate_series(1, 30000) n');
    const [large] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Run into a CSV file' }).click(),
    ]);
    await large.saveAs(join(folder, 'many.csv'));
    expect(readFileSync(join(folder, 'many.csv'), 'utf8').split('\r\n')).toHaveLength(30_002);
  });

  test('what runs is stopped; tables are listed and one is written into the statements', async () => {
    await editor().fill('select pg_sleep(60)');
    await editor().press('Control+Enter');
    await page.getByText(/running for/).waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page
      .getByText(/canceling statement due to user request/)
      .first()
      .waitFor();
    await run('create table public.shelf (id int, book text)');
    await page.getByRole('button', { name: 'Tables', exact: true }).click();
    const tables = page.getByRole('region', { name: 'Tables' });
    await tables.getByLabel('Name contains').fill('shelf');
    await tables.getByRole('button', { name: 'shelf', exact: false }).first().click();
    await tables.getByRole('button', { name: 'book' }).waitFor();
    await editor().fill('select * from ');
    await tables.getByRole('button', { name: 'use shelf in the statements' }).click();
    expect(await editor().inputValue()).toBe('select * from public.shelf');
    expect(complaints).toEqual([]);
  });

  test('a pause is shown with why; the end of the grant closes the prompt within a second, and nothing is left at rest', async () => {
    const boss = await house.person('boss', {}, ['administrator']);
    house.clock.set(new Date());
    const { id } = await house.db.one<{ id: string }>(
      sql`select id from session where state = 'live' order by id desc limit 1`,
    );
    await house.perform('sessions.pause', { id, because: 'we look' }, boss.id);
    await page.getByText(/Paused by who is in charge: we look/).waitFor();
    await house.perform('sessions.resume', { id, because: 'seen' }, boss.id);
    await page.getByText('Nothing flows just now').waitFor({ state: 'hidden' });
    await house.perform('grants.end', { id: databases.orders.grantId, because: 'moved team' }, boss.id);
    const asked = performance.now();
    const settled = house.settle(30_000);
    await page.getByText('The session ended', { exact: true }).waitFor({ timeout: 5_000 });
    expect(performance.now() - asked).toBeLessThan(aSecondMs());
    await page
      .getByText(/access ended/)
      .first()
      .waitFor();
    await settled;
    const kept = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
    expect(kept).not.toMatch(/select|shelf|rvp_|rvb_/);
  });
});
