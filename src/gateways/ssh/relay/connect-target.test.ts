import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ticket } from '../../port.ts';
import { readOfferedKey } from '../login/verify-login.ts';
import { makeHostKey, toOpenSshKey } from '../openssh-key.ts';
import { connectTarget, fingerprintOf, TargetRefused } from './connect-target.ts';

const hostKey = toOpenSshKey(makeHostKey());
let server: ssh2.Server;
/** What the server was given to let somebody in: whether a key would do, or a signature. */
const asked: string[] = [];
let pinned: string;

beforeAll(async () => {
  server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (login) => {
      if (login.method !== 'publickey') return login.reject(['publickey']);
      const signed = readOfferedKey(login)?.signedBy(login) === true;
      asked.push(login.signature === undefined ? 'asked' : signed ? 'signed' : 'signed wrongly');
      if (login.signature !== undefined && !signed) return login.reject(['publickey']);
      login.accept();
    });
  });
  const parsed = ssh2.utils.parseKey(hostKey);
  pinned = fingerprintOf((parsed as ssh2.ParsedKey).getPublicSSH());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => server.close());

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
};
const armoured = (bytes: Buffer): Buffer =>
  Buffer.from(
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${(bytes.toString('base64').match(/.{1,70}/g) ?? []).join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  );

/** A key in the format of OpenSSH: what is open of it, and what is secret. */
function keyOf(open: readonly Buffer[], secret: readonly Buffer[]): Buffer {
  const closed = Buffer.concat([Buffer.alloc(8), ...secret, text('')]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (closed.length % 8)) % 8);
  return armoured(
    Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      text('none'),
      text('none'),
      text(''),
      Buffer.from([0, 0, 0, 1]),
      text(Buffer.concat(open)),
      text(Buffer.concat([closed, padding])),
    ]),
  );
}

function halfKey(): Buffer {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(jwk.x ?? '', 'base64url'),
    Buffer.from(jwk.y ?? '', 'base64url'),
  ]);
  const open = [text('ecdsa-sha2-nistp256'), text('nistp256'), text(point)];
  return keyOf(open, [...open, text('')]);
}

/** An RSA key one of whose numbers is this. */
function rsaKey(without: 'p' | 'q' | 'd', is: Buffer): Buffer {
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const number = (name: 'n' | 'e' | 'd' | 'qi' | 'p' | 'q'): Buffer =>
    text(name === without ? is : Buffer.from(jwk[name] ?? '', 'base64url'));
  return keyOf(
    [text('ssh-rsa'), number('e'), number('n')],
    [text('ssh-rsa'), ...(['n', 'e', 'd', 'qi', 'p', 'q'] as const).map(number)],
  );
}

async function logIn(privateKey: Buffer): Promise<unknown> {
  const ticket: Pick<Ticket, 'target' | 'credential'> = {
    target: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      pinned: [pinned],
      systemName: 'web1',
    },
    credential: { kind: 'ssh_key', username: 'root', privateKey },
  };
  const on = { stopsReading: () => undefined, opened: () => undefined, violation: () => undefined };
  const limits = { targetMs: 10_000, keepaliveMs: 0, keepaliveMisses: 3 };
  return await connectTarget(ticket, limits, new AbortController().signal, on).then(
    (client) => client.end(),
    (error: unknown) => error,
  );
}

it.each([
  ['an Ed25519 key in PKCS#8', makeHostKey, ['signed']],
  ['an Ed25519 key as OpenSSH writes it', () => toOpenSshKey(makeHostKey()), ['signed']],
  [
    'an ECDSA key',
    () =>
      Buffer.from(
        generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'sec1' }),
      ),
    ['signed'],
  ],
  [
    'an RSA key, whose hash the target has to take',
    () =>
      Buffer.from(
        generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs1' }),
      ),
    ['asked', 'signed'],
  ],
])('logs in with %s', async (_what, make, steps) => {
  asked.length = 0;
  const key = make();
  expect(await logIn(key)).not.toBeInstanceOf(Error);
  expect(asked).toEqual(steps);
  expect(key.every((byte) => byte === 0)).toBe(true);
});

it.each([
  ['none at all', Buffer.from('hello')],
  ['cut off', Buffer.from(hostKey.subarray(0, 200))],
  ['without its private half', halfKey()],
  ['without one of its primes', rsaKey('p', Buffer.alloc(0))],
  ['without its exponent', rsaKey('d', Buffer.alloc(0))],
  ['of a prime that is one', rsaKey('q', Buffer.from([1]))],
])('a key in the vault that is %s is a login that is refused, to be rotated', async (_what, privateKey) => {
  const outcome = await logIn(privateKey);
  expect(outcome).toBeInstanceOf(TargetRefused);
  expect(outcome).toMatchObject({
    kind: 'login',
    message: 'web1 refused the login Reeve holds for it; the credential has to be verified or rotated',
  });
  expect(privateKey.every((byte) => byte === 0)).toBe(true);
});
