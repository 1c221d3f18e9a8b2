import { createRequire } from 'node:module';
import { connect, createServer, type AddressInfo } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { afterAll, expect, test } from 'vitest';
import { makeHostKey } from '../index.ts';
import { toOpenSshKey } from '../openssh-key.ts';
import { missingFrom, nativeCrypto, PINNED_SSH2, ssh2Version } from './ssh2-surface.ts';

const require = createRequire(import.meta.url);

test('ssh2 is the very version whose inside we know', () => {
  expect(ssh2Version).toBe(PINNED_SSH2);
  const own = require('../../../../package.json') as { dependencies: Record<string, string> };
  expect(own.dependencies['ssh2']).toBe(PINNED_SSH2);
});

test('the native cipher binding is loaded on this machine, or it is known not to be', () => {
  const { bindingAvailable } = require('ssh2/lib/protocol/crypto.js') as { bindingAvailable: boolean };
  expect(nativeCrypto).toBe(bindingAvailable);
});

test('every private member relied upon is there, on a server connection and on a client', async () => {
  const server = new ssh2.Server({ hostKeys: [toOpenSshKey(makeHostKey())] });
  const missing = new Promise<string[]>((resolve) => {
    server.on('connection', (conn: Connection) => {
      conn.on('error', () => {});
      resolve(missingFrom(conn));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = new ssh2.Client();
  client.on('error', () => {});
  client.connect({ host: '127.0.0.1', port, username: 'x', authHandler: () => {} });
  expect(await missing).toEqual([]);
  expect(missingFrom(client)).toEqual([]);
  client.destroy();
});

test('a client of ssh2 takes a socket of ours that is still connecting', async () => {
  const door = createServer((socket) => socket.end('garbage\r\n'));
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const client = new ssh2.Client();
  client.on('error', () => {});
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const greeted = new Promise<void>((resolve) => client.once('connect', resolve));
  client.connect({ sock: connect((door.address() as AddressInfo).port, '127.0.0.1'), username: 'x' });
  await greeted;
  await expect(closed).resolves.toBeUndefined();
  client.destroy();
  door.close();
});
