import { brotliCompressSync, constants, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { headerOf } from '#test/http-rig/application.ts';
import { CREDENTIAL, nothingLeft, startHttpRig, upgradeTo, USER, type HttpRig } from '#test/http-rig/rig.ts';
import { run } from '#test/ssh-rig/run-program.ts';
import { join } from 'node:path';

/** K34: an application that shows the credential it was sent does not get it to the person by compressing the page. */
let rig: HttpRig;
beforeAll(async () => {
  rig = await startHttpRig();
});
afterEach(() => nothingLeft(rig));
afterAll(() => rig?.stop());

const BASIC = Buffer.from(`${USER}:${CREDENTIAL}`).toString('base64');
const before = randomBytes(60_000).toString('base64');
const page = (secret: string): Buffer => Buffer.from(`<pre>${before}${secret}</pre>${'and so on '.repeat(500)}`);
const CODERS: Readonly<Record<string, (data: Buffer) => Buffer>> = {
  gzip: (data) => gzipSync(data),
  'x-gzip': (data) => gzipSync(data),
  deflate: (data) => deflateSync(data),
  'deflate, raw': (data) => deflateRawSync(data),
  br: (data) => brotliCompressSync(data),
};
/** An application that answers so, in pieces of a size. */
function answers(coding: string, body: Buffer, pieces = body.length): void {
  rig.application.more.set('/coded', (_request, response) => {
    response.writeHead(200, { 'content-encoding': coding, 'content-type': 'text/html' });
    let at = 0;
    const next = (): void => {
      if (at >= body.length) return void response.end();
      response.write(body.subarray(at, at + pieces));
      at += pieces;
      setImmediate(next);
    };
    next();
  });
}
const ask = (...more: string[]) => rig.curl(rig.password(), '/coded', '--compressed', ...more);
const cut = (): string => JSON.stringify(rig.ports.inner.last().recorder.all.at(-1)?.ended?.error ?? {});

describe.each(Object.entries(CODERS))('%s', (name, code) => {
  const coding = name.split(',')[0] ?? '';
  it.each([CREDENTIAL, BASIC, encodeURIComponent(CREDENTIAL)])(
    'an answer with it in it is cut before it',
    async (secret) => {
      answers(coding, code(page(secret)));
      const ran = await ask();
      expect(ran.code).not.toBe(0);
      expect(ran.stdout.toString('latin1')).not.toContain(secret.slice(0, 12));
      expect(cut()).toContain('sent the credential back');
    },
  );

  it('also where it comes byte by byte', async () => {
    answers(coding, code(Buffer.from(`x${CREDENTIAL}y`)), 1);
    // as it came: curl itself gives up on some of it
    const ran = await rig.curl(rig.password(), '/coded');
    expect(ran.stdout.length).toBeLessThan(CREDENTIAL.length);
    expect(cut()).toContain('sent the credential back');
  });

  it('an answer without it comes as it was sent, whatever pieces it came in', async () => {
    const body = code(page(CREDENTIAL.slice(0, -1)));
    for (const pieces of [body.length, 7_001]) {
      answers(coding, body, pieces);
      const ran = await rig.curl(rig.password(), '/coded', '-H', 'Accept-Encoding: gzip, deflate, br');
      expect(ran.code).toBe(0);
      expect(ran.stdout.equals(body)).toBe(true);
    }
  });
});

it('a stream of events in gzip comes event by event', async () => {
  let send: (text: string) => void = () => {};
  rig.application.more.set('/coded', (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/event-stream' });
    const gzip = createGzip();
    gzip.pipe(response);
    send = (text) => {
      gzip.write(text);
      gzip.flush();
    };
    send('data: one\n\n');
    setTimeout(() => send('data: two\n\n'), 100);
  });
  const ran = await ask('--no-buffer', '--max-time', '1');
  expect(ran.stdout.toString()).toBe('data: one\n\ndata: two\n\n');
});

it('what cannot be looked into is not asked for, and not passed on', async () => {
  await rig.curl(rig.password(), '/echo', '-H', 'Accept-Encoding: gzip;q=0.5, zstd-next, dcb, *, br, identity');
  expect(headerOf(rig.application.got.at(-1), 'accept-encoding')).toEqual(['gzip;q=0.5, br, identity']);
  const gzipped = gzipSync(page(CREDENTIAL));
  const how: readonly (readonly [string, Buffer])[] = [
    ['compress', gzipped],
    ['gzip, gzip', gzipSync(gzipped)],
    ['gzip', Buffer.from('no gzip at all')],
    ['gzip', Buffer.from(CREDENTIAL)],
  ];
  for (const [coding, body] of how) {
    answers(coding, body);
    const ran = await rig.curl(rig.password(), '/coded', '--raw');
    expect(ran.stdout.toString('latin1')).not.toContain(CREDENTIAL);
    expect(cut()).toMatch(/in a coding that cannot|not what it is said|sent the credential back/);
  }
});

it('a part of what is coded cannot be read, and is not passed on', async () => {
  const body = gzipSync(page(CREDENTIAL));
  rig.application.more.set('/coded', (_request, response) => {
    response.writeHead(206, { 'content-encoding': 'gzip', 'content-range': `bytes 100-199/${String(body.length)}` });
    response.end(body.subarray(100, 200));
  });
  const ran = await run('curl', [
    '-sS',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '--cacert',
    join(rig.dir, 'gateway.crt'),
    '-H',
    `Reeve-Password: ${rig.password()}`,
    '-r',
    '100-199',
    `${rig.origin}/coded`,
  ]);
  expect(ran.stdout.toString()).toBe('502');
});

it('what grows beyond measure is cut', async () => {
  answers(
    'br',
    brotliCompressSync(Buffer.alloc(120 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } }),
  );
  await ask('-o', '/dev/null');
  expect(cut()).toContain('grows beyond measure');
});

it('a WebSocket is not compressed, so that it is looked into', async () => {
  const client = await rig.raw();
  client.say(upgradeTo(rig, '/ws', rig.password(), 'Sec-WebSocket-Extensions: permessage-deflate\r\n'));
  await client.hears('101 Switching Protocols');
  expect(headerOf(rig.application.got.at(-1), 'sec-websocket-extensions')).toEqual([]);
  client.end();
});
