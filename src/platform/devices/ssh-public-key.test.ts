import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readSshPublicKey } from './ssh-public-key.ts';

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const line = (kind: string, ...parts: (string | Buffer)[]): string =>
  `${kind} ${Buffer.concat([text(kind), ...parts.map(text)]).toString('base64')} me@laptop`;
const mpint = (base64url: string): Buffer => {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
};
const rsa = (bits: number, exponent = 65_537): string => {
  const { n = '', e = '' } = generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicExponent: exponent,
  }).publicKey.export({ format: 'jwk' });
  return line('ssh-rsa', mpint(e), mpint(n));
};
const pointOf = (namedCurve: string): Buffer => {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
};
const offCurve = (): Buffer => {
  const point = pointOf('P-256');
  point[64] = (point[64] ?? 0) ^ 1;
  return point;
};
const why = (typed: string): string => {
  try {
    readSshPublicKey(typed);
    return 'taken';
  } catch (error) {
    return (error as { errors?: readonly { detail: string }[] }).errors?.[0]?.detail ?? String(error);
  }
};

describe('a public key that is registered', () => {
  test.each([
    ['Ed25519', line('ssh-ed25519', randomBytes(32))],
    ['ECDSA on P-256', line('ecdsa-sha2-nistp256', 'nistp256', pointOf('P-256'))],
    ['ECDSA on P-384', line('ecdsa-sha2-nistp384', 'nistp384', pointOf('P-384'))],
    ['ECDSA on P-521', line('ecdsa-sha2-nistp521', 'nistp521', pointOf('P-521'))],
    ['RSA of 3072 bits', rsa(3072)],
    ['a security key’s', line('sk-ssh-ed25519@openssh.com', randomBytes(32), 'ssh:')],
    ['a security key’s on P-256', line('sk-ecdsa-sha2-nistp256@openssh.com', 'nistp256', pointOf('P-256'), 'ssh:work')],
  ])('may be %s', (_what, typed) => {
    expect(why(typed)).toBe('taken');
    expect(readSshPublicKey(typed)).toMatchObject({ comment: 'me@laptop' });
    expect(readSshPublicKey(typed).fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/u);
  });

  test.each([
    ['RSA of 2048 bits', rsa(2048), 'is an RSA key of 2048 bits'],
    ['DSA', line('ssh-dss', randomBytes(128), randomBytes(20), randomBytes(128), randomBytes(128)), 'is a DSA key'],
    ['a certificate', line('ssh-ed25519-cert-v01@openssh.com', randomBytes(32)), 'is a certificate'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'is a private key'],
    ['short Ed25519', line('ssh-ed25519', randomBytes(31)), 'has 32 bytes'],
    ['two keys in one', line('ssh-ed25519', randomBytes(32), randomBytes(32)), 'is damaged'],
    ['of another kind inside', line('ssh-ed25519', randomBytes(32)).replace('ssh-ed25519', 'ssh-rsa'), 'another kind'],
    ['no point of its curve', line('ecdsa-sha2-nistp256', 'nistp256', offCurve()), 'no point of its curve'],
    ['of another curve', line('ecdsa-sha2-nistp256', 'nistp384', pointOf('P-256')), 'is damaged'],
    ['a passkey of a site', line('sk-ssh-ed25519@openssh.com', randomBytes(32), 'example.org'), 'not one for ssh'],
    ['a length that lies', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5/////w==', 'is damaged'],
    [
      'an exponent of 1',
      line('ssh-rsa', Buffer.of(1), Buffer.concat([Buffer.of(0, 0xff), randomBytes(383)])),
      'exponent',
    ],
    ['something else', 'hello world', 'is not an OpenSSH public key'],
  ])('is not %s', (_what, typed, because) => {
    expect(why(typed)).toContain(because);
  });
});
