import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mintCertificate,
  newKeyPair,
  newSeed,
  parsePublicKey,
  publicKeyOf,
  readCertificate,
  writeRevocationList,
  type NewCertificate,
} from './index.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-certificates-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const keygen = (...args: readonly string[]): string =>
  execFileSync('ssh-keygen', [...args], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
const file = (name: string, content: string | Buffer): string => {
  const path = join(dir, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};
const made = (type: string, ...args: readonly string[]): string => {
  const path = join(dir, `${type}${args.join('')}`);
  keygen('-q', '-t', type, ...args, '-N', '', '-f', path);
  return readFileSync(`${path}.pub`, 'utf8');
};
const terms = (line: string, over: Partial<NewCertificate> = {}): NewCertificate => ({
  kind: 'user',
  key: parsePublicKey(line),
  serial: 7n,
  keyId: 'identity=a grant=b event=c',
  principals: ['root@web1', 'deploy@web1'],
  validFrom: new Date('2026-03-01T10:00:00Z'),
  validTo: new Date('2026-03-01T10:05:00Z'),
  extensions: ['permit-pty'],
  ...over,
});

describe('a certificate', () => {
  it.each([['ed25519'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']])(
    'of a key of %s %s %s is what ssh-keygen reads',
    (type, ...args) => {
      const seed = newSeed();
      const line = made(type, ...args.map(String));
      const cert = mintCertificate(
        seed,
        terms(line, { critical: { 'source-address': '10.0.0.0/8,127.0.0.1/32', 'force-command': 'uptime' } }),
      );
      const told = keygen('-L', '-f', file('one-cert.pub', `${cert}\n`));
      expect(
        told
          .split('\n')
          .map((l) => l.trim())
          .slice(1),
      ).toEqual([
        expect.stringMatching(/^Type: \S+-cert-v01@openssh\.com user certificate$/u),
        expect.stringContaining(`-CERT ${parsePublicKey(line).fingerprint}`),
        `Signing CA: ED25519 ${publicKeyOf(seed).fingerprint} (using ssh-ed25519)`,
        'Key ID: "identity=a grant=b event=c"',
        'Serial: 7',
        'Valid: from 2026-03-01T10:00:00 to 2026-03-01T10:05:00',
        'Principals:',
        'root@web1',
        'deploy@web1',
        'Critical Options:',
        'force-command uptime',
        'source-address 10.0.0.0/8,127.0.0.1/32',
        'Extensions:',
        'permit-pty',
        '',
      ]);
    },
  );

  it('is byte for byte what ssh-keygen signs, but for the nonce and the signature', () => {
    const pair = newKeyPair('ca');
    const ca = file('ca', pair.privateKey);
    const key = made('ed25519', '-C', 'subject');
    const path = file('subject.pub', key);
    keygen(
      '-q',
      '-s',
      ca,
      '-I',
      'k',
      '-n',
      'root@web1',
      '-z',
      '9',
      '-V',
      '0x69a40000:0x69a40100',
      '-O',
      'clear',
      '-O',
      'permit-pty',
      path,
    );
    const theirs = Buffer.from(readFileSync(join(dir, 'subject-cert.pub'), 'utf8').split(' ')[1] ?? '', 'base64');
    const seedAt = Buffer.from(pair.privateKey.split('\n').slice(1, -2).join(''), 'base64');
    const point = parsePublicKey(pair.publicKey).blob.subarray(-32);
    const seed = seedAt.subarray(seedAt.lastIndexOf(point) - 32, seedAt.lastIndexOf(point));
    const ours = Buffer.from(
      mintCertificate(
        Buffer.from(seed),
        terms(key, {
          serial: 9n,
          keyId: 'k',
          principals: ['root@web1'],
          validFrom: new Date(0x69a40000 * 1000),
          validTo: new Date(0x69a40100 * 1000),
        }),
      ).split(' ')[1] ?? '',
      'base64',
    );
    const nonceAt = 4 + 'ssh-ed25519-cert-v01@openssh.com'.length + 4;
    const bare = (blob: Buffer): string =>
      Buffer.concat([blob.subarray(0, nonceAt), blob.subarray(nonceAt + 32, -64)]).toString('hex');
    expect(bare(ours)).toBe(bare(theirs));
  });

  it('of a host is one', () => {
    const cert = mintCertificate(
      newSeed(),
      terms(made('ed25519', '-C', 'h'), { kind: 'host', principals: ['web1'], extensions: [] }),
    );
    expect(keygen('-L', '-f', file('host-cert.pub', cert))).toContain('host certificate');
  });

  it('is not minted for nobody, for a pattern, a list in one name, or with no time', () => {
    const line = newKeyPair('x').publicKey;
    for (const principals of [
      [],
      [''],
      ['*'],
      ['deploy,root'],
      ['root '],
      ['ro ot'],
      ['röot'],
      ['a\nb'],
      ['x'.repeat(256)],
    ])
      expect(() => mintCertificate(newSeed(), terms(line, { principals })), JSON.stringify(principals)).toThrow(
        RangeError,
      );
    const at = new Date();
    expect(() => mintCertificate(newSeed(), terms(line, { validFrom: at, validTo: at }))).toThrow(RangeError);
  });
});

describe('a public key', () => {
  it('that is a certificate, short RSA or not what it says is refused', () => {
    const line = newKeyPair('x').publicKey;
    const cert = mintCertificate(newSeed(), terms(line));
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const { n = '', e = '' } = short.export({ format: 'jwk' });
    const part = (b: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, b.length >> 8, b.length & 255]), b]);
    const rsa = Buffer.concat([
      part(Buffer.from('ssh-rsa')),
      part(Buffer.from(e, 'base64url')),
      part(Buffer.concat([Buffer.from([0]), Buffer.from(n, 'base64url')])),
    ]);
    for (const wrong of [
      cert,
      `ssh-rsa ${rsa.toString('base64')}`,
      line.replace('ssh-ed25519', 'ecdsa-sha2-nistp256'),
      'ssh-dss AAAA',
      'ssh-ed25519 AAAA',
      '',
    ])
      expect(() => parsePublicKey(wrong), wrong.slice(0, 40)).toThrow(/publicKey|certif|key/u);
  });

  it('is not to be had from arbitrary text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parsePublicKey(`ssh-ed25519 ${Buffer.from(bytes).toString('base64')}`)).toThrow(/key/u);
      }),
    );
  });
});

