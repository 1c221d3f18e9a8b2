import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { frame, nothingLeft, startHttpRig, upgradeTo, type HttpRig } from '#test/http-rig/rig.ts';

/** Attacks 17 and K44: no way of writing a path, method or header gets around a rule, and no WebSocket does. */
let rig: HttpRig;
beforeAll(async () => {
  rig = await startHttpRig();
});
afterEach(async () => {
  rig.ports.rules = undefined;
  await nothingLeft(rig);
});
afterAll(() => rig?.stop());

const NOTHING = { readOnly: false, noWebSockets: false, denyPaths: [], denyHeaders: [] };
const status = async (password: string, line: string, ...headers: string[]): Promise<string> => {
  const client = await rig.raw();
  client.say(
    [
      `${line} HTTP/1.1`,
      `Host: ${rig.host}`,
      `Reeve-Password: ${password}`,
      'Connection: close',
      ...headers,
      '',
      '',
    ].join('\r\n'),
  );
  await client.ends();
  return /^HTTP\/1\.1 (\d{3})/.exec(client.text)?.[1] ?? '';
};

describe('a denied path', () => {
  const WAYS = [
    '/admin',
    '/admin/',
    '/admin?x=1',
    '/admin/users',
    '/ADMIN',
    '/Admin/Users',
    '/%61dmin',
    '/adm%69n/users',
    '/%2561dmin',
    '/admin%2fusers',
    '/admin%2Fusers',
    '/admin%5cusers',
    '/admin;v=1',
    '/admin;/users',
    '/x;/../admin',
    '/x/..;/admin',
    '/x/../admin',
    '/./admin',
    '/x/%2e%2e/admin',
    '/x/.%2e/admin',
    '/%2e/admin',
    '//admin',
    '/x//admin',
    '///admin',
    '/admin.',
    '/admin.json',
    '/api/v1/secrets.XML?x',
    '/admin%20',
    '/admin%00',
    '/admin%09',
    '/admin%0a',
    '/%c1%a1dmin',
    '/%ef%bd%81dmin',
    '/admin%ef%bc%8fusers',
    '/a%dmin',
    '/admin%3fx',
    '/admin%23x',
    '/admin%ef%bc%9fx',
    '/admin%',
    '/admin%c0%af',
    '/%e2%84%82',
    '/api/v1/secrets',
    '/api/v2/SECRETS/1',
    '/api/%76%31/secrets',
    '/x/..%2fadmin',
    '/..',
    '/admin/../text',
  ];
  it('is denied however it is written, and so is what can be read in two ways', async () => {
    rig.ports.rules = { ...NOTHING, denyPaths: ['/admin', '/api/*/secrets', '/ℂ'] };
    const password = rig.password();
    expect(await status(password, 'GET /text')).toBe('200');
    expect(await status(password, 'GET /administrators')).toBe('200');
    expect(await status(password, 'GET /api/secrets')).toBe('200');
    expect(await status(password, 'GET /echo?path=/admin/../x;y=%2f')).toBe('200');
    expect(await status(password, 'GET /%C3%A4%20b/c')).toBe('200');
    const before = rig.application.got.length;
    for (const way of WAYS) expect(await status(password, `GET ${way}`), way).toBe('403');
    expect(rig.application.got.length).toBe(before);
    expect(rig.gateway.metrics.requestsRefused).toBe(WAYS.length);
    const { recorder, events } = rig.ports.inner.last();
    expect(recorder.all.filter((one) => one.refused !== undefined)).toHaveLength(WAYS.length);
    expect(events).toHaveLength(WAYS.length);
  });

  it('is denied to a WebSocket too', async () => {
    rig.ports.rules = { ...NOTHING, denyPaths: ['/admin'] };
    const client = await rig.raw();
    client.say(upgradeTo(rig, '/admin/ws', rig.password()));
    await client.ends();
    expect(client.text).toMatch(/^HTTP\/1\.1 403/);
  });
});

describe('reading only', () => {
  it('is GET, HEAD and OPTIONS as they are written, and no header makes them another', async () => {
    rig.ports.rules = { ...NOTHING, readOnly: true };
    const password = rig.password();
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      expect(await status(password, `${method} /echo`), method).toBe('200');
    const before = rig.application.got.length;
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'LINK', 'PURGE'])
      expect(await status(password, `${method} /echo`, 'Content-Length: 0'), method).toBe('403');
    for (const method of ['get', 'Post', 'GET,POST'])
      expect(['400', '403', ''], method).toContain(await status(password, `${method} /echo`));
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X_HTTP_Method_Override'])
      expect(await status(password, 'GET /echo', `${name}: DELETE`), name).toBe('403');
    expect(rig.application.got.length).toBe(before);
  });

  it('opens no WebSocket', async () => {
    rig.ports.rules = { ...NOTHING, readOnly: true };
    const client = await rig.raw();
    client.say(upgradeTo(rig, '/ws', rig.password()) + frame('in one write').toString('latin1'));
    await client.ends();
    expect(client.text).toMatch(/^HTTP\/1\.1 403/);
  });
});

it('a denied header is denied in every spelling, and TRACE to everybody', async () => {
  rig.ports.rules = { ...NOTHING, denyHeaders: ['x-debug'] };
  const password = rig.password();
  expect(await status(password, 'GET /text', 'X-Other: 1')).toBe('200');
  for (const name of ['X-Debug', 'x-debug', 'X_Debug', 'X.Debug'])
    expect(await status(password, 'GET /text', `${name}: 1`), name).toBe('403');
  for (const method of ['TRACE', 'TRACK'])
    expect(['400', '403', ''], method).toContain(await status(password, `${method} /text`));
});

it('nothing but a WebSocket gets a connection for itself, and none before the application agreed', async () => {
  const password = rig.password();
  const ask = async (...headers: string[]): Promise<string> => {
    const client = await rig.raw();
    client.say(
      ['GET /ws HTTP/1.1', `Host: ${rig.host}`, `Reeve-Password: ${password}`, ...headers, '', ''].join('\r\n') +
        'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    await client.ends();
    return /^HTTP\/1\.1 (\d{3})/.exec(client.text)?.[1] ?? '';
  };
  const socket = ['Connection: Upgrade', 'Upgrade: websocket'];
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const before = rig.application.got.length;
  expect(await ask('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__')).toBe(
    '400',
  );
  expect(await ask('Connection: Upgrade', 'Upgrade: tls/1.0')).toBe('400');
  expect(await ask(...socket, 'Sec-WebSocket-Version: 777', key)).toBe('400');
  expect(await ask(...socket, 'Sec-WebSocket-Version: 13')).toBe('400');
  expect(await ask(...socket, 'Sec-WebSocket-Version: 13', key, 'Content-Length: 10')).toBe('400');
  expect(rig.application.got.length).toBe(before);
  for (const [path, code] of [
    ['/ws-never', '403'],
    ['/ws-short', '403'],
    ['/ws-lies', '502'],
    ['/text', ''],
  ] as const) {
    const client = await rig.raw();
    client.say(`${upgradeTo(rig, path, password)}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`);
    if (code === '') await client.hears('101');
    else {
      await client.ends();
      expect(client.text.slice(9, 12), path).toBe(code);
    }
    client.end();
  }
  expect(rig.application.got.some(({ url }) => url.includes('smuggled'))).toBe(false);
});
