import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import { startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { openBrowser } from '../harness/browser.ts';
import { openAccount, type OpenAccount } from '../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';

const consoleDir = join(import.meta.dirname, '../../dist/console');
const why = !existsSync(join(consoleDir, 'index.html'))
  ? 'the console is not built (npm run build)'
  : !existsSync('/usr/bin/chromium')
    ? 'no Chromium on this machine (apt-get install chromium)'
    : undefined;
if (why !== undefined) console.log(`SKIP an-account-is-opened-from-a-browser: ${why}`);

/** A real Chromium, the console as it is built, the gateway, and a real sshd. */
describe.skipIf(why !== undefined)('a terminal in the browser', () => {
  let house: PeopledHouse;
  let hosts: LabHosts;
  let web1: LabHost;
  let browser: Browser;
  let page: Page;
  let lena: Caller;
  let account: OpenAccount;
  let folder: string;
  /** What a page under the console's policy should never say. */
  const complaints: string[] = [];

  const shown = (): Promise<string> => page.locator('.xterm-rows').innerText();
  const shows = async (words: string): Promise<void> => {
    let seen = '';
    await until(async () => (seen = (await shown()).replaceAll('\u00a0', ' ')).includes(words), {
      timeoutMs: 10_000,
      what: `the terminal to show ${words}: ${seen}`,
    });
  };
  const type = (words: string): Promise<void> => page.keyboard.type(words);
  const columns = async (): Promise<number> => {
    await type("clear; echo wide-$(stty size | cut -d' ' -f2)-wide\n");
    let found: string | undefined;
    await until(async () => (found = /wide-(\d+)-wide/.exec(await shown())?.[1]) !== undefined, {
      timeoutMs: 10_000,
      what: 'the width',
    });
    return Number(found);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-browser-'));
    [house, hosts, browser] = await Promise.all([
      peopledHouse({ consoleDir, browsers: true }),
      startHosts({ names: ['web1'] }),
      openBrowser(),
    ]);
    house.clock.set(new Date());
    web1 = hosts.get('web1');
    lena = await house.person('lena');
    account = await openAccount(house, {
      system: 'web1',
      host: web1.host,
      port: web1.port,
      hostKeyFingerprint: web1.hostKeyFingerprint,
      account: web1.management.username,
      privateKey: web1.management.privateKey,
      holder: lena.id,
    });
    const home = house.url.replace('127.0.0.1', 'localhost');
    const context = await browser.newContext({
      baseURL: home,
      viewport: { width: 1360, height: 850 },
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
    });
    await context.addCookies([
      { name: 'reeve_session', value: lena.cookie, url: home, httpOnly: true, sameSite: 'Strict' },
    ]);
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => (message.type() === 'error' ? complaints.push(message.text()) : undefined));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`/connect/terminal?system=web1&account=${web1.management.username}`);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
    await hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('what is typed runs on the target and what it says is shown, in its colours, under the console’s policy', async () => {
    await shows('Reeve: recorded');
    await page.getByText('recorded', { exact: true }).waitFor();
    await type('echo seen-$((40+2))\n');
    await shows('seen-42');
    await type("printf '\\033[38;2;1;200;3mgreen-%s\\033[0m\\n' in-truth\n");
    await shows('green-in-truth');
    const colour = await page.evaluate(
      "getComputedStyle([...document.querySelectorAll('.xterm-rows span')].findLast((it) => it.textContent === 'green-in-truth')).color",
    );
    expect(colour).toBe('rgb(1, 200, 3)');
    await type('seq 1 60000 | tail -n 59990; echo all-$((1+1))\n');
    await shows('all-2');
    const { clientAddress, clientVersion } = await house.db.one<{ clientAddress: string; clientVersion: string }>(
      sql`select client_address, client_version from session where state = 'live'`,
    );
    expect([clientAddress, clientVersion]).toEqual(['127.0.0.1', 'Reeve_browser']);
    expect(complaints).toEqual([]);
  });

  test('the target follows the size of the window', async () => {
    const before = await columns();
    await page.setViewportSize({ width: 900, height: 700 });
    let after = before;
    await until(async () => (after = await columns()) < before, { timeoutMs: 10_000, what: `fewer than ${before}` });
    expect(after).toBeGreaterThan(20);
    await page.setViewportSize({ width: 1360, height: 850 });
  });

  test('what a target says writes no clipboard, turns no title, is answered nothing of the window and links nowhere', async () => {
    await page.evaluate("navigator.clipboard.writeText('mine')");
    const title = await page.title();
    await type(
      "clear; printf '\\033]52;c;cHduZWQ=\\007\\033]0;pwned\\007\\033]2;pwned\\007\\033[21t\\033[20t\\033[14t\\033P+q544e\\033\\\\'; " +
        "printf '\\033]8;;javascript:document.title=1\\033\\\\click-me\\033]8;;\\033\\\\\\n'; " +
        'read -rs -t 0.5 -n 20 answer; echo answer-[${answer@Q}]\n',
    );
    await shows("answer-['']");
    await page.locator('.xterm-rows').getByText('click-me').last().click({ force: true });
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mine');
    expect(await page.title()).toBe(title);
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('Escape twice leaves the terminal for its buttons, and back', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement?.textContent');
    await until(async () => (await focused()) === 'Files', { timeoutMs: 5_000, what: 'the focus to leave' });
    await page.getByRole('button', { name: 'Back to the terminal' }).click();
    // the first Escape went to the shell, which waits for what it begins
    await page.keyboard.press('Control+c');
    await type('echo back-$((2+2))\n');
    await shows('back-4');
    expect(await shown()).not.toContain('Files');
  });

  test('a file goes up and comes down as it was, in the same session, with its digest on the record', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17);
    writeFileSync(join(folder, 'given.bin'), bytes);
    await page.getByRole('button', { name: 'Files' }).click();
    const files = page.getByRole('region', { name: 'Files' });
    await files.getByRole('button', { name: 'Up', exact: true }).waitFor();
    await files.locator('input[type=file]').setInputFiles(join(folder, 'given.bin'));
    await files.getByText('given.bin', { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      files.getByRole('button', { name: 'Download given.bin' }).click(),
    ]);
    await download.saveAs(join(folder, 'come-back.bin'));
    expect(readFileSync(join(folder, 'come-back.bin')).equals(bytes)).toBe(true);
    const { sessions, acts } = await house.db.one<{ sessions: number; acts: number }>(sql`
      select count(distinct session_id)::int as sessions, count(*)::int as acts from session_event where type = 'file'`);
    expect([sessions, acts >= 2]).toEqual([1, true]);
    expect(complaints).toEqual([]);
  });

  test('when the grant ends the terminal says so within a second, and a new session is refused with why', async () => {
    const boss = await house.person('boss', {}, ['administrator']);
    house.clock.set(new Date());
    await house.perform('grants.end', { id: account.grantId, because: 'moved team' }, boss.id);
    const asked = performance.now();
    const settled = house.settle(30_000);
    await page.getByText('The session ended', { exact: true }).waitFor({ timeout: 5_000 });
    expect(performance.now() - asked).toBeLessThan(aSecondMs());
    await page
      .getByText(/access ended/)
      .first()
      .waitFor();
    await settled;
    await page.getByRole('button', { name: 'Open a new session' }).click();
    await page
      .getByText(/you have no access to .* now/i)
      .first()
      .waitFor();
  });
});