describe('a revocation list', () => {
  const revoked = (list: string, cert: string): boolean => {
    const asked = spawnSync('ssh-keygen', ['-Q', '-f', list, file('asked-cert.pub', `${cert}\n`)], {
      encoding: 'utf8',
    });
    if (asked.status !== 0 && !asked.stdout.includes('REVOKED')) throw new Error(asked.stderr + asked.stdout);
    return asked.status !== 0;
  };

  it('says of each serial what ssh-keygen -Q says, for this authority and no other', () => {
    const [ours, other] = [newSeed(), newSeed()];
    const line = newKeyPair('x').publicKey;
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt(1n, 40n), { maxLength: 25 }), fc.bigInt(1n, 41n), (serials, asked) => {
        const list = file(
          'list.krl',
          writeRevocationList({
            number: 3n,
            at: new Date(),
            comment: 'test',
            revoked: [{ caKey: publicKeyOf(ours).blob, serials }],
          }),
        );
        expect(revoked(list, mintCertificate(ours, terms(line, { serial: asked })))).toBe(serials.includes(asked));
        expect(revoked(list, mintCertificate(other, terms(line, { serial: asked })))).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('is told whole by ssh-keygen -Ql, empty or not', () => {
    const seed = newSeed();
    const of = (serials: readonly bigint[]): string =>
      keygen(
        '-Q',
        '-l',
        '-f',
        file(
          'told.krl',
          writeRevocationList({
            number: 12n,
            at: new Date('2026-03-01T10:00:00Z'),
            comment: 'c',
            revoked: [{ caKey: publicKeyOf(seed).blob, serials }],
          }),
        ),
      );
    expect(of([])).toContain('# KRL version 12');
    const told = of([5n, 1n, 2n, 3n, 0xffffffffffffffffn]);
    expect(told).toContain('serial: 1-3');
    expect(told).toContain('serial: 5');
    expect(told).toContain('serial: 18446744073709551615');
    expect(told).toContain(publicKeyOf(seed).fingerprint);
  });
});

describe('a certificate that is read', () => {
  const seed = newSeed();
  const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
  const key = newKeyPair('held').publicKey;
  const minted = (): Buffer =>
    blobOf(mintCertificate(seed, terms(key, { critical: { 'source-address': '10.0.0.0/8' } })));

  it('says what was minted, and who signed it', () => {
    expect(readCertificate(minted())).toMatchObject({
      kind: 'user',
      key: { type: 'ssh-ed25519', fingerprint: parsePublicKey(key).fingerprint },
      serial: 7n,
      principals: ['root@web1', 'deploy@web1'],
      critical: new Map([['source-address', '10.0.0.0/8']]),
      authority: publicKeyOf(seed).fingerprint,
    });
  });

  it('is none with any byte changed, missing or more', () => {
    const whole = minted();
    const holds = (): void =>
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const other = Buffer.from(whole);
          other[at] = (other[at] ?? 0) ^ by;
          expect(readCertificate(other)).toBeUndefined();
          expect(readCertificate(whole.subarray(0, at))).toBeUndefined();
          expect(readCertificate(Buffer.concat([whole, Buffer.of(by)]))).toBeUndefined();
        }),
        { numRuns: 300 },
      );
    expect(holds).not.toThrow();
  });
});
