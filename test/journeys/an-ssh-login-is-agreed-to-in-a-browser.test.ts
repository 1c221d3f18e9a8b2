import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aSecondMs } from '#kit/testing/index.ts';
import { sql } from '#kit/db/index.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { openBrowser, withPasskeys } from '../harness/browser.ts';
import { openAccount } from '../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';
import { registerKey } from '../harness/register-key.ts';
import { start, until, type Running } from '../ssh-rig/run-program.ts';

const consoleDir = join(import.meta.dirname, '../../dist/console');
const why = !existsSync(join(consoleDir, 'index.html'))
  ? 'the console is not built (npm run build)'
  : !existsSync('/usr/bin/chromium')
    ? 'no Chromium on this machine (apt-get install chromium)'
    : undefined;
if (why !== undefined) console.log(`SKIP an-ssh-login-is-agreed-to-in-a-browser: ${why}`);

/** A real ssh in a terminal of its own, a real sshd behind the gateway, and the console in a real Chromium with a passkey. */
describe.skipIf(why !== undefined)('an SSH login that a browser agrees to', () => {
  let house: PeopledHouse;
  let hosts: LabHosts;
  let web1: LabHost;
  let browser: Browser;
  let lena: Caller;
  let tomas: Caller;
  let hers: Page;
  let his: Page;
  const dir = mkdtempSync(join(tmpdir(), 'reeve-ssh-login-'));
  const terminals: Running[] = [];
  const complaints: string[] = [];

  /** A window at the console; with a session, whose, and a device that holds passkeys and says yes. */
  const windowOf = async (who?: Caller): Promise<Page> => {
    const home = house.url.replace('127.0.0.1', 'localhost');
    const context = await browser.newContext({ baseURL: home, viewport: { width: 1360, height: 850 } });
    if (who !== undefined)
      await context.addCookies([
        { name: 'reeve_session', value: who.cookie, url: home, httpOnly: true, sameSite: 'Strict' },
      ]);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => complaints.push(String(error)));
    await withPasskeys(context, page);
    return page;
  };
  const addPasskey = async (page: Page): Promise<void> => {
    await page.goto('/settings');
    await page.getByLabel('Name of this device').fill('Laptop');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('cell', { name: 'Laptop' }).waitFor();
  };

  interface Terminal {
    readonly code: string;
    readonly url: string;
    readonly running: Running;
    shown(): string;
    shows(words: string): Promise<void>;
    type(words: string): void;
  }
  /** Somebody types `ssh` in a terminal, on a machine with nothing of Reeve; `at`: its address. */
  const ssh = async (options: { readonly key?: string; readonly at?: string } = {}): Promise<Terminal> => {
    const command = [
      ['ssh', '-F', 'none', '-p', String(house.gateway.address.port), '-l', `${web1.management.username}@web1`],
      ['-b', options.at ?? '127.0.0.1', '-o', 'StrictHostKeyChecking=no', '-o', 'IdentityAgent=none'],
      ['-o', `UserKnownHostsFile=${join(dir, 'known')}`, '-o', 'IdentitiesOnly=yes'],
      ['-o', `IdentityFile=${options.key ?? 'none'}`, '127.0.0.1', 'echo in-as-$(id -un)'],
    ].flat();
    const quoted = command.map((word) => `'${word}'`).join(' ');
    const running = start('script', ['-qefc', quoted, '/dev/null'], { stdin: 'open', limitMs: 60_000 });
    terminals.push(running);
    const shown = (): string => running.stdout();
    const found = (pattern: RegExp): string | undefined => pattern.exec(shown())?.[1];
    await until(() => found(/code ([A-Z]{4}-[A-Z]{4})/u) !== undefined, `the code in the terminal: ${shown()}`);
    return {
      code: found(/code ([A-Z]{4}-[A-Z]{4})/u) ?? '',
      url: found(/(http:\S+)/u) ?? '',
      running,
      shown,
      shows: (words) => until(() => shown().includes(words), `the terminal to show ${words}`),
      type: (words) => running.child.stdin?.write(words),
    };
  };
  /** Follows the link of the terminal and types the code that is beside it. */
  const follow = async (page: Page, terminal: Terminal): Promise<void> => {
    await page.goto(terminal.url);
    await page.getByLabel('Code in your terminal').fill(terminal.code.toLowerCase().replace('-', ' '));
    await page.getByRole('button', { name: 'Find it' }).click();
  };
  const agree = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Let it in as me' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Use passkey' }).click();
  };
  const waits = (page: Page) => page.getByRole('region', { name: 'The login that waits' });
  const nothing = (page: Page) => page.getByText('No login waits for you under this code');
  const sessions = async (): Promise<readonly string[]> =>
    (
      await house.db.many<{ who: string }>(sql`
        select f.username as who from session s join identity_facts f on f.identity_id = s.identity_id`)
    ).map(({ who }) => who);

  beforeAll(async () => {
    [house, hosts, browser] = await Promise.all([
      peopledHouse({ consoleDir, browsers: true, keysNeedMore: true }),
      startHosts({ names: ['web1'] }),
      openBrowser(),
    ]);
    house.clock.set(new Date());
    web1 = hosts.get('web1');
    [lena, tomas] = [await house.person('lena'), await house.person('tomas')];
    const boss = await house.person('boss', {}, ['administrator']);
    await openAccount(house, {
      system: 'web1',
      host: web1.host,
      port: web1.port,
      hostKeyFingerprint: web1.hostKeyFingerprint,
      account: web1.management.username,
      privateKey: web1.management.privateKey,
      holder: lena.id,
    });
    await house.perform('sshLogins.setPolicy', { registeredKey: 'step_up', withoutKey: true }, boss.id);
    [hers, his] = [await windowOf(lena), await windowOf(tomas)];
    await addPasskey(hers);
    await addPasskey(his);
  });
  beforeEach(async () => {
    await house.db.run(sql`delete from signin_failure`);
  });
  afterEach(async () => {
    for (const { child, done } of terminals.splice(0)) {
      child.kill('SIGKILL');
      await done;
    }
    await until(
      async () =>
        (await house.db.one<{ live: number }>(sql`select count(*)::int as live from session where state <> 'ended'`))
          .live === 0,
      'every session to end',
    );
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
    await hosts?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('somebody without a registered key follows the link, types the code, sees what waits and is in by their passkey', async () => {
    const stray = await makeSshKey('never registered');
    const key = join(dir, 'stray');
    writeFileSync(key, stray.privateKey, { mode: 0o600 });
    const terminal = await ssh({ key });
    // the link leads to the page and says nothing of this login
    expect(new URL(terminal.url).pathname + new URL(terminal.url).search).toBe('/ssh-login');
    await follow(hers, terminal);
    const login = waits(hers);
    await login.getByText(`${web1.management.username}@web1`).waitFor();
    await login.getByText('no key: by your word alone').waitFor();
    await login.getByText(/OpenSSH/u).waitFor();
    expect(await login.getByText('another address than your browser').count()).toBe(0);
    expect(terminal.shown()).not.toContain('in-as-');
    await agree(hers);
    await hers.getByText('The terminal goes on by itself').waitFor();
    await terminal.shows(`in-as-${web1.management.username}`);
    expect(await terminal.running.done).toMatchObject({ code: 0 });
    expect(await sessions()).toEqual(['lena']);
    expect(complaints).toEqual([]);
  });

  test('what is refused in the page ends the terminal within a second, and opens nothing', async () => {
    const before = (await sessions()).length;
    const terminal = await ssh();
    await follow(hers, terminal);
    const refuse = waits(hers).getByRole('button', { name: 'Refuse' });
    await refuse.waitFor();
    const asked = performance.now();
    await refuse.click();
    await terminal.shows('you refused this login in your browser');
    expect(performance.now() - asked).toBeLessThan(aSecondMs());
    await hers.getByText('The terminal was told, and lets nobody in').waitFor();
    expect((await terminal.running.done).code).toBe(255);
    await follow(hers, terminal);
    await nothing(hers).waitFor();
    expect((await sessions()).length).toBe(before);
  });

  test('the link opened by somebody else is nobody’s: not before they sign in, not with the code, not after its owner', async () => {
    const pair = await makeSshKey('lena@laptop');
    const key = join(dir, 'lena');
    writeFileSync(key, pair.privateKey, { mode: 0o600 });
    await registerKey(house, lena.id, pair.publicKey);

    // whoever is not signed in is asked who they are first, and sees nothing of it
    const half = await ssh({ key });
    const stranger = await windowOf();
    await stranger.goto(half.url);
    await stranger.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    expect(new URL(stranger.url()).pathname).toBe('/signin');
    await stranger.context().close();

    // a login that lena's key began is hers, whoever reads its code
    await follow(his, half);
    await nothing(his).waitFor();
    expect(await waits(his).count()).toBe(0);
    await follow(hers, half);
    await waits(hers).getByText('your key lena@laptop').waitFor();
    await agree(hers);
    await half.shows(`in-as-${web1.management.username}`);

    // one without a key is whose who found it first
    const bare = await ssh();
    await follow(hers, bare);
    await waits(hers).waitFor();
    await follow(his, bare);
    await nothing(his).waitFor();
    await waits(hers).getByRole('button', { name: 'Refuse' }).click();
    await bare.shows('you refused this login');

    // and who finds it is in as themself, with what they may open, which is not what lena may
    const before = await sessions();
    const lured = await ssh();
    await follow(his, lured);
    await waits(his).waitFor();
    await agree(his);
    await his.getByText('The terminal goes on by itself').waitFor();
    await until(() => /no access|not_found|nothing here|may not/iu.test(lured.shown()), 'why he may not');
    expect((await lured.running.done).code).not.toBe(0);
    expect(await sessions()).toEqual(before);
  });

  test('a page serves once: a second window, the page gone back to and the code again let nobody in', async () => {
    const terminal = await ssh();
    const second = await windowOf(lena);
    await follow(hers, terminal);
    await waits(hers).waitFor();
    await follow(second, terminal);
    await waits(second).waitFor();
    await agree(hers);
    await terminal.shows(`in-as-${web1.management.username}`);
    const opened = (await sessions()).length;

    await second.getByRole('button', { name: 'Let it in as me' }).click();
    await second.getByRole('alert').first().waitFor();
    await second.getByRole('button', { name: 'Refuse' }).click();
    await second.getByRole('alert').first().waitFor();
    await second.context().close();
    await hers.reload();
    await follow(hers, terminal);
    await nothing(hers).waitFor();

    // the next connection asks anew, under a code of its own
    const next = await ssh();
    expect(next.code).not.toBe(terminal.code);
    await follow(hers, next);
    await waits(hers).getByRole('button', { name: 'Refuse' }).click();
    await next.shows('you refused this login');
    expect((await sessions()).length).toBe(opened);
  });

  test('a client at another address than the browser wants the number of the page typed in the terminal, too', async () => {
    const opened = (await sessions()).length;
    const terminal = await ssh({ at: '127.0.0.9' });
    await follow(hers, terminal);
    await waits(hers).getByText('This login comes from another address than your browser.').waitFor();
    await agree(hers);
    const number = (await hers.getByRole('status').locator('strong').innerText()).trim();
    expect(number).toMatch(/^\d{6}$/u);
    await terminal.shows('umber');
    expect((await sessions()).length).toBe(opened);
    terminal.type(`${number}\n`);
    await terminal.shows(`in-as-${web1.management.username}`);
    expect((await sessions()).length).toBe(opened + 1);
    expect(complaints).toEqual([]);
  });
});
