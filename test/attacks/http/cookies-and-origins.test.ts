import { chromium, type Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { headerOf, startApplication } from '#test/http-rig/application.ts';
import { agree, frame, nothingLeft, startHttpRig, upgradeTo, type HttpRig } from '#test/http-rig/rig.ts';
import { until } from '#test/ssh-rig/run-program.ts';

/**
 * Attacks 17, 21 and 31 with a real Chromium: an application behind Reeve neither sees nor sets a cookie of Reeve, another
 * page uses nobody's session, and a sign-in link leaves its secret nowhere.
 */
let rig: HttpRig;
let browser: Browser;
beforeAll(async () => {
  rig = await startHttpRig();
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterEach(() => nothingLeft(rig));
afterAll(async () => {
  await browser?.close();
  await rig?.stop();
});

const PAGE = '<!doctype html><title>wiki</title><link rel="icon" href="data:,"><h1>Wiki</h1>';
const cookiesSet = (answer: string): string[] =>
  [...answer.matchAll(/^set-cookie: (.*)\r$/gim)].map(([, line]) => line ?? '');
const withHeaders = (path: string, headers: readonly string[], body = PAGE): void => {
  rig.application.more.set(
    path,
    (_request, response) => void response.writeHead(200, ['content-type', 'text/html', ...headers]).end(body),
  );
};

describe('in a browser', () => {
  it('a link signs in once, and its password is in no address, cookie, storage, referrer or request of the application', async () => {
    withHeaders(
      '/',
      ['set-cookie', 'sid=from-application; HttpOnly; Path=/', 'set-cookie', 'theme=dark; Path=/'],
      `${PAGE}<img src="/pixel">`,
    );
    rig.application.more.set('/pixel', (_request, response) => void response.end());
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const password = rig.password();
    await page.goto(`${rig.origin}/.reeve/sign-in#${password}`);
    await agree(page);
    await page.waitForURL(`${rig.origin}/`);
    expect(await page.textContent('h1')).toBe('Wiki');
    const cookies = await context.cookies();
    expect(
      cookies
        .map(({ name, domain, httpOnly, secure, sameSite }) => ({ name, domain, httpOnly, secure, sameSite }))
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    ).toEqual([
      { name: '__Host-reeve-web', domain: 'wiki.web.localhost', httpOnly: true, secure: true, sameSite: 'Lax' },
      { name: 'theme', domain: 'wiki.web.localhost', httpOnly: false, secure: true, sameSite: 'Lax' },
    ]);
    await page.reload();
    // what no script may read is kept at the gateway and goes with the next request all the same
    const reloaded = rig.application.got.filter(({ url }) => url === '/').at(-1);
    expect(headerOf(reloaded, 'cookie')).toEqual(['sid=from-application; theme=dark']);
    const state = String(
      await page.evaluate(
        'JSON.stringify([document.cookie, location.href, document.referrer, {...localStorage}, {...sessionStorage}, history.state])',
      ),
    );
    const [mine] = cookies.filter(({ name }) => name === '__Host-reeve-web');
    for (const secret of [password, mine?.value ?? 'none']) {
      expect(state).not.toContain(secret);
      expect(JSON.stringify(rig.application.got)).not.toContain(secret);
    }
    const again = await context.newPage();
    await again.goto(`${rig.origin}/.reeve/sign-in#${password}`);
    await again.getByText('This sign-in is over').waitFor();
    await page.evaluate("fetch('/.reeve/sign-out', { method: 'POST' }).then(() => true)");
    await until(() => rig.gateway.metrics.sessionsOpen === 0, 'the session to end');
    expect((await page.goto(`${rig.origin}/`))?.status()).toBe(401);
    expect(rig.ports.inner.last().ended).toMatchObject([{ reason: 'signed out' }]);
    await context.close();
  });

  it('a link signs nobody in who was not told whose it is and agreed', async () => {
    withHeaders('/', []);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    const [before, password] = [rig.ports.inner.sessions.length, rig.password()];
    await page.goto(`${rig.origin}/.reeve/sign-in#${password}`);
    await page.getByText('signs you in to wiki as Lena Berg, with the account reporting').waitFor();
    await new Promise((done) => setTimeout(done, 300));
    expect(await context.cookies()).toEqual([]);
    expect(rig.ports.inner.sessions).toHaveLength(before);
    expect(page.url()).not.toContain(password);
    // one that is good for nobody says so at once
    await page.goto(`${rig.origin}/.reeve/sign-in?#rvp_unknown`);
    await page.getByText('This sign-in is over').waitFor();
    await page.goto(`${rig.origin}/.reeve/sign-in#${password}`);
    await page.getByRole('button', { name: 'Continue as Lena Berg' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${rig.origin}/`);
    expect(rig.ports.inner.sessions).toHaveLength(before + 1);
    await context.close();
  });

  it('a page of another site behind Reeve uses nobody’s session: no fetch, form, frame, script or WebSocket', async () => {
    withHeaders('/', []);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${rig.origin}/.reeve/sign-in#${rig.password()}`);
    await agree(page);
    await page.waitForURL(`${rig.origin}/`);
    // a sibling is same-site: SameSite would send the cookie
    const other = await startApplication();
    other.more.set('/', (_request, response) => void response.writeHead(200, ['content-type', 'text/html']).end(PAGE));
    const evil = await context.newPage();
    await evil.goto(`https://evil.web.localhost:${String(other.port)}/`);
    const before = rig.application.got.length;
    const refused = rig.gateway.metrics.requestsRefused;
    await evil.evaluate(`(async (origin) => {
      const ask = (how) => fetch(origin + '/echo', { credentials: 'include', mode: 'no-cors', ...how }).catch(() => undefined);
      await ask({});
      await ask({ method: 'POST', body: 'x=1' });
      const add = (name, path) => {
        const made = document.createElement(name);
        made.src = origin + path;
        document.body.append(made);
      };
      add('iframe', '/framed');
      add('script', '/script.js');
      await new Promise((done) => {
        const socket = new WebSocket(origin.replace('https', 'wss') + '/ws');
        socket.onopen = socket.onerror = done;
      });
    })(${JSON.stringify(rig.origin)})`);
    await until(() => rig.gateway.metrics.requestsRefused >= refused + 5, 'all of it to be refused');
    expect(rig.application.got.length).toBe(before);
    // following a link is possible
    await evil.evaluate(`void location.assign(${JSON.stringify(`${rig.origin}/`)})`);
    await evil.waitForURL(`${rig.origin}/`);
    expect(await evil.textContent('h1')).toBe('Wiki');
    await context.close();
    await other.close();
  });

  it('a WebSocket of the page itself works', async () => {
    withHeaders('/', []);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(`${rig.origin}/.reeve/sign-in#${rig.password()}`);
    await agree(page);
    await page.waitForURL(`${rig.origin}/`);
    const said = await page.evaluate(`new Promise((done) => {
      const socket = new WebSocket('wss://' + location.host + '/ws');
      socket.onopen = () => socket.send('häuser');
      socket.onmessage = ({ data }) => done(data);
      socket.onerror = () => done('error');
    })`);
    expect(said).toBe('häuser');
    await context.close();
  });
});

describe('headers of an application', () => {
  it('set no cookie of Reeve, none beyond its own host, and none without a name', async () => {
    const lines = [
      '__Host-reeve-web=evil; Path=/; Secure',
      '__host-REEVE-x=evil; Path=/; Secure',
      '__Host-reeve-session=evil; Path=/; Secure; HttpOnly',
      '=__Host-reeve-web=evil; Path=/; Secure',
      'wide=1; Domain=web.localhost; Path=/',
      'wider=1; domain = localhost ; Path=/; Secure; Domain=.localhost',
      'kept=secret; HTTPONLY; Path=/',
      'plain=1',
    ];
    withHeaders(
      '/cookies',
      lines.flatMap((line) => ['set-cookie', line]),
    );
    const password = rig.password();
    const said = (await rig.curl(password, '/cookies', '-i')).stdout.toString();
    expect(cookiesSet(said)).toEqual(['wide=1; Path=/; Secure', 'wider=1; Path=/; Secure', 'plain=1; Secure']);
    await rig.curl(password, '/echo', '-H', 'Cookie: kept=forged; __Host-reeve-other=x; plain=1');
    expect(headerOf(rig.application.got.at(-1), 'cookie')).toEqual(['kept=secret; plain=1']);
    await rig.curl(rig.password(), '/echo');
    expect(headerOf(rig.application.got.at(-1), 'cookie')).toEqual([]);
  });

  it('send nobody around the gateway, empty no cookies of the domain, and break no line', async () => {
    withHeaders('/headers', [
      'alt-svc',
      'h3=":443"',
      'clear-site-data',
      '"*"',
      'reeve-notice',
      'from Reeve',
      'x-fine',
      'yes',
      'connection',
      'x-secretly',
      'x-secretly',
      '1',
      'content-security-policy',
      "default-src 'self'",
    ]);
    const said = (await rig.curl(rig.password(), '/headers', '-i')).stdout.toString().toLowerCase();
    for (const gone of ['alt-svc', 'clear-site-data', 'reeve-notice', 'x-secretly']) expect(said).not.toContain(gone);
    expect(said).toContain('x-fine: yes');
    expect(said).toContain("content-security-policy: default-src 'self'");
  });
});

describe('a sign-in', () => {
  const post = async (more: string, password: string): Promise<string> => {
    const client = await rig.raw();
    client.say(
      `POST /.reeve/sign-in HTTP/1.1\r\nHost: ${rig.host}\r\n${more}Content-Length: ${String(password.length)}\r\nConnection: close\r\n\r\n${password}`,
    );
    await client.ends();
    return client.text;
  };
  const signIn = async (): Promise<string> =>
    /reeve-web=([^;]+)/.exec(await post(`Origin: ${rig.origin}\r\n`, rig.password()))?.[1] ?? '';
  const get = async (cookie: string): Promise<string> => {
    const client = await rig.raw();
    client.say(`GET /echo HTTP/1.1\r\nHost: ${rig.host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`);
    await client.ends();
    return client.text.slice(9, 12);
  };

  it('comes from its own page alone, and a cookie is one session’s, shown once', async () => {
    const password = rig.password();
    for (const more of [
      '',
      'Origin: null\r\n',
      'Origin: https://evil.example\r\n',
      `Origin: ${rig.origin}\r\nSec-Fetch-Site: cross-site\r\n`,
    ])
      expect(await post(more, password)).toMatch(/^HTTP\/1\.1 40[03]/);
    expect(await post(`Origin: ${rig.origin}\r\n`, 'x'.repeat(5_000))).toMatch(/^HTTP\/1\.1 400/);
    expect(await post(`Origin: ${rig.origin}\r\n`, 'rvp_unknown')).toMatch(/^HTTP\/1\.1 401/);
    const token = await signIn();
    expect(await get(`__Host-reeve-web=${token}`)).toBe('200');
    for (const cookie of [
      `__Host-reeve-web=x${token}`,
      `__Host-reeve-web=${token}; __Host-reeve-web=${token}`,
      `reeve-web=${token}`,
      `__host-reeve-web=${token}`,
      '__Host-reeve-web=',
    ])
      expect(await get(cookie), cookie).toBe('401');
  });

  it('what names a session and is shown from another address ends it, and that is on its record', async () => {
    const token = await signIn();
    const thief = await rig.raw(undefined, '127.0.0.9');
    const before = rig.application.got.length;
    thief.say(`GET /echo HTTP/1.1\r\nHost: ${rig.host}\r\nCookie: __Host-reeve-web=${token}\r\n\r\n`);
    await thief.ends();
    expect(thief.text).toMatch(/^HTTP\/1\.1 401/);
    expect(await get(`__Host-reeve-web=${token}`)).toBe('401');
    expect(rig.application.got.length).toBe(before);
    const session = rig.ports.inner.last();
    expect(session.events.map(({ detail }) => detail)).toEqual([expect.stringContaining('from another address')]);
    expect(session.ended).toMatchObject([{ reason: 'shown from elsewhere' }]);
  });

  it('a second one ends the first, so that nobody is left in a session somebody else began', async () => {
    const first = await signIn();
    const answer = await post(`Origin: ${rig.origin}\r\nCookie: __Host-reeve-web=${first}\r\n`, rig.password());
    const second = /reeve-web=([^;]+)/.exec(answer)?.[1] ?? '';
    expect(second).not.toBe(first);
    expect(await get(`__Host-reeve-web=${first}`)).toBe('401');
    expect(await get(`__Host-reeve-web=${second}`)).toBe('200');
  });

  it('a WebSocket from another origin opens nothing', async () => {
    const client = await rig.raw();
    client.say(
      upgradeTo(rig, '/ws', rig.password(), 'Origin: https://evil.example\r\n') + frame('x').toString('latin1'),
    );
    await client.ends();
    expect(client.text).toMatch(/^HTTP\/1\.1 403/);
  });
});
