import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { headerOf } from '#test/http-rig/application.ts';
import { CREDENTIAL, nothingLeft, startHttpRig, USER, type HttpRig } from '#test/http-rig/rig.ts';

/** Attack 17 and K34: the injected credential goes to the pinned application and nowhere else, whatever that or the person says. */
let rig: HttpRig;
beforeAll(async () => {
  rig = await startHttpRig();
});
afterEach(async () => {
  rig.ports.terms = { ...rig.ports.terms, credential: 'basic', header: null };
  rig.ports.inner.target = {
    ...rig.ports.inner.target,
    pinned: [rig.application.pin],
    port: rig.application.port,
    host: '127.0.0.1',
  };
  await nothingLeft(rig);
});
afterAll(() => rig?.stop());

const basic = Buffer.from(`${USER}:${CREDENTIAL}`).toString('base64');
const last = () => rig.application.got.at(-1);

describe('the credential goes with each request as it is set', () => {
  it('by Basic, as a bearer token, in a header; and none of the person in its place', async () => {
    const mine = [
      '-H',
      'Authorization: Bearer mine',
      '-H',
      'Authorization_: x',
      '-H',
      'X-Api-Key: mine',
      '-H',
      'X_Api_Key: mine',
    ];
    await rig.curl(rig.password(), '/echo', ...mine);
    expect(headerOf(last(), 'authorization')).toEqual([`Basic ${basic}`]);
    rig.ports.terms = { ...rig.ports.terms, credential: 'bearer' };
    await rig.curl(rig.password(), '/echo', ...mine);
    expect(headerOf(last(), 'authorization')).toEqual([`Bearer ${CREDENTIAL}`]);
    rig.ports.terms = { ...rig.ports.terms, credential: 'header', header: 'x-api-key' };
    await rig.curl(rig.password(), '/echo', ...mine);
    expect(headerOf(last(), 'x-api-key')).toEqual([CREDENTIAL]);
    expect(headerOf(last(), 'x_api_key')).toEqual([]);
    // its own sign-in is the application's business where the credential does not go there
    expect(headerOf(last(), 'authorization')).toEqual(['Bearer mine']);
  });

  it('a gateway password reaches no application, in whatever it came', async () => {
    rig.ports.terms = { ...rig.ports.terms, credential: 'header', header: 'x-api-key' };
    const password = rig.password();
    await rig.curl(password, '/echo', '-u', `${USER}:${password}`, '-H', `Cookie: __Host-reeve-web=${password}; a=b`);
    expect(JSON.stringify(last()?.rawHeaders)).not.toContain(password);
    expect(JSON.stringify(last()?.rawHeaders)).not.toContain(Buffer.from(`${USER}:${password}`).toString('base64'));
    expect(headerOf(last(), 'cookie')).toEqual(['a=b']);
  });
});

it('a redirect is passed on and not followed; one to the application leads to its site', async () => {
  const elsewhere = createServer((request, response) => response.end(JSON.stringify(request.headers)));
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const other = `http://127.0.0.1:${String((elsewhere.address() as AddressInfo).port)}`;
  let asked = 0;
  elsewhere.on('request', () => (asked += 1));
  const own = `https://127.0.0.1:${String(rig.application.port)}`;
  const places: readonly (readonly [says: string, comes: string])[] = [
    [`${other}/steal`, `${other}/steal`],
    [`//127.0.0.1:${String(new URL(other).port)}/x`, `//127.0.0.1:${String(new URL(other).port)}/x`],
    [`${own}/next?a=b#c`, `${rig.origin}/next?a=b#c`],
    [own, rig.origin],
    [`//127.0.0.1:${String(rig.application.port)}/p`, `${rig.origin}/p`],
    [`${own}.evil.example/`, `${own}.evil.example/`],
    [
      `https://127.0.0.1:${String(rig.application.port)}@evil.example/`,
      `https://127.0.0.1:${String(rig.application.port)}@evil.example/`,
    ],
    ['/plain', '/plain'],
    ['relative?x', 'relative?x'],
  ];
  const password = rig.password();
  for (const [says, comes] of places) {
    rig.application.more.set('/moved', (_request, response) => void response.writeHead(302, { location: says }).end());
    const ran = await rig.curl(password, '/moved', '-i');
    expect(/^location: (.*)\r$/im.exec(ran.stdout.toString())?.[1]).toBe(comes);
  }
  expect(asked).toBe(0);
  // followed by the client, it goes there without anything of ours
  rig.application.more.set(
    '/moved',
    (_request, response) => void response.writeHead(307, { location: `${other}/steal` }).end(),
  );
  const followed = (await rig.curl(password, '/moved', '-L')).stdout.toString();
  expect(asked).toBe(1);
  for (const secret of [CREDENTIAL, basic]) expect(followed).not.toContain(secret);
  elsewhere.close();
  elsewhere.closeAllConnections();
});

