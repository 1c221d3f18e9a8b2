import { sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mintCertificate, newSeed, publicKeyOf } from '#kit/ssh-certificates/index.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { bool, byte, newRawKey, text, word, type RawKey } from '#test/ssh-rig/raw-client.ts';
import { run } from '#test/ssh-rig/run-program.ts';
import { makeKey } from '#test/ssh-rig/sshd.ts';

const FAILURE = 51;
const SUCCESS = 52;
const PK_OK = 60;
const PLAIN = 'ssh-ed25519';
const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const now = BigInt(Math.floor(Date.now() / 1000));
/** What Reeve's certificates name whoever they are of. */
const NAME = '019a0000-0000-7000-8000-000000000001@gateway';
const ALWAYS = 0xffffffffffffffffn;

const from = (list: string): Buffer => Buffer.concat([text('source-address'), text(text(list))]);

/** What a certificate says (OpenSSH PROTOCOL.certkeys §2.1), and what about it is a lie. */
interface Says {
  readonly key: RawKey;
  readonly ca: RawKey;
  readonly kind: 1 | 2;
  readonly principals: readonly string[];
  readonly after: bigint;
  readonly before: bigint;
  readonly critical: Buffer;
  readonly extensions: Buffer;
  /** In place of the CA's key. */
  readonly caBlob: Buffer;
  /** What the CA signed, if not this. */
  readonly signedOver: Buffer;
}

function certificate(says: Partial<Says> & Pick<Says, 'key' | 'ca'>): Buffer {
  const { key, ca, kind = 1, principals = [NAME], after = 0n, before = ALWAYS } = says;
  const body = Buffer.concat([
    text(CERTIFICATE),
    text('a nonce of some bytes'),
    key.blob.subarray(4 + PLAIN.length), // the bare key with its length
    long(7n),
    word(kind),
    text('root'),
    text(Buffer.concat(principals.map((name) => text(name)))),
    long(after),
    long(before),
    text(says.critical ?? Buffer.alloc(0)),
    text(says.extensions ?? Buffer.concat([text('permit-pty'), text('')])),
    text(''),
    text(says.caBlob ?? ca.blob),
  ]);
  const signature = sign(null, says.signedOver ?? body, ca.privateKey);
  return Buffer.concat([body, text(Buffer.concat([text(PLAIN), text(signature)]))]);
}

