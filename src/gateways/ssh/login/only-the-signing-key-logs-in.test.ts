import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RawClient, bool, byte, newRawKey, text, word } from '#test/ssh-rig/raw-client.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { makeHostKey, startSshGateway, type SshGateway } from '../index.ts';

const SUCCESS = 52;
const FAILURE = 51;
const PK_OK = 60;

describe('login', () => {
  const admin = newRawKey();
  const guest = newRawKey();
  const stranger = newRawKey();
  let ports: FakePorts;
  let gateway: SshGateway;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    ports = new FakePorts({
      host: '127.0.0.1',
      port: 9,
      pinned: [],
      username: 'x',
      secret: { password: Buffer.from('x') },
    });
    ports.known.set(admin.fingerprint, 'admin');
    ports.known.set(guest.fingerprint, 'guest');
    gateway = await startSshGateway({ hostKey: makeHostKey(), limits: { authTries: 4 } }, ports);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.end();
  });
  afterAll(async () => {
    await gateway.stop(0);
  });

  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    ports.identified.length = 0;
    await client.reach(gateway.address.port);
    return client;
  };
  const outcome = async (client: RawClient): Promise<number | 'closed'> => {
    for (;;) {
      const last = client.received.findLast((p) => p[0] === SUCCESS || p[0] === FAILURE);
      if (last !== undefined) return last[0] ?? 0;
      if (client.closed) return 'closed';
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  };

  test('K1: a client that offers one key and signs with another is the one it signed with', async () => {
    const client = await reach();
    client.offer('root%web1', admin);
    await client.waitFor(PK_OK);
    client.signIn('root%web1', guest);
    await client.waitFor(SUCCESS);
    expect(ports.identified.map((p) => p.fingerprint)).toEqual([guest.fingerprint]);
    await expect.poll(() => ports.sessions.at(-1)?.ask.identityId).toBe('guest');
  });

  test('K1: offers sent in one burst around a signature change nothing', async () => {
    const client = await reach();
    const before = ports.sessions.length;
    client.offer('root%web1', admin);
    client.signIn('root%web1', guest);
    client.offer('root%web1', admin);
    await client.waitFor(SUCCESS);
    await expect.poll(() => ports.sessions.length).toBe(before + 1);
    expect(ports.sessions.at(-1)?.ask.identityId).toBe('guest');
    expect(ports.identified.map((p) => p.fingerprint)).toEqual([guest.fingerprint]);
  });

  test('K2: an offer without a signature never logs in, and asks nobody who it is', async () => {
    const client = await reach();
    client.offer('root%web1', admin);
    expect(await client.waitFor(PK_OK)).toBeDefined();
    expect(client.types()).not.toContain(SUCCESS);
    expect(ports.identified).toEqual([]);
    client.openSession(0);
    await client.whenClosed;
    expect(ports.identified).toEqual([]);
  });

  test.each([
    ['by another key', { signer: stranger }],
    ['for another user name', { signedUser: 'root%web2' }],
    ['over another key', { signedKey: guest }],
    ['for another connection', { sessionId: Buffer.alloc(32, 7) }],
  ] as const)('a signature made %s is refused', async (_what, lies) => {
    const client = await reach();
    client.signIn('root%web1', admin, lies);
    expect(await outcome(client)).toBe(FAILURE);
    expect(ports.identified).toEqual([]);
  });

  test.each([
    ['with a touch', 1, undefined, SUCCESS],
    ['without a touch', 0, undefined, FAILURE],
    ['for another application', 1, 'ssh:other', FAILURE],
  ] as const)('a security key that signed %s', async (_what, flags, lie, expected) => {
    const client = await reach();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const x = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const kind = 'sk-ssh-ed25519@openssh.com';
    const blob = Buffer.concat([text(kind), text(x), text('ssh:')]);
    const hash = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
    ports.known.set(`SHA256:${hash(blob).toString('base64').replace(/=+$/, '')}`, 'touching');
    const body = [
      byte(50),
      text('root%web1'),
      text('ssh-connection'),
      text('publickey'),
      bool(true),
      text(kind),
      text(blob),
    ];
    const tail = Buffer.concat([byte(flags), word(7)]);
    const signed = Buffer.concat([hash(lie ?? 'ssh:'), tail, hash(Buffer.concat([text(client.sessionId), ...body]))]);
    client.send(...body, text(Buffer.concat([text(kind), text(sign(null, signed, privateKey)), tail])));
    expect(await outcome(client)).toBe(expected);
  });

  test('an unknown key is refused without a word of why, and too many of them end the connection', async () => {
    const client = await reach();
    for (let i = 0; i < 4; i += 1) client.signIn('root%web1', newRawKey());
    await client.whenClosed;
    const failures = client.received.filter((p) => p[0] === FAILURE);
    expect(failures.length).toBe(3);
    for (const failure of failures) expect(failure.toString('latin1')).toContain('publickey');
    expect(new Set(failures.map((f) => f.toString('hex'))).size).toBe(1);
  });

  test('passwords, keyboard-interactive and host keys do not log in', async () => {
    const client = await reach();
    client.send(byte(50), text('root%web1'), text('ssh-connection'), text('password'), bool(false), text('letmein'));
    expect(await outcome(client)).toBe(FAILURE);
    client.received.length = 0;
    client.send(byte(50), text('root%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
    expect(await outcome(client)).toBe(FAILURE);
    expect(ports.identified).toEqual([]);
  });

  test.each([
    [
      'an algorithm that rests on SHA-1',
      'ssh-rsa',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(256, 0xff))]),
    ],
    ['DSS', 'ssh-dss', Buffer.concat([text('ssh-dss'), text('a'), text('b'), text('c'), text('d')])],
    [
      'a certificate',
      'ssh-ed25519-cert-v01@openssh.com',
      Buffer.concat([text('ssh-ed25519-cert-v01@openssh.com'), text('x')]),
    ],
    ['a short Ed25519 key', 'ssh-ed25519', Buffer.concat([text('ssh-ed25519'), text(Buffer.alloc(31, 1))])],
    [
      'RSA with an exponent of 1',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(1)), text(Buffer.alloc(256, 0x7f))]),
    ],
    [
      'RSA of 1024 bits',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(128, 0x7f))]),
    ],
    [
      'RSA of 32768 bits',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(4096, 0x7f))]),
    ],
    [
      'a key that is not what its algorithm says',
      'ssh-ed25519',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(256, 0x7f))]),
    ],
    ['a key with a length of 4 GiB', 'ssh-ed25519', Buffer.concat([text('ssh-ed25519'), word(0xffffffff)])],
    ['an empty key', 'ssh-ed25519', Buffer.alloc(0)],
  ])('K13: %s is refused, and nothing breaks', async (_what, algorithm, blob) => {
    const signature = text(Buffer.concat([text(algorithm), text(Buffer.alloc(64, 9))]));
    for (const [signed, ...tail] of [[false], [true, signature]] as const) {
      const client = await reach();
      const start = [byte(50), text('root%web1'), text('ssh-connection'), text('publickey')];
      client.send(...start, bool(signed), text(algorithm), text(blob), ...tail);
      expect([FAILURE, 'closed']).toContain(await outcome(client));
    }
    expect(ports.identified).toEqual([]);
  });
});
