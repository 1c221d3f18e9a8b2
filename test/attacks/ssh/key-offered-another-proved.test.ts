import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { bool, byte, newRawKey, type RawClient, text, word } from '#test/ssh-rig/raw-client.ts';

const SUCCESS = 52;
const FAILURE = 51;
const PK_OK = 60;

/** A1 and K2 on the wire. */
describe('a login', () => {
  const admin = newRawKey();
  const guest = newRawKey();
  const stranger = newRawKey();
  let door: Door;

  beforeAll(async () => {
    door = await startDoor(NO_TARGET, { authTries: 4 });
    door.ports.known.set(admin.fingerprint, 'admin');
    door.ports.known.set(guest.fingerprint, 'guest');
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  const reach = async (): Promise<RawClient> => {
    door.ports.identified.length = 0;
    return await door.reach();
  };

  test('K1: a client that offers one key and signs with another is the one it signed with', async () => {
    const client = await reach();
    client.offer('root%web1', admin);
    await client.waitFor(PK_OK);
    client.signIn('root%web1', guest);
    await client.waitFor(SUCCESS);
    expect(door.ports.identified.map((p) => p.fingerprint)).toEqual([guest.fingerprint]);
    await expect.poll(() => door.ports.sessions.at(-1)?.ask.identityId).toBe('guest');
  });

  test('K1: offers sent in one burst around a signature change nothing', async () => {
    const client = await reach();
    const before = door.ports.sessions.length;
    client.offer('root%web1', admin);
    client.signIn('root%web1', guest);
    client.offer('root%web1', admin);
    await client.waitFor(SUCCESS);
    await expect.poll(() => door.ports.sessions.length).toBe(before + 1);
    expect(door.ports.sessions.at(-1)?.ask.identityId).toBe('guest');
    expect(door.ports.identified.map((p) => p.fingerprint)).toEqual([guest.fingerprint]);
  });

  test('K2: an offer without a signature never logs in, and asks nobody who it is', async () => {
    const client = await reach();
    client.offer('root%web1', admin);
    expect(await client.waitFor(PK_OK)).toBeDefined();
    expect(client.types()).not.toContain(SUCCESS);
    expect(door.ports.identified).toEqual([]);
    client.openSession(0);
    await client.whenClosed;
    expect(door.ports.identified).toEqual([]);
  });

  test.each([
    ['by another key', { signer: stranger }],
    ['for another user name', { signedUser: 'root%web2' }],
    ['over another key', { signedKey: guest }],
    ['for another connection', { sessionId: Buffer.alloc(32, 7) }],
  ] as const)('a signature made %s is refused', async (_what, lies) => {
    const client = await reach();
    client.signIn('root%web1', admin, lies);
    expect(await client.outcome()).toBe(FAILURE);
    expect(door.ports.identified).toEqual([]);
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
    door.ports.known.set(`SHA256:${hash(blob).toString('base64').replace(/=+$/, '')}`, 'touching');
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
    expect(await client.outcome()).toBe(expected);
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
    expect(await client.outcome()).toBe(FAILURE);
    client.received.length = 0;
    client.send(byte(50), text('root%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
    expect(await client.outcome()).toBe(FAILURE);
    expect(door.ports.identified).toEqual([]);
  });
});

describe('a login', () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor(NO_TARGET, { authTries: 100 });
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  const oid = text(Buffer.from('06092a864886f712010202', 'hex'));
  test.each<[string, string, Buffer]>([
    ['GSSAPI with mechanisms it says are four thousand million', 'gssapi-with-mic', Buffer.concat([word(-1), oid])],
    ['GSSAPI with thousands of mechanisms', 'gssapi-with-mic', Buffer.concat([word(2000), Buffer.alloc(30_000, oid)])],
    ['GSSAPI from the key exchange', 'gssapi-keyex', text(Buffer.alloc(30_000))],
    ['questions of thousands of kinds', 'keyboard-interactive', Buffer.concat([text(''), text('pam,'.repeat(7000))])],
    ['a host for a user', 'hostbased', Buffer.concat([text('ssh-ed25519'), text(Buffer.alloc(30_000)), text('h')])],
    ['a method without end', 'x'.repeat(30_000), Buffer.alloc(0)],
    ['a password of thousands of letters', 'password', Buffer.concat([bool(false), text('x'.repeat(30_000))])],
  ])('K14: by %s is refused like any other, and asks nobody', async (_what, method, rest) => {
    const client = await door.reach();
    client.send(byte(50), text('root%web1'), text('ssh-connection'), text(method), rest);
    expect([FAILURE, 'closed']).toContain(await client.outcome());
    expect([door.ports.offered, door.ports.identified]).toEqual([[], []]);
    expect(client.types()).not.toContain(60);
  });
});