/** A4. The gateway takes a user certificate of an authority it is told of, as it is; everything else names nobody. */
describe('a certificate', () => {
  /** Registered, and so known by their plain key. */
  const person = newRawKey();
  const holder = newRawKey();
  const ca = newRawKey();
  let door: Door;

  beforeAll(async () => {
    door = await startDoor(NO_TARGET, { authTries: 100 });
    door.ports.known.set(person.fingerprint, 'identity-of-the-person');
    door.ports.known.set(ca.fingerprint, 'identity-of-a-ca');
    door.ports.certified.set(`${ca.fingerprint} ${NAME}`, 'identity-of-the-holder');
  });
  beforeEach(() => {
    door.ports.offered.length = 0;
    door.ports.identified.length = 0;
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  const nested = certificate({ key: ca, ca: holder });
  const good = { key: holder, ca };
  /** Offers a certificate, then signs with it; answers what came of each. */
  const present = async (blob: Buffer, signer: RawKey, algorithm = CERTIFICATE, lie?: Buffer): Promise<unknown[]> => {
    const client = await door.reach();
    const begin = [byte(50), text('root%web1'), text('ssh-connection'), text('publickey')];
    client.send(...begin, bool(false), text(algorithm), text(blob));
    const offered = await client.outcome();
    client.received.length = 0;
    const body = Buffer.concat([...begin, bool(true), text(algorithm), text(blob)]);
    const signature = sign(null, lie ?? Buffer.concat([text(client.sessionId), body]), signer.privateKey);
    client.send(body, text(Buffer.concat([text(PLAIN), text(signature)])));
    return [offered, await client.outcome()];
  };

  test.each<[string, Buffer]>([
    ['with nothing wrong in it', certificate(good)],
    ['for use from here', certificate({ ...good, critical: from('192.0.2.0/24,127.0.0.0/8') })],
  ])('%s lets its holder in, by nothing but the certificate', async (_what, blob) => {
    expect(await present(blob, holder)).toEqual([PK_OK, SUCCESS]);
    expect(door.ports.identified).toEqual([
      {
        kind: 'ssh_certificate',
        fingerprint: holder.fingerprint,
        authority: ca.fingerprint,
        serial: '7',
        principals: [NAME],
        address: '127.0.0.1',
      },
    ]);
  });

  test.each<[string, Buffer, RawKey]>([
    ['of somebody registered, for themself', certificate({ key: person, ca: person }), person],
    ['of somebody registered, who plays CA for another', certificate({ key: holder, ca: person }), holder],
    ['over a registered key, held by somebody else', certificate({ key: person, ca: holder }), holder],
    ['over a registered key, of an authority nobody trusts', certificate({ key: person, ca: holder }), person],
    ['for another principal', certificate({ ...good, principals: ['deploy'] }), holder],
    ['K8: for more than the one principal', certificate({ ...good, principals: [NAME, 'root'] }), holder],
    ['K8: for a principal in capitals', certificate({ ...good, principals: [NAME.toUpperCase()] }), holder],
  ])('%s is refused by whoever knows authorities and people', async (_what, blob, signer) => {
    expect(await present(blob, signer)).toEqual([FAILURE, FAILURE]);
    expect(door.ports.offered).toHaveLength(1);
  });

  test.each<[string, Buffer, RawKey]>([
    ['that expired', certificate({ ...good, before: now - 60n }), holder],
    ['that is not valid yet', certificate({ ...good, after: now + 3600n }), holder],
    ['that is valid backwards', certificate({ ...good, after: ALWAYS, before: 0n }), holder],
    ['K7: for no principal', certificate({ ...good, principals: [] }), holder],
    ['K7: for every principal', certificate({ ...good, principals: ['*'] }), holder],
    [
      'K7, K8: for principals that look alike',
      certificate({ ...good, principals: ['root,x', 'root ', 'Root'] }),
      holder,
    ],
    ['of a host', certificate({ ...good, kind: 2 }), holder],
    [
      'with a critical option nobody knows',
      certificate({ ...good, critical: Buffer.concat([text('only-on-sundays@example.org'), text('')]) }),
      holder,
    ],
    ['for use from elsewhere', certificate({ ...good, critical: from('192.0.2.0/24') }), holder],
    ['for use from here and from nonsense', certificate({ ...good, critical: from('127.0.0.1,elsewhere') }), holder],
    ['for use from everywhere, written wrongly', certificate({ ...good, critical: from('0.0.0.0/99') }), holder],
    [
      'that forces a command',
      certificate({ ...good, critical: Buffer.concat([text('force-command'), text(text('id'))]) }),
      holder,
    ],
    ['whose CA signed other data', certificate({ ...good, signedOver: Buffer.from('other data') }), holder],
    ['K5: whose CA is a certificate itself', certificate({ ...good, caBlob: nested }), holder],
    [
      'K5: whose CA is a certificate of a registered key',
      certificate({ key: holder, ca: person, caBlob: certificate({ key: person, ca: person }) }),
      holder,
    ],
    ['that ends before its signature', certificate(good).subarray(0, -80), holder],
    ['that is followed by something', Buffer.concat([certificate(good), text('more')]), holder],
  ])('%s is refused', async (_what, blob, signer) => {
    for (const algorithm of [CERTIFICATE, PLAIN]) {
      for (const came of await present(blob, signer, algorithm)) expect([FAILURE, 'closed']).toContain(came);
    }
    expect([door.ports.offered, door.ports.identified]).toEqual([[], []]);
  });

  test.each<[string, RawKey, Buffer | undefined]>([
    ['by the authority itself', ca, undefined],
    ['by another key', person, undefined],
    ['over other data', holder, Buffer.from('something else')],
  ])('that is right, with a signature %s, lets nobody in', async (_what, signer, lie) => {
    expect((await present(certificate(good), signer, CERTIFICATE, lie))[1]).toBe(FAILURE);
    expect(door.ports.identified).toEqual([]);
  });

  test('that is right does not stand for its key without it', async () => {
    expect(await present(holder.blob, holder, PLAIN)).toEqual([FAILURE, FAILURE]);
    expect(door.ports.identified.map(({ kind }) => kind)).toEqual(['ssh_public_key']);
  });

  test('K4: what binds one attempt is not shed by the next: neither its address nor its end', async () => {
    for (const bound of [{ critical: from('192.0.2.0/24') }, { before: now - 60n }]) {
      const client = await door.reach();
      const attempt = (algorithm: string, blob: Buffer): void => {
        const begin = [byte(50), text('root%web1'), text('ssh-connection'), text('publickey'), bool(true)];
        const body = Buffer.concat([...begin, text(algorithm), text(blob)]);
        const signature = sign(null, Buffer.concat([text(client.sessionId), body]), holder.privateKey);
        client.send(body, text(Buffer.concat([text(PLAIN), text(signature)])));
      };
      attempt(CERTIFICATE, certificate({ ...good, ...bound }));
      expect(await client.outcome()).toBe(FAILURE);
      client.received.length = 0;
      // the same connection, the same key, without what binds it
      attempt(PLAIN, holder.blob);
      expect(await client.outcome()).toBe(FAILURE);
      // no step of a login counts as half of one (RFC 4252 §5.1)
      for (const failure of client.received.filter((p) => p[0] === FAILURE)) expect(failure.at(-1)).toBe(0);
    }
    expect(door.ports.identified.map(({ kind }) => kind)).toEqual(['ssh_public_key', 'ssh_public_key']);
  });

  test('K6: what a certificate claims besides, such as a second factor, reaches nobody who decides', async () => {
    const claims = ['mfa-verified@reeve', 'permit-agent-forwarding', 'permit-pty', 'step-up@reeve'];
    const extensions = Buffer.concat(claims.map((claim) => Buffer.concat([text(claim), text(text('yes'))])));
    expect(await present(certificate({ ...good, extensions }), holder)).toEqual([PK_OK, SUCCESS]);
    expect(Object.keys(door.ports.identified[0] ?? {}).sort()).toEqual([
      'address',
      'authority',
      'fingerprint',
      'kind',
      'principals',
      'serial',
    ]);
    await expect.poll(() => door.ports.sessions.at(-1)?.ask.certificateId).toBe('7');
    expect(JSON.stringify(door.ports.last().ask)).not.toMatch(/mfa|step-up|permit/u);
  });

  test.each([
    ['nobody', []],
    ['everybody', ['*']],
    ['two by a comma', ['deploy,root']],
    ['a name with a space', ['root ']],
    ['a name with a line feed', ['root\n']],
    ['a name with a zero byte', ['root\0x']],
    ['an option', ['-oProxyCommand=id']],
    ['a letter that looks like another', ['r\u043e\u043et']],
    ['a letter put together otherwise', ['rene\u0301']],
    ['a name without end', ['r'.repeat(256)]],
    ['an empty name beside one', ['root', '']],
  ])('K7: for %s is not signed by Reeve', (_what, principals) => {
    const seed = newSeed();
    const key = publicKeyOf(newSeed());
    const validFrom = new Date(0);
    const terms = { kind: 'user' as const, key, serial: 1n, keyId: 'x', validFrom, validTo: new Date(60_000) };
    expect(() => mintCertificate(seed, { ...terms, principals })).toThrow(RangeError);
  });

  test('is not what a registered key becomes by being called one', async () => {
    const client = await door.reach();
    const body = Buffer.concat([
      byte(50),
      text('root%web1'),
      text('ssh-connection'),
      text('publickey'),
      bool(true),
      text(CERTIFICATE),
      text(person.blob),
    ]);
    const signature = sign(null, Buffer.concat([text(client.sessionId), body]), person.privateKey);
    client.send(body, text(Buffer.concat([text(CERTIFICATE), text(signature)])));
    expect([FAILURE, 'closed']).toContain(await client.outcome());
    expect(door.ports.identified).toEqual([]);
    const honest = await door.reach();
    honest.signIn('root%web1', person);
    expect(await honest.outcome()).toBe(52);
  });

  test.each(['ed25519', 'ecdsa', 'rsa'])(
    'as ssh-keygen makes it, over an %s key, is taken from the real client',
    async (type) => {
      const dir = mkdtempSync(join(tmpdir(), 'reeve-certificate-'));
      const authority = await makeKey(join(dir, 'ca'));
      const key = await makeKey(join(dir, 'key'), type, type === 'rsa' ? ['-b', '2048'] : []);
      door.ports.certified.set(`${authority.fingerprint} ${NAME}`, 'identity-of-the-holder');
      door.ports.refusal = { code: 'enough', message: 'you are known' };
      const made = await run('ssh-keygen', [
        '-q',
        '-s',
        authority.file,
        '-I',
        'root',
        '-n',
        NAME,
        '-z',
        '12',
        `${key.file}.pub`,
      ]);
      expect([made.code, made.stderr.toString()]).toEqual([0, '']);
      const options = [
        'StrictHostKeyChecking=no',
        `UserKnownHostsFile=${join(dir, 'known')}`,
        'BatchMode=yes',
        'IdentitiesOnly=yes',
        'IdentityAgent=none',
      ];
      const ran = await run('ssh', [
        '-vF',
        'none',
        ...options.flatMap((o) => ['-o', o]),
        '-i',
        key.file,
        '-o',
        `CertificateFile=${key.file}-cert.pub`,
        '-p',
        String(door.gateway.address.port),
        'root@web1@127.0.0.1',
        'id',
      ]);
      expect(ran.stderr.toString()).toMatch(/Server accepts key: .*-CERT/);
      expect(ran.stderr.toString()).toContain('Reeve: you are known');
      expect(door.ports.identified).toEqual([
        expect.objectContaining({ kind: 'ssh_certificate', fingerprint: key.fingerprint, serial: '12' }),
      ]);
      door.ports.refusal = undefined;
      rmSync(dir, { recursive: true });
    },
  );
});
