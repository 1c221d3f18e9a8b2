import { sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { bool, byte, newRawKey, text, word, type RawKey } from '#test/ssh-rig/raw-client.ts';
import { run } from '#test/ssh-rig/run-program.ts';
import { makeKey } from '#test/ssh-rig/sshd.ts';

const FAILURE = 51;
const PLAIN = 'ssh-ed25519';
const CERTIFICATE = 'ssh-ed25519-cert-v01@openssh.com';

const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const now = BigInt(Math.floor(Date.now() / 1000));
const ALWAYS = 0xffffffffffffffffn;

/** What a certificate says (OpenSSH PROTOCOL.certkeys §2.1), and what about it is a lie. */
interface Says {
  readonly key: RawKey;
  readonly ca: RawKey;
  readonly kind: 1 | 2;
  readonly principals: readonly string[];
  readonly after: bigint;
  readonly before: bigint;
  readonly critical: Buffer;
  /** In place of the CA's key. */
  readonly caBlob: Buffer;
  /** What the CA signed, if not this. */
  readonly signedOver: Buffer;
}

function certificate(says: Partial<Says> & Pick<Says, 'key' | 'ca'>): Buffer {
  const { key, ca, kind = 1, principals = ['root%web1', 'root@web1', 'root'], after = 0n, before = ALWAYS } = says;
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
    text(Buffer.concat([text('permit-pty'), text('')])),
    text(''),
    text(says.caBlob ?? ca.blob),
  ]);
  const signature = sign(null, says.signedOver ?? body, ca.privateKey);
  return Buffer.concat([body, text(Buffer.concat([text(PLAIN), text(signature)]))]);
}

/**
 * A4. The gateway takes no certificate at all: whatever a certificate claims, and whoever signed it, it names nobody.
 * When it takes them one day, each of these has to go on being refused, but for the first.
 */
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
  });
  beforeEach(() => {
    door.ports.offered.length = 0;
    door.ports.identified.length = 0;
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  const nested = certificate({ key: ca, ca: holder });
  const good = { key: holder, ca };
  test.each<[string, Buffer, RawKey]>([
    ['with nothing wrong in it', certificate(good), holder],
    ['of somebody registered, for themself', certificate({ key: person, ca: person }), person],
    ['of somebody registered, who plays CA for another', certificate({ key: holder, ca: person }), holder],
    ['over a registered key, held by somebody else', certificate({ key: person, ca: holder }), holder],
    ['that expired', certificate({ ...good, before: now - 60n }), holder],
    ['that is not valid yet', certificate({ ...good, after: now + 3600n }), holder],
    ['that is valid backwards', certificate({ ...good, after: ALWAYS, before: 0n }), holder],
    ['for another principal', certificate({ ...good, principals: ['deploy'] }), holder],
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
    [
      'for use from elsewhere',
      certificate({ ...good, critical: Buffer.concat([text('source-address'), text(text('192.0.2.0/24'))]) }),
      holder,
    ],
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
      const client = await door.reach();
      const begin = [byte(50), text('root%web1'), text('ssh-connection'), text('publickey')];
      client.send(...begin, bool(false), text(algorithm), text(blob));
      expect([FAILURE, 'closed']).toContain(await client.outcome());
      client.received.length = 0;
      const body = Buffer.concat([...begin, bool(true), text(algorithm), text(blob)]);
      const signature = sign(null, Buffer.concat([text(client.sessionId), body]), signer.privateKey);
      client.send(body, text(Buffer.concat([text(PLAIN), text(signature)])));
      expect([FAILURE, 'closed']).toContain(await client.outcome());
    }
    expect([door.ports.offered, door.ports.identified]).toEqual([[], []]);
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
    'as ssh-keygen makes it, over an %s key, is refused to the real client',
    async (type) => {
      const dir = mkdtempSync(join(tmpdir(), 'reeve-certificate-'));
      const authority = await makeKey(join(dir, 'ca'));
      const key = await makeKey(join(dir, 'key'), type, type === 'rsa' ? ['-b', '2048'] : []);
      door.ports.known.set(authority.fingerprint, 'identity-of-a-ca');
      const made = await run('ssh-keygen', [
        '-q',
        '-s',
        authority.file,
        '-I',
        'root',
        '-n',
        'root@web1,root',
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
      expect(ran.code).toBe(255);
      expect(ran.stderr.toString()).toMatch(/Offering public key: .*-CERT/);
      expect(ran.stderr.toString()).toContain('Permission denied (publickey)');
      expect(door.ports.identified).toEqual([]);
      rmSync(dir, { recursive: true });
    },
  );
});
