import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nothingLeft, startHttpRig, upgradeTo, type HttpRig } from '#test/http-rig/rig.ts';
import { until } from '#test/ssh-rig/run-program.ts';

/**
 * Attack 17, requests that are two: whatever can be read as one request by one side and as another by the other is
 * refused, the connection ends, and nothing of it reaches the application.
 */
let rig: HttpRig;
let password: string;
beforeAll(async () => {
  rig = await startHttpRig();
  password = rig.password();
});
afterAll(async () => {
  await nothingLeft(rig);
  await rig?.stop();
});

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const head = (line: string, ...headers: string[]): string =>
  [line, `Host: ${rig.host}`, `Reeve-Password: ${password}`, ...headers, '', ''].join('\r\n');

const BROKEN: readonly (readonly [title: string, make: () => string])[] = [
  [
    'length beside chunks',
    () => head('POST /echo HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked') + `0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'chunks beside length',
    () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked', 'Content-Length: 5') + `0\r\n\r\n${SMUGGLED}`,
  ],
  ['two lengths', () => head('POST /echo HTTP/1.1', 'Content-Length: 0', 'Content-Length: 40') + SMUGGLED],
  ['two lengths alike', () => head('POST /echo HTTP/1.1', 'Content-Length: 3', 'Content-Length: 3') + `abc${SMUGGLED}`],
  ['a list of lengths', () => head('POST /echo HTTP/1.1', 'Content-Length: 3, 3') + `abc${SMUGGLED}`],
  ['a signed length', () => head('POST /echo HTTP/1.1', 'Content-Length: +3') + `abc${SMUGGLED}`],
  ['a negative length', () => head('POST /echo HTTP/1.1', 'Content-Length: -1') + SMUGGLED],
  ['a length in hex', () => head('POST /echo HTTP/1.1', 'Content-Length: 0x3') + `abc${SMUGGLED}`],
  ['an endless length', () => head('POST /echo HTTP/1.1', 'Content-Length: 99999999999999999999') + SMUGGLED],
  ['a blank before the colon', () => head('POST /echo HTTP/1.1', 'Content-Length : 40') + SMUGGLED],
  ['a folded header', () => head('POST /echo HTTP/1.1', 'X-Folded: a\r\n Content-Length: 40') + SMUGGLED],
  [
    'a folded first header',
    () =>
      `POST /echo HTTP/1.1\r\n Content-Length: 40\r\nHost: ${rig.host}\r\nReeve-Password: ${password}\r\n\r\n${SMUGGLED}`,
  ],
  ['a bare line feed between headers', () => head('POST /echo HTTP/1.1', 'X-A: b\nContent-Length: 40') + SMUGGLED],
  ['a bare carriage return in a value', () => head('POST /echo HTTP/1.1', 'X-A: b\rContent-Length: 40') + SMUGGLED],
  ['a null byte in a value', () => head('POST /echo HTTP/1.1', 'X-A: b\0c')],
  ['a coding unknown', () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: xchunked') + `0\r\n\r\n${SMUGGLED}`],
  ['two codings', () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: gzip, chunked') + `0\r\n\r\n${SMUGGLED}`],
  [
    'two codings, apart',
    () =>
      head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity') + `0\r\n\r\n${SMUGGLED}`,
  ],
  ['a coding with a tab', () => head('POST /echo HTTP/1.1', 'Transfer-Encoding:\x0bchunked') + `0\r\n\r\n${SMUGGLED}`],
  ['a coding in HTTP/1.0', () => head('POST /echo HTTP/1.0', 'Transfer-Encoding: chunked') + `0\r\n\r\n${SMUGGLED}`],
  [
    'a chunk without a size',
    () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + `\r\nabc\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk of a signed size',
    () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + `+3\r\nabc\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk ended by a bare line feed',
    () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + `3\nabc\n0\n\n${SMUGGLED}`,
  ],
  [
    'a chunk longer than it says',
    () => head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + `3\r\nabcdef\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk of an overflowing size',
    () =>
      head('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked') + `ffffffffffffffff3\r\nabc\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['a length with an underscore', () => head('GET /text HTTP/1.1', 'Content_Length: 40') + SMUGGLED],
  [
    'a connection that names the length',
    () => head('POST /echo HTTP/1.1', 'Content-Length: 3', 'Connection: Content-Length') + 'abc',
  ],
  ['a connection that names the host', () => head('GET /text HTTP/1.1', 'Connection: close, Host')],
  ['a blank in the path', () => head('GET /te xt HTTP/1.1')],
  ['a path that is none', () => head('GET text HTTP/1.1')],
  ['a whole address as the path', () => head(`GET https://${rig.host}/text HTTP/1.1`)],
  ['another server as the path', () => head('GET http://169.254.169.254/latest HTTP/1.1')],
  ['a backslash in the path', () => head(String.raw`GET /a\..\admin HTTP/1.1`)],
  ['a fragment in the path', () => head('GET /text#/admin HTTP/1.1')],
  ['bytes beyond ASCII in the path', () => head('GET /caf\xc3\xa9 HTTP/1.1')],
  ['an asterisk', () => head('OPTIONS * HTTP/1.1')],
  ['HTTP/2 in clear', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', () => 'GET /smuggled\r\n\r\n'],
  ['headers without end', () => head('GET /text HTTP/1.1', `X-Long: ${'a'.repeat(40_000)}`)],
  ['a tunnel', () => head('CONNECT 127.0.0.1:22 HTTP/1.1')],
];

describe('a request that could be two', () => {
  it.for(BROKEN)('is refused whole: %s', async ([, make]) => {
    const client = await rig.raw();
    const before = rig.application.got.length;
    client.say(make());
    await client.ends();
    // a request that was begun and then broke may have been seen; nothing that came after it ever is
    const reached = rig.application.got.slice(before);
    expect(reached.filter(({ url }) => url.includes('smuggled'))).toEqual([]);
    expect(client.text).not.toContain('200 OK');
    expect(client.text.match(/HTTP\/1\.1 \d{3}/g) ?? []).toEqual(expect.not.arrayContaining(['HTTP/1.1 101']));
  });

  it('what comes after a refusal on the same connection is not read', async () => {
    const client = await rig.raw();
    const before = rig.application.got.length;
    client.say(
      `GET /.reeve/nothing HTTP/1.1\r\nHost: ${rig.host}\r\nContent-Length: 6\r\n\r\nabcdef${head('GET /smuggled HTTP/1.1')}`,
    );
    await client.ends();
    expect(rig.application.got.length).toBe(before);
  });

  it('requests in one write are answered each, in order', async () => {
    const client = await rig.raw();
    client.say(head('POST /echo?n=1 HTTP/1.1', 'Content-Length: 3') + `abc${head('GET /echo?n=2 HTTP/1.1')}`);
    await client.hears('n=2');
    expect(client.text.indexOf('n=1')).toBeLessThan(client.text.indexOf('n=2'));
    client.end();
  });

  it('what was asked behind one that is not answered is asked of nobody when the client leaves', async () => {
    const client = await rig.raw();
    client.say(head('GET /events HTTP/1.1') + head('GET /events?behind HTTP/1.1'));
    await client.hears('data: tick');
    client.end();
    await until(() => rig.gateway.metrics.requestsOpen === 0, 'nothing to be under way', 3_000);
    expect(rig.application.got.filter(({ url }) => url === '/events?behind')).toEqual([]);
  });

  it('who asks on and on without an answer is hung up on, and a WebSocket is opened in the middle of none', async () => {
    for (const behind of [head('GET /text HTTP/1.1').repeat(200), upgradeTo(rig, '/ws', password)]) {
      const client = await rig.raw();
      client.say(head('GET /events HTTP/1.1'));
      await client.hears('data: tick');
      client.say(behind);
      await client.ends();
      expect(client.text).not.toContain('101 Switching');
    }
  });

  it('an answer that could be two never reaches a person', async () => {
    const second = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!';
    for (const raw of [
      `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
      `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n${second}`,
      `HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length : 0\r\n\r\n${second}`,
      `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n${second}`,
      `HTTP/1.1 200 OK\nContent-Length: 0\n\n${second}`,
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nEVIL!',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nEVIL, cut short',
      'EVIL is no HTTP\r\n\r\n',
    ]) {
      rig.application.raw = raw;
      const ran = await rig.curl(password, '/raw', '-o', '/dev/null', '-w', '%{http_code} %{size_download}');
      const said = ran.stdout.toString();
      const isCut = raw.includes('cut short') && ran.code === 18;
      expect(
        isCut || said.startsWith('502') || said === '200 0',
        `${raw} became ${said}, curl ${String(ran.code)}`,
      ).toBe(true);
    }
  });
});