it('an application that sends it back in a header sends nothing, and it is on no record', async () => {
  rig.application.more.set('/leak', (request, response) => {
    const mine = String(request.headers['authorization']);
    response.writeHead(200, {
      'x-leak': mine,
      'set-cookie': `k=${CREDENTIAL}`,
      location: `/x?p=${encodeURIComponent(CREDENTIAL)}`,
      'www-authenticate': 'Basic realm="type it here"',
    });
    response.end();
  });
  const said = (
    await rig.curl(rig.password(), `/leak?pass=${CREDENTIAL}&q=${CREDENTIAL}`, '-i', '-H', `User-Agent: ${CREDENTIAL}`)
  ).stdout.toString();
  for (const secret of [CREDENTIAL, basic]) {
    expect(said).not.toContain(secret);
    expect(JSON.stringify(rig.ports.inner.last().recorder.all)).not.toContain(secret);
  }
  expect(said).not.toMatch(/www-authenticate/i);
});

it('an answer that holds it is cut before it, also where it comes in two pieces, and that is on the record', async () => {
  rig.application.more.set('/debug', (request, response) => {
    const mine = JSON.stringify(request.headers);
    const at = mine.indexOf(basic) + 7;
    response.write(`${'x'.repeat(100_000)}${mine.slice(0, at)}`);
    setImmediate(() => response.end(mine.slice(at)));
  });
  const ran = await rig.curl(rig.password(), '/debug');
  expect(ran.code).toBe(18);
  expect(ran.stdout.toString()).not.toContain(basic);
  const { events, recorder } = rig.ports.inner.last();
  expect(events.map(({ detail }) => detail)).toEqual(['wiki sent the credential back, so its answer was cut']);
  expect(recorder.all[0]?.ended?.error?.message).toContain('sent the credential back');
});

it('nor does all of it but its end, however long the application waits with that: it is soon guessed', async () => {
  let goOn = (): void => {};
  rig.application.more.set('/slow-debug', (_request, response) => {
    response.write(`${'x'.repeat(1000)}${basic.slice(0, -1)}`);
    goOn = () => void response.end(basic.slice(-1));
  });
  const client = await rig.raw();
  client.say(`GET /slow-debug HTTP/1.1\r\nHost: ${rig.host}\r\nReeve-Password: ${rig.password()}\r\n\r\n`);
  await client.hears('x'.repeat(1000));
  goOn();
  await client.ends();
  expect(client.text).not.toContain(basic.slice(0, 4));
});

it('an answer that only begins like it comes whole', async () => {
  const near = `${basic.slice(0, 9)} and ${CREDENTIAL.slice(0, 5)}`;
  rig.application.more.set('/near', (_request, response) => {
    response.write(near.slice(0, 6));
    setImmediate(() => response.end(near.slice(6)));
  });
  expect((await rig.curl(rig.password(), '/near')).stdout.toString()).toBe(near);
});

describe('another server than the one on record', () => {
  it('hears nothing: a changed certificate, none on record, one in clear where TLS was', async () => {
    const before = rig.application.got.length;
    for (const pinned of [['tls-sha256:AA:BB'], [], ['tls-authority']]) {
      rig.ports.inner.target = { ...rig.ports.inner.target, pinned };
      const ran = await rig.curl(rig.password(), '/text', '-w', '%{http_code}');
      expect(ran.stdout.toString()).toMatch(/nothing was sent to it.*502$/s);
    }
    expect(rig.gateway.metrics.certificatesRefused).toBe(3);
    const sniffed: Buffer[] = [];
    const clear = createServer();
    clear.on('connection', (socket) => socket.on('data', (chunk: Buffer) => sniffed.push(chunk)));
    await new Promise<void>((resolve) => clear.listen(0, '127.0.0.1', resolve));
    rig.ports.inner.target = {
      ...rig.ports.inner.target,
      pinned: [rig.application.pin],
      port: (clear.address() as AddressInfo).port,
    };
    expect((await rig.curl(rig.password(), '/text', '-w', '%{http_code}')).stdout.toString()).toMatch(/502$/);
    expect(Buffer.concat(sniffed).toString('latin1')).not.toContain('HTTP/1.1');
    clear.close();
    clear.closeAllConnections();
    expect(rig.application.got.length).toBe(before);
  });

  it('is asked for no more once its session is over: the credential is overwritten', async () => {
    const password = rig.password();
    await rig.curl(password, '/text');
    rig.ports.inner.last().kill('over');
    await rig.ports.inner.last().whenEnded;
    const before = rig.application.got.length;
    expect((await rig.curl(password, '/text', '-w', '%{http_code}')).stdout.toString()).toMatch(/401$/);
    expect(rig.application.got.length).toBe(before);
  });
});
