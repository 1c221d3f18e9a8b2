import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSshKey } from '#lab/index.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { axeFindings } from '../harness/keyboard.ts';
import { openBrowser, withPasskeys } from '../harness/browser.ts';
import { start, until, type Running } from '../ssh-rig/run-program.ts';

/** Somebody with a plain OpenSSH client and a passkey: the key is registered, and logins are agreed to, in the console. */
let reeve: Reeve;
let browser: Browser;
let page: Page;
const dir = mkdtempSync(join(tmpdir(), 'reeve-agree-'));
const key = join(dir, 'id');

beforeAll(async () => {
  [reeve, browser] = await Promise.all([startReeve(), openBrowser()]);
  const context = await browser.newContext({ baseURL: reeve.url, viewport: { width: 1360, height: 850 } });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await withPasskeys(context, page);
  await page.goto(`/setup#token=${reeve.firstToken()}`);
  await page.getByLabel('Your name').fill('First Administrator');
  await page.getByLabel('User name').fill('first-administrator');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page
    .getByRole('button', { name: /passkey/i })
    .first()
    .click();
  await page.waitForURL('**/');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await reeve?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

const ssh = (identity: string): Running =>
  start(
    'ssh',
    [
      ['-F', 'none', '-T', '-p', String(reeve.sshPort), '-l', 'root@web1', '-o', 'StrictHostKeyChecking=no'],
      ['-o', `UserKnownHostsFile=${join(dir, 'known')}`, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none'],
      ['-o', `IdentityFile=${identity}`, '127.0.0.1', 'id'],
    ].flat(),
    { limitMs: 60_000 },
  );
const codeOf = async (running: Running): Promise<string> => {
  const code = (): string | undefined => /code ([A-Z]{4}-[A-Z]{4})/u.exec(running.stderr())?.[1];
  await until(() => code() !== undefined, 'the code in the terminal');
  return code() ?? '';
};
const findIn = async (code: string): Promise<void> => {
  await page.goto('/ssh-login');
  await page.getByLabel('Code in your terminal').fill(code.toLowerCase());
  await page.getByRole('button', { name: 'Find it' }).click();
};

test('a key is registered with a fresh proof, and weak ones are told why not', async () => {
  const pair = await makeSshKey('laptop');
  writeFileSync(key, pair.privateKey, { mode: 0o600 });
  await page.goto('/settings');
  await page.getByRole('tab', { name: 'SSH keys' }).click();
  await page.getByLabel('Name').fill('Laptop');
  await page.getByLabel('Public key').fill(`ssh-dss ${pair.publicKey.split(' ')[1] ?? ''}`);
  await page.getByRole('button', { name: 'Register key' }).click();
  await page.getByText('is a DSA key').first().waitFor();
  await page.getByLabel('Public key').fill(pair.publicKey);
  await page.getByRole('button', { name: 'Register key' }).click();
  await prove();
  await page.getByRole('row', { name: /Laptop.*SHA256:/u }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
}, 60_000);

test('who logs in with it is asked in the browser, sees who asks, and is in with a touch of the passkey', async () => {
  const running = ssh(key);
  await findIn(await codeOf(running));
  const card = page.getByRole('region', { name: 'The login that waits' });
  await card.getByText('root@web1').waitFor();
  await card.getByText('your key Laptop').waitFor();
  await card.getByText(/OpenSSH/u).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await card.getByRole('button', { name: 'Let it in as me' }).click();
  await prove();
  await page.getByRole('heading', { name: /It is in|Type this in your terminal/u }).waitFor();
  // signed in as her: what she may open is another question, and there is no web1 here
  expect((await running.done).stderr.toString()).toContain('you have no access to root@web1 now');
}, 60_000);

test('without any key the page says that anybody could have begun it; a refusal ends the terminal at once', async () => {
  const running = ssh(join(dir, 'none'));
  await findIn(await codeOf(running));
  await page.getByText('Whoever has the code could have started this.', { exact: false }).waitFor();
  const before = performance.now();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByRole('heading', { name: 'Refused' }).waitFor();
  expect((await running.done).stderr.toString()).toContain('you refused this login in your browser');
  expect(performance.now() - before).toBeLessThan(5_000);
}, 60_000);

test('a code that nobody waits under finds nothing', async () => {
  await findIn('BBBB-BBBB');
  await page.getByText('No login waits for you under this code.', { exact: false }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
}, 30_000);

/** Answers the dialog that asks for a fresh proof with the passkey. */
async function prove(): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Use passkey' }).click();
}
