import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '#test/harness/browser.ts';
import { agree, CREDENTIAL, nothingLeft, startHttpRig, USER, type HttpRig } from '#test/http-rig/rig.ts';

const CHROMIUM = existsSync('/usr/bin/chromium');
if (!CHROMIUM) console.log('SKIP browser.conformance: no Chromium on this machine (apt-get install chromium)');

const FILE = Buffer.from(Array.from({ length: 3_000_017 }, (_, at) => (at * at + at) & 255));
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PAGE = `<!doctype html><html lang="de"><meta charset="utf-8"><title>Wiki — häuser</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><img src="/pixel.png" alt="a pixel">
<h1>Wiki</h1><p id="said">nothing</p><script src="/script.js"></script>
<a href="/report.bin">Report</a><a href="/moved">Moved</a>
<form method="post" action="/echo" enctype="multipart/form-data"><input name="word" value="größer &amp; 1=2"><input type="file" name="file"><button>Send</button></form>
</html>`;

/** For a browser, through the gateway is like straight to the application: each case is done in both and must see the same. */
describe.skipIf(!CHROMIUM)('a browser through the gateway sees what it sees at the application', () => {
  let rig: HttpRig;
  let browser: Browser;
  let direct: Page;
  let through: Page;
  let home: string;

  beforeAll(async () => {
    [rig, browser] = await Promise.all([startHttpRig(), openBrowser()]);
    const says = (path: string, type: string, body: string | Buffer, more: readonly string[] = []): void => {
      rig.application.more.set(path, (_request, response) => {
        response.writeHead(200, ['content-type', type, 'content-length', String(Buffer.byteLength(body)), ...more]);
        response.end(body);
      });
    };
    says('/', 'text/html; charset=utf-8', PAGE, [
      'content-security-policy',
      "default-src 'self'; img-src 'self' data:",
    ]);
    says('/style.css', 'text/css', 'h1 { color: rgb(1, 2, 3) }');
    says('/script.js', 'text/javascript', "document.getElementById('said').textContent = 'the script ran';");
    says('/pixel.png', 'image/png', PIXEL, ['cache-control', 'max-age=60']);
    says('/report.bin', 'application/octet-stream', FILE, [
      'content-disposition',
      'attachment; filename="report of may.bin"',
    ]);
    rig.application.more.set('/moved', (_request, response) => {
      response.writeHead(302, { location: '/text?of=a%2Fb#part' }).end();
    });
    writeFileSync(join(rig.dir, 'attached.bin'), FILE.subarray(0, 50_000));
    const straight = `https://localhost:${String(rig.application.port)}`;
    home = `${straight}/`;
    const options = { ignoreHTTPSErrors: true, acceptDownloads: true };
    direct = await (
      await browser.newContext({ ...options, httpCredentials: { username: USER, password: CREDENTIAL } })
    ).newPage();
    through = await (await browser.newContext(options)).newPage();
    await through.goto(`${rig.origin}/.reeve/sign-in#${rig.password()}`);
    await agree(through);
    await through.waitForURL(`${rig.origin}/`);
  });
  afterAll(async () => {
    await browser?.close();
    if (rig === undefined) return;
    await nothingLeft(rig);
    await rig.stop();
  });

  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  /** What the browser got, but for what is of its one connection or names where it was asked. */
  const answered = async (page: Page, act: () => Promise<unknown>, path: string): Promise<unknown> => {
    const [response] = await Promise.all([page.waitForResponse((one) => new URL(one.url()).pathname === path), act()]);
    const headers = await response.headersArray();
    return {
      status: response.status(),
      text: response.statusText(),
      headers: headers.filter(({ name }) => !/^(?:connection|keep-alive|transfer-encoding|date)$/iu.test(name)),
      body: digest(await response.body()),
    };
  };
  const shown = (page: Page): Promise<unknown> =>
    page.evaluate(`JSON.stringify({ title: document.title, html: document.documentElement.outerHTML,
      path: location.pathname + location.search + location.hash, type: document.contentType, set: document.characterSet })`);

  /** In a page: what it fetches, with every header a script may see and the digest of every byte. */
  const FETCH = `async (path, how) => {
    const answer = await fetch(path, how);
    const body = await answer.arrayBuffer();
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
    const headers = [...answer.headers].filter(([name]) => !/^(connection|keep-alive|transfer-encoding|date)$/.test(name));
    return { status: answer.status, text: answer.statusText, headers, bytes: body.byteLength, sum: [...sum] };
  }`;
  const fetched = (path: string, how = '{}') => `(${FETCH})(${JSON.stringify(path)}, ${how})`;

  const CASES: readonly (readonly [title: string, see: (page: Page) => Promise<unknown>])[] = [
    [
      'a page with its style, script, picture and policy',
      async (page) => {
        const answer = await answered(
          page,
          () => page.goto(new URL('/', page === direct ? home : rig.origin).href),
          '/',
        );
        const state = await page.evaluate(
          `[getComputedStyle(document.querySelector('h1')).color, document.getElementById('said').textContent, document.querySelector('img').naturalWidth]`,
        );
        expect(state).toEqual(['rgb(1, 2, 3)', 'the script ran', 1]);
        return [answer, state, await shown(page)];
      },
    ],
    ['a page come again', (page) => answered(page, () => page.reload(), '/')],
    [
      'a file that is downloaded',
      async (page) => {
        const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Report').click()]);
        const bytes = readFileSync(await download.path());
        expect(bytes.equals(FILE)).toBe(true);
        return [download.suggestedFilename(), digest(bytes)];
      },
    ],
    [
      'a link that leads on',
      async (page) => {
        await Promise.all([page.waitForURL('**/text?of=a%2Fb#part'), page.getByText('Moved').click()]);
        const state = await shown(page);
        await page.goBack();
        return [state, await shown(page)];
      },
    ],
    [
      'what a script fetches: a text, gzip, chunks, 50 MB, a range, a missing page, an odd status',
      async (page) => {
        const all: unknown[] = [];
        for (const one of [
          fetched('/text'),
          fetched('/gzip'),
          fetched('/chunks'),
          fetched('/big'),
          fetched('/big', "{ headers: { Range: 'bytes=1000000-2000000' } }"),
          fetched('/not-there'),
          fetched('/odd'),
          fetched('/echo?q=%C3%A4+b&&x=%2F..%2f&y=a|b'),
        ])
          all.push(await page.evaluate(one));
        return all;
      },
    ],
    [
      'what a script sends: JSON, bytes, a form, methods of its own',
      async (page) => {
        const all: unknown[] = [];
        for (const one of [
          fetched(
            '/echo',
            `{ method: 'POST', body: JSON.stringify({ a: 'ä' }), headers: { 'content-type': 'application/json' } }`,
          ),
          fetched('/echo', `{ method: 'PUT', body: new Uint8Array(2_000_003).fill(7) }`),
          fetched('/echo', `{ method: 'POST', body: new URLSearchParams({ a: '1 2', b: '&' }) }`),
          fetched('/echo', `{ method: 'PATCH', body: 'y' }`),
          fetched('/echo', `{ method: 'DELETE' }`),
        ])
          all.push(await page.evaluate(one));
        return all;
      },
    ],
    [
      'a 304 of what it has',
      async (page) => [
        await page.evaluate(fetched('/etag')),
        await page.evaluate(fetched('/etag', "{ cache: 'no-cache' }")),
        await page.evaluate(fetched('/etag', `{ headers: { 'If-None-Match': '"larkspur-1"' } }`)),
      ],
    ],
    [
      'words that come by and by',
      async (page) =>
        await page.evaluate(`new Promise((resolve, reject) => {
          const source = new EventSource('/events');
          const heard = [];
          source.onerror = () => reject(new Error('the source broke'));
          source.onmessage = ({ data }) => { heard.push(data); if (heard.length === 4) { source.close(); resolve(heard); } };
        })`),
    ],
    [
      'a WebSocket: words, bytes, much of both, and how it closes',
      async (page) =>
        await page.evaluate(`new Promise((resolve, reject) => {
          const socket = new WebSocket(location.origin.replace('https', 'wss') + '/ws');
          socket.binaryType = 'arraybuffer';
          const sent = ['hello', 'größer', 'x'.repeat(300_000), new Uint8Array(70_000).fill(9).buffer];
          const heard = [];
          socket.onopen = () => sent.forEach((one) => socket.send(one));
          socket.onerror = () => reject(new Error('the socket broke'));
          socket.onmessage = ({ data }) => {
            heard.push(typeof data === 'string' ? [data.length, data.slice(0, 10)] : ['bytes', data.byteLength, new Uint8Array(data)[69_999]]);
            if (heard.length === sent.length) socket.close(4001, 'enough');
          };
          socket.onclose = ({ code, reason, wasClean }) => resolve([heard, code, reason, wasClean, socket.protocol, socket.extensions]);
        })`),
    ],
    [
      'a WebSocket that is refused',
      async (page) =>
        await page.evaluate(`new Promise((resolve) => {
          const socket = new WebSocket(location.origin.replace('https', 'wss') + '/ws-never');
          socket.onclose = ({ code, wasClean }) => resolve([code, wasClean]);
        })`),
    ],
  ];

  it.for(CASES.map((one) => [one[0], one] as const))('%s', async ([, [, see]]) => {
    const seen = await see(direct);
    expect(await see(through)).toEqual(seen);
  });

  it('a form with a file: the application gets the same, byte for byte', async () => {
    const got: string[] = [];
    for (const page of [direct, through]) {
      await page.goto(page === direct ? home : `${rig.origin}/`);
      await page.locator('input[type=file]').setInputFiles(join(rig.dir, 'attached.bin'));
      await Promise.all([page.waitForURL('**/echo'), page.getByRole('button', { name: 'Send' }).click()]);
      // the last of that path: a browser may ask for more by itself once the answer is there
      const { body } = rig.application.got.findLast(({ url }) => url === '/echo') ?? { body: '' };
      // the boundary is the browser's own each time
      got.push(body.replaceAll(/-{4,}WebKitFormBoundary\w+/gu, '-boundary'));
    }
    expect(got[1]).toBe(got[0]);
    expect(got[0]).toContain(FILE.subarray(0, 50_000).toString('latin1'));
  });

  it('all of it was one session', () => {
    expect(rig.ports.inner.sessions).toHaveLength(1);
  });
});
