import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createPlain, type RequestListener, type Server as PlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '#lab/tls-certificate.ts';
import { addressRanges, judgeAddress, outbound, type OutboundRules } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-outbound-'));
let secure: Server;
let plain: PlainServer;
/** The same on another address of loopback. */
let apart: Server;
let ca: string;
let asked: string[] = [];
const portOf = (server: Server | PlainServer): number => (server.address() as AddressInfo).port;

const serve: RequestListener = (request, response) => {
  asked.push(`${request.method} ${request.headers.host} ${request.url}`);
  if (request.url === '/slow') return;
  if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' });
  if (request.url === '/busy') response.writeHead(429, { 'retry-after': '7' });
  if (request.url === '/endless') {
    const more = setInterval(() => response.write('x'.repeat(32_768)), 1);
    response.on('close', () => clearInterval(more));
    return;
  }
  response.end('thanks');
};

beforeAll(async () => {
  const made = await makeCertificate(folder, { name: 'hooks', address: '127.0.0.1', user: undefined });
  if (made === undefined) throw new Error('openssl is missing');
  ca = made.certificate;
  secure = createServer({ key: readFileSync(join(folder, 'server.key')), cert: made.certificate }, serve);
  apart = createServer({ key: readFileSync(join(folder, 'server.key')), cert: made.certificate }, serve);
  plain = createPlain(serve);
  await new Promise<void>((done) => apart.listen(0, '127.0.0.2', done));
  for (const server of [secure, plain]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  for (const server of [secure, apart, plain]) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  rmSync(folder, { recursive: true });
});

const LOOPBACK = ['127.0.0.0/8', '::1'];
const post = (url: string, rules: OutboundRules = {}) =>
  outbound({ ca, timeoutMs: 1500, ...rules }).post(url, { headers: { 'content-type': 'text/plain' }, body: 'hello' });

describe('an address', () => {
  const none = addressRanges([]);
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.8',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'fc00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:0:1::',
    '2001:db8::1',
    '::127.0.0.1',
    'not an address',
  ])('%s is no public one', (address) => {
    expect(judgeAddress(address, none)).toBeTypeOf('string');
  });
  it.each(['1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is', (address) => {
    expect(judgeAddress(address, none)).toBeUndefined();
  });
  it('of a range the house opened may be reached, and no other', () => {
    const open = addressRanges(['10.20.0.0/16', 'fd00:1::/32']);
    expect(judgeAddress('10.20.3.4', open)).toBeUndefined();
    expect(judgeAddress('::ffff:10.20.3.4', open)).toBeUndefined();
    expect(judgeAddress('fd00:1::5', open)).toBeUndefined();
    expect(judgeAddress('10.21.0.1', open)).toBe('a private network');
  });
  it.each(['10.0.0.0/33', '10.0.0.0/8/8', 'intranet', '10.0.0.0/x', 'fd00::/129', ''])(
    'range %s is refused',
    (range) => {
      expect(() => addressRanges([range])).toThrow(/is no range of addresses/);
    },
  );
});

describe('what is sent', () => {
  it('arrives over https at a server whose certificate is trusted', async () => {
    expect(
      await post(`https://localhost:${portOf(secure)}/in`, {
        allow: LOOPBACK,
        resolve: () => Promise.resolve(['127.0.0.1']),
      }),
    ).toMatchObject({ outcome: 'answered', status: 200 });
    expect(asked).toEqual([`POST localhost:${portOf(secure)} /in`]);
  });
  it('goes to nobody whose certificate is not', async () => {
    const { ca: _, ...rules } = { ca, allow: LOOPBACK };
    const answer = await outbound(rules).post(`https://127.0.0.1:${portOf(secure)}/`, { headers: {}, body: 'x' });
    expect(answer).toMatchObject({ outcome: 'unreachable' });
    expect(asked).toEqual([]);
  });
  it('goes nowhere private, however it is written', async () => {
    const port = portOf(plain);
    for (const host of [
      '127.0.0.1',
      'localhost',
      '2130706433',
      '0x7f.1',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0',
      'localhost.',
    ])
      for (const scheme of ['http', 'https'])
        expect(await post(`${scheme}://${host}:${port}/`), `${scheme}://${host}`).toMatchObject({ outcome: 'refused' });
    expect(await post('http://169.254.169.254/latest/meta-data')).toMatchObject({ outcome: 'refused' });
    expect(asked).toEqual([]);
  });
  it('goes to no name of which one address is private', async () => {
    const resolve = () => Promise.resolve(['1.1.1.1', '127.0.0.1']);
    expect(await post(`https://hooks.example:${portOf(secure)}/`, { resolve })).toEqual({
      outcome: 'refused',
      because: 'hooks.example is 127.0.0.1 (loopback), which outbound_allow does not open',
    });
    expect(asked).toEqual([]);
  });
  it('goes to the address that was judged, and the name is not asked for again', async () => {
    let times = 0;
    const resolve = (): Promise<string[]> => {
      times += 1;
      return Promise.resolve([times === 1 ? '127.0.0.2' : '127.0.0.1']);
    };
    // Nobody listens on this port where the system itself takes the name to.
    const answer = await post(`https://localhost:${portOf(apart)}/`, { resolve, allow: LOOPBACK });
    expect(answer).toMatchObject({ outcome: 'answered', status: 200 });
    expect(times).toBe(1);
  });
  it('goes over http to loopback only, and only where that is allowed', async () => {
    expect(await post(`http://127.0.0.1:${portOf(plain)}/`, { allow: LOOPBACK })).toMatchObject({ status: 200 });
    expect(await post('http://1.1.1.1/')).toEqual({ outcome: 'refused', because: 'its URL must begin with https://' });
    expect(await post('http://hooks.example/', { allow: ['0.0.0.0/0'] })).toMatchObject({ outcome: 'refused' });
  });
  it('follows nobody', async () => {
    expect(await post(`https://127.0.0.1:${portOf(secure)}/redirect`, { allow: LOOPBACK })).toMatchObject({
      status: 302,
    });
    expect(asked).toHaveLength(1);
  });
  it('waits for nobody, and reads no endless answer', async () => {
    expect(await post(`https://127.0.0.1:${portOf(secure)}/slow`, { allow: LOOPBACK, timeoutMs: 200 })).toEqual({
      outcome: 'unreachable',
      because: 'no answer within 200 ms',
    });
    expect(await post(`https://127.0.0.1:${portOf(secure)}/endless`, { allow: LOOPBACK })).toMatchObject({
      status: 200,
    });
    const resolve = () => new Promise<string[]>(() => {});
    expect(await post('https://hooks.example/', { resolve, timeoutMs: 100 })).toMatchObject({ outcome: 'unreachable' });
  });
  it('hears when to come again', async () => {
    expect(await post(`https://127.0.0.1:${portOf(secure)}/busy`, { allow: LOOPBACK })).toEqual({
      outcome: 'answered',
      status: 429,
      retryAfterSeconds: 7,
    });
  });
});

it.each([
  ['hooks.example', 'is no URL'],
  ['ftp://hooks.example/', 'must begin with https://'],
  ['https://user:pw@hooks.example/', 'may not hold a name or password'],
  ['https://hooks.example/#x', 'may not hold a fragment'],
  ['http://hooks.example/', 'must begin with https://'],
])('%s %s', (url, problem) => {
  expect(outbound().problemOf(url)).toBe(problem);
});
