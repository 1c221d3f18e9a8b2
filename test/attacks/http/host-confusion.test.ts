import { afterAll, beforeAll, expect, it } from 'vitest';
import { headerOf } from '#test/http-rig/application.ts';
import { nothingLeft, startHttpRig, type HttpRig } from '#test/http-rig/rig.ts';

/** Attack 17, names: whose site a request is for is said once, in the handshake and in `Host` alike, and nobody else says it. */
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

const ask = async (hosts: readonly string[], servername?: string): Promise<string> => {
  const client = await rig.raw(servername);
  client.say(
    `GET /echo HTTP/1.1\r\n${hosts.map((host) => `Host: ${host}\r\n`).join('')}Reeve-Password: ${password}\r\nConnection: close\r\n\r\n`,
  );
  await client.ends();
  return /^HTTP\/1\.1 (\d{3})/.exec(client.text)?.[1] ?? '';
};

it('a host that is no site, or another than in the handshake, is nobody', async () => {
  const port = String(rig.gateway.address.port);
  expect(await ask([rig.host])).toBe('200');
  expect(await ask([rig.host.toUpperCase()])).toBe('200');
  const before = rig.application.got.length;
  for (const host of [
    'localhost',
    `localhost:${port}`,
    `web.localhost:${port}`,
    `a.wiki.web.localhost:${port}`,
    `wiki.web.localhost.evil.example:${port}`,
    `wiki.web.localhost:${port}@evil.example`,
    'wiki.web.localhost:1',
    'wiki.web.localhost',
    `wiki.web.localhost.:${port}`,
    `127.0.0.1:${port}`,
    `wiki%2eweb.localhost:${port}`,
    `wiki.web.localhost:${port}, other`,
    `-.web.localhost:${port}`,
    '',
  ])
    expect(['400', '421'], host).toContain(await ask([host]));
  expect(await ask([rig.host], 'other.web.localhost')).toBe('421');
  expect(await ask([rig.host, 'evil.example'])).toBe('400');
  expect(await ask([])).toBe('400');
  expect(rig.application.got.length).toBe(before);
});

it('what only proxies may say is said by the gateway alone', async () => {
  const evil = [
    'X-Forwarded-Host',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-User',
    'X_Forwarded_For',
    'Forwarded',
    'X-Real-IP',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-Remote-User',
    'Remote-User',
    'X-Auth-Request-User',
    'X-WEBAUTH-USER',
    'Remote-Groups',
    'X.Remote.User',
    'X-Script-Name',
    'Proxy',
  ];
  await rig.curl(
    password,
    '/echo?proxies',
    ...evil.flatMap((name) => ['-H', `${name}: evil`]),
    '-H',
    'Connection: X-Forwarded-Host',
  );
  const got = rig.application.got.at(-1);
  expect(JSON.stringify(got?.rawHeaders)).not.toContain('evil');
  expect(headerOf(got, 'x-forwarded-host')).toEqual([rig.host]);
  expect(headerOf(got, 'x-forwarded-for')).toEqual(['127.0.0.1']);
  expect(headerOf(got, 'x-forwarded-proto')).toEqual(['https']);
  expect(headerOf(got, 'host')).toEqual([`127.0.0.1:${String(rig.application.port)}`]);
});

it('an application that is told the name people see is told it, and nothing else changes', async () => {
  rig.ports.terms = { ...rig.ports.terms, keepHost: true };
  try {
    await rig.curl(rig.password(), '/echo', '-H', `Origin: ${rig.origin}`);
    const got = rig.application.got.at(-1);
    expect(headerOf(got, 'host')).toEqual([rig.host]);
    expect(headerOf(got, 'origin')).toEqual([rig.origin]);
  } finally {
    rig.ports.terms = { ...rig.ports.terms, keepHost: false };
  }
});
