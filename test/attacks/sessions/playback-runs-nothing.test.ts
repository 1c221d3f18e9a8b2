import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { openBrowser } from '../../harness/browser.ts';
import { openAccount } from '../../harness/open-account.ts';
import { peopledHouse, type PeopledHouse } from '../../harness/peopled-house.ts';

const consoleDir = join(import.meta.dirname, '../../../dist/console');
const why = !existsSync(join(consoleDir, 'index.html'))
  ? 'the console is not built (npm run build)'
  : !existsSync('/usr/bin/chromium')
    ? 'no Chromium on this machine (apt-get install chromium)'
    : undefined;
if (why !== undefined) console.log(`SKIP playback-runs-nothing: ${why}`);

const MARKUP = '<img src=x onerror="document.title=\'pwned\'"><script>document.title="pwned"</script>';
/** What a hostile target says, hoping for a terminal or a browser to listen. */
const HOSTILE = [
  'before\r\n',
  '\u001b]52;c;cHduZWQ=\u0007',
  '\u001b\n]52;c;cHduZWQ=\u0007',
  '\u009d52;c;cHduZWQ=\u009c',
  '\u001b]0;pwned\u0007\u001b\u0005]2;pwned\u0007\u001bkpwned\u001b\\',
  '\u001bPtmux;\u001b\u001b]52;c;cHduZWQ=\u0007\u001b\\',
  '\u001bP+q544e\u001b\\\u001b_Gf=100;AAAA\u001b\\',
  '\u001b[6n\u001b[c\u001b[21t\u001b[>q\u001b[?u\u001b[5i',
  '\u001b]8;;javascript:document.title="pwned"\u001b\\click me\u001b]8;;\u001b\\\r\n',
  `${MARKUP}\r\n`,
  '\u001b]0;', // and never ended
];

describe.skipIf(why !== undefined)('K27: playing a hostile recording in the console', () => {
  let house: PeopledHouse;
  let browser: Browser;
  let page: Page;
  let sessionId: string;
  let home: string;
  const elsewhere: string[] = [];
  const dialogs: string[] = [];

  beforeAll(async () => {
    [house, browser] = await Promise.all([peopledHouse({ consoleDir }), openBrowser()]);
    home = house.url.replace('127.0.0.1', 'localhost');
    const lena = await house.person('lena');
    await openAccount(house, {
      system: 'web1',
      host: '127.0.0.1',
      port: 22,
      hostKeyFingerprint: 'SHA256:none',
      account: 'lena',
      privateKey: 'a key nobody uses here',
      holder: lena.id,
    });
    const admission = await gatewayPorts(house.edges).admit({
      identityId: lena.id,
      account: 'lena',
      system: 'web1',
      protocol: 'ssh',
      clientAddress: '127.0.0.1',
      clientVersion: MARKUP,
    });
    if (!admission.admitted) throw new Error(admission.message);
    const { ticket } = admission;
    sessionId = ticket.sessionId;
    const shell = ticket.recorder.channel({ kind: 'shell', term: 'xterm-256color', cols: 100, rows: 30 });
    for (const piece of HOSTILE) shell.output(Buffer.from(piece));
    shell.output(Buffer.from('\u0007\r\nafter\r\n'));
    shell.end({ code: 0 });
    ticket.event({ atMs: 1, type: 'exec', detail: `${MARKUP}\u001b]0;pwned\u0007` });
    await ticket.ended({ reason: MARKUP, bytesIn: 0, bytesOut: 0 });

    const ines = await house.person('ines', {}, ['auditor']);
    const context = await browser.newContext({ baseURL: home, permissions: ['clipboard-read', 'clipboard-write'] });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('request', (request) => {
      if (!request.url().startsWith(home) && !/^(?:data|blob):/.test(request.url())) elsewhere.push(request.url());
    });
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await context.addCookies([
      { name: 'reeve_session', value: ines.cookie, url: home, httpOnly: true, sameSite: 'Strict' },
    ]);
    await page.goto(`/sessions/${sessionId}`);
    await page.evaluate('navigator.clipboard.writeText("mine")');
    await page.locator('.ap-player, .ap-wrapper').first().waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });

  test('shows what came before and after, and markup as the text it is', async () => {
    await page.getByRole('img', { name: /terminal as it was/ }).focus();
    await page.keyboard.press(' ');
    await page.waitForTimeout(1500);
    const text = await page.locator('body').innerText();
    for (const said of ['before', 'after', '<script>']) expect(text, said).toContain(said);
  });

  test('changes no title and no clipboard, asks nothing, goes nowhere, and puts no markup into the page', async () => {
    expect(await page.title()).not.toContain('pwned');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mine');
    expect(await page.evaluate('document.querySelectorAll("img[src=x], [onerror], body script").length')).toBe(
      await page.evaluate('document.querySelectorAll("body script[src]").length'),
    );
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
    expect(dialogs).toEqual([]);
    expect(elsewhere).toEqual([]);
    expect(page.url()).toContain(`/sessions/${sessionId}`);
  });
});
