import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { bool, byte, newRawKey, RawClient, text, word, type RawKey } from '#test/ssh-rig/raw-client.ts';

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

describe('in a house where lena has the right to web1 and tomas has a key', () => {
  let house: AuthorisedHouse;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    house = await authorisedHouse();
    await house.give();
  }, 120_000);
  afterEach(() => {
    for (const client of clients.splice(0)) client.end();
  });
  afterAll(() => house?.close());

  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(house.gateway.address.port);
    return client;
  };
  /** Offers the key of one, signs with that of another, and asks for a command; what it is shown. */
  const asOneAfterOffering = async (signer: RawKey, offered: readonly RawKey[]): Promise<string> => {
    const client = await reach();
    for (const key of offered) {
      client.offer('lena%web1', key);
      await client.waitFor(PK_OK, 5000, client.received.length);
    }
    client.signIn('lena%web1', signer);
    await client.waitFor(SUCCESS, 20_000);
    client.openSession(0);
    const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
    client.exec(remote, 'id -un');
    await client.waitFor(97, 20_000);
    client.end();
    return Buffer.concat(client.received.filter((p) => p[0] === 94 || p[0] === 95)).toString();
  };

  test('K1: who offers a key with rights and proves another has the rights of the other', async () => {
    expect(await asOneAfterOffering(house.tomas.raw, [house.lena.raw])).toContain('/request?system=web1');
    expect(await house.quiet()).toEqual([]);
    const refused = await house.db.many<{ subject: string }>(
      sql`select subject_id as subject from audit_event where type = 'session.refused'`,
    );
    expect(refused.map((r) => r.subject)).toEqual([house.tomas.id]);
  });

  test('K1: who offers keys without rights first and proves the one with them is let in as that one', async () => {
    expect(await asOneAfterOffering(house.lena.raw, [house.tomas.raw, house.tomas.raw])).toContain('lena');
    expect(await house.quiet()).toMatchObject([{ who: 'lena', account: 'lena' }]);
  });

  test.each([
    ['a shell', [text('shell'), bool(true)]],
    ['a command', [text('exec'), bool(true), text('touch /tmp/tomas-was-here')]],
    ['files', [text('subsystem'), bool(true), text('sftp')]],
    ['old scp', [text('exec'), bool(true), text('scp -t /tmp/tomas-was-here')]],
    ['rsync', [text('exec'), bool(true), text('rsync --server . /tmp/tomas-was-here')]],
    ['git', [text('exec'), bool(true), text("git-upload-pack '/tmp'")]],
    ['a subsystem nobody knows', [text('subsystem'), bool(true), text('netconf')]],
  ])('K3, K10: who has no right gets none of it as %s', async (_what, request) => {
    const client = await reach();
    client.signIn('lena%web1', house.tomas.raw);
    await client.waitFor(SUCCESS, 20_000);
    client.openSession(0);
    const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
    client.send(byte(98), word(remote), ...request);
    await client.waitFor(97, 20_000);
    expect(Buffer.concat(client.received.filter((p) => p[0] === 95)).toString()).toContain('/request?system=web1');
    expect(client.types()).not.toContain(94);
    expect((await house.web1.exec('ls /tmp')).stdout).not.toContain('tomas');
  });

  test('K2: an offer alone opens nothing and leaves no trace of a login', async () => {
    const before = (await house.sessions()).length;
    const client = await reach();
    client.offer('lena%web1', house.lena.raw);
    await client.waitFor(PK_OK);
    client.openSession(0);
    await client.whenClosed;
    expect(client.types()).not.toContain(SUCCESS);
    expect(await house.sessions()).toHaveLength(before);
  });
});
