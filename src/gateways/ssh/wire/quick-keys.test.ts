import { createPrivateKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type ParsedKey } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ed25519Of } from '#kit/crypto/index.ts';
import { makeHostKey } from '../index.ts';
import { toOpenSshKey } from '../openssh-key.ts';
import { publicKeyOf, quickenExchange, quickenKeys, signingKeyOf, type KeyExchange } from './quick-keys.ts';
import { inside, runLean } from './ssh2-surface.ts';

const parsed = (key: Buffer | string): ParsedKey => {
  const read = ssh2.utils.parseKey(key);
  if (read instanceof Error) throw read;
  return read;
};
const pkcs8 = (seed: Buffer): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]).toString('base64')}\n-----END PRIVATE KEY-----\n`;
const MESSAGE = Buffer.from('what is signed');

beforeAll(() => quickenKeys());

describe('Ed25519 keys of ssh2', () => {
  test('sign as OpenSSL does from the file, and know a right signature from a wrong one', () => {
    for (let i = 0; i < 40; i += 1) {
      const pem = makeHostKey();
      const key = parsed(toOpenSshKey(pem));
      const signature = sign(null, MESSAGE, createPrivateKey(pem));
      expect(key.sign(MESSAGE)).toEqual(signature);
      const bare = parsed(key.getPublicSSH());
      expect(bare.verify(MESSAGE, signature)).toBe(true);
      expect(bare.verify(randomBytes(20), signature)).toBe(false);
      expect(bare.verify(MESSAGE, Buffer.from(signature.map((b, at) => (at === i ? b ^ 1 : b))))).toBe(false);
      expect(bare.verify(MESSAGE, signature.subarray(0, 63))).not.toBe(true);
      expect(bare.sign(MESSAGE)).toBeInstanceOf(Error);
    }
  });
  test.each(['rsa', 'ecdsa'] as const)('leave those of %s as they were', (kind) => {
    const made =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const pem = made.privateKey.export({ format: 'pem', type: kind === 'rsa' ? 'pkcs1' : 'sec1' });
    const key = parsed(pem.toString());
    const signature = key.sign(MESSAGE, 'sha256');
    expect(verify('sha256', MESSAGE, made.publicKey, signature)).toBe(true);
    expect(parsed(key.getPublicSSH()).verify(MESSAGE, signature, 'sha256')).toBe(true);
    expect(parsed(key.getPublicSSH()).verify(randomBytes(9), signature, 'sha256')).toBe(false);
  });
  test('are read from PKCS#8, and nothing else is taken for one', () => {
    const pem = makeHostKey().toString();
    expect(ed25519Of(pem)?.export({ format: 'jwk' })).toEqual(createPrivateKey(pem).export({ format: 'jwk' }));
    const others = [
      generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
        .privateKey.export({ format: 'pem', type: 'pkcs8' })
        .toString(),
      toOpenSshKey(Buffer.from(pem)).toString(),
      pem.replace('MC4C', 'MC4D'),
      pem.replace('MC4CAQAwBQYD', 'MC4CAQAw'),
      ...[31, 33].map((length) => pkcs8(Buffer.alloc(length, 7))),
      '',
    ];
    for (const other of others) expect(ed25519Of(other)).toBeUndefined();
  });
});

describe('an Ed25519 key', () => {
  test('in PKCS#8 is one that ssh2 signs with, and gives nothing of itself away', () => {
    const pem = makeHostKey();
    const key = signingKeyOf(pem);
    expect(key?.sign(MESSAGE)).toEqual(sign(null, MESSAGE, createPrivateKey(pem)));
    expect(key?.isPrivateKey()).toBe(true);
    expect(ssh2.utils.parseKey(key as unknown as Buffer)).toBe(key);
    expect(key?.getPublicSSH()).toEqual(parsed(toOpenSshKey(pem)).getPublicSSH());
    expect(key?.getPrivatePEM()).toBeNull();
    expect(signingKeyOf(toOpenSshKey(pem))).toBeUndefined();
  });
  test('is told from its blob, however many came before it', () => {
    for (let i = 0; i < 1500; i += 1) {
      const seed = Buffer.alloc(32);
      seed.writeUInt32BE(i);
      const read = ed25519Of(pkcs8(seed));
      if (read === undefined) throw new Error('no key');
      const blob = parsed(toOpenSshKey(Buffer.from(pkcs8(seed)))).getPublicSSH();
      const signature = sign(null, MESSAGE, read);
      for (const again of [1, 2]) {
        const shown = publicKeyOf(blob);
        expect(shown !== undefined && verify(null, MESSAGE, shown, signature), `${i}, ${again}`).toBe(true);
      }
    }
    expect(publicKeyOf(Buffer.alloc(0))).toBeUndefined();
  });
});

const fresh = (type = '25519'): KeyExchange => {
  const exchange: KeyExchange = {
    type,
    getPublicKey: () => Buffer.from('ssh2'),
    computeSecret: () => Buffer.from('ssh2'),
  };
  quickenExchange(exchange);
  return exchange;
};

describe('a key exchange over curve 25519', () => {
  test('comes to one secret on both sides', () => {
    for (let i = 0; i < 20; i += 1) {
      const [a, b] = [fresh(), fresh()];
      expect(a.computeSecret(b.getPublicKey())).toEqual(b.computeSecret(a.getPublicKey()));
    }
  });
  test('writes its secret as an mpint: a zero before a byte that would make it negative, and nowhere else (RFC 4251 §5)', () => {
    const ours = fresh();
    const lengths = new Set<number>();
    // one in 256 begins with a zero of its own
    for (let i = 0; i < 3000; i += 1) {
      const secret = ours.computeSecret(randomBytes(32));
      if (secret instanceof Error) throw secret;
      lengths.add(secret.length);
      const first = secret[0] ?? 0;
      if (first === 0 ? (secret[1] ?? 0) < 0x80 : first >= 0x80) throw new Error(`no mpint: ${secret.toString('hex')}`);
    }
    expect([...lengths]).toEqual(expect.arrayContaining([31, 32, 33]));
  });
  test.each([
    ['a point of small order (RFC 8731 §3)', Buffer.alloc(32)],
    ['a key that is too short', Buffer.alloc(31, 9)],
    ['a key that is too long', Buffer.alloc(33, 9)],
    ['nothing', Buffer.alloc(0)],
  ])('says that %s is none, and throws nothing', (_what, theirs) => {
    expect(fresh().computeSecret(theirs)).toBeInstanceOf(Error);
  });
  test('over another curve stays as ssh2 made it', () => {
    expect(fresh('ecdh').getPublicKey().toString()).toBe('ssh2');
    expect(fresh('ecdh').computeSecret(Buffer.alloc(0)).toString()).toBe('ssh2');
  });
  test('is the one a connection of the gateway uses, and a client of ssh2 agrees with it', async () => {
    const server = new ssh2.Server({ hostKeys: [toOpenSshKey(makeHostKey())] });
    afterAll(() => void server.close());
    const used = new Promise<boolean>((resolve) => {
      server.on('connection', (conn: Connection) => {
        runLean(conn);
        conn.on('error', () => {});
        conn.on('handshake', () => {
          const exchange = inside(conn)._protocol._kex;
          resolve(exchange !== undefined && Object.hasOwn(exchange, 'computeSecret'));
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new ssh2.Client();
    client.on('error', () => {});
    const agreed = new Promise<void>((resolve) => client.once('handshake', () => resolve()));
    client.connect({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      username: 'x',
      algorithms: { kex: ['curve25519-sha256'] },
      authHandler: () => {},
    });
    expect(await used).toBe(true);
    await expect(agreed).resolves.toBeUndefined();
    client.destroy();
  });
});
