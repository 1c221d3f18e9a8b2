import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readBareKey } from './verify-login.ts';
import { text } from '../wire/encode.ts';

const TYPE = 'sk-ecdsa-sha2-nistp256@openssh.com';
const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const mpint = (bytes: Buffer): Buffer => ((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);

/** A security key on P-256, as OpenSSH's PROTOCOL.u2f says. */
function securityKey(): { readonly blob: Buffer; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return {
    blob: Buffer.concat([text(TYPE), text('nistp256'), text(point), text('ssh:')].map(Buffer.from)),
    privateKey,
  };
}
const signedBy = (privateKey: KeyObject, message: Buffer, flags: number, application = 'ssh:'): Buffer => {
  const state = Buffer.from([flags, 0, 0, 0, 9]);
  const whole = Buffer.concat([sha256(application), state, sha256(message)]);
  const pair = sign('sha256', whole, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([text(mpint(pair.subarray(0, 32))), text(mpint(pair.subarray(32))), state]);
};

describe('a security key on P-256', () => {
  const message = Buffer.from('session id, user and key');
  const { blob, privateKey } = securityKey();
  const key = readBareKey(TYPE, blob, undefined);

  test('proves its person by a touch, for this message and this use', () => {
    expect(key?.verifies(message, signedBy(privateKey, message, 1), undefined)).toBe(true);
    expect(key?.verifies(message, signedBy(privateKey, message, 5), undefined)).toBe(true);
  });

  test('proves nobody without a touch, for another message or site, by another key, or cut short', () => {
    const right = signedBy(privateKey, message, 1);
    expect(key?.verifies(message, signedBy(privateKey, message, 0), undefined)).toBe(false);
    expect(key?.verifies(Buffer.from('another'), right, undefined)).toBe(false);
    expect(key?.verifies(message, signedBy(privateKey, message, 1, 'example.org'), undefined)).toBe(false);
    expect(key?.verifies(message, signedBy(securityKey().privateKey, message, 1), undefined)).toBe(false);
    for (let n = 0; n < right.length; n += 1)
      expect(key?.verifies(message, right.subarray(0, n), undefined)).toBe(false);
  });

  test('is none where its point, curve or parts are wrong', () => {
    const point = Buffer.from(blob);
    const at = blob.length - 8 - 1;
    point[at] = (point[at] ?? 0) ^ 1;
    expect(readBareKey(TYPE, point, undefined)).toBeUndefined();
    expect(readBareKey(TYPE, blob.subarray(0, -8), undefined)).toBeUndefined();
    expect(readBareKey(TYPE, Buffer.concat([blob, text('more')]), undefined)).toBeUndefined();
    expect(readBareKey('sk-ssh-ed25519@openssh.com', blob, undefined)).toBeUndefined();
  });
});

describe('an Ed25519 key', () => {
  const message = Buffer.from('session id, user and key');
  const { blob, privateKey } = ed25519();
  const key = readBareKey('ssh-ed25519', blob, undefined);
  const right = sign(null, message, privateKey);

  test('proves its person by its signature over this message, and by nothing else', () => {
    expect(key?.fingerprint).toBe(`SHA256:${sha256(blob).toString('base64').replace(/=+$/u, '')}`);
    expect(key?.verifies(message, right, undefined)).toBe(true);
    expect(key?.verifies(Buffer.from('another'), right, undefined)).toBe(false);
    expect(key?.verifies(message, sign(null, message, ed25519().privateKey), undefined)).toBe(false);
    expect(key?.verifies(message, Buffer.concat([right, Buffer.of(0)]), undefined)).toBe(false);
    for (let n = 0; n < 64; n += 1) {
      expect(key?.verifies(message, right.subarray(0, n), undefined)).toBe(false);
      const bent = Buffer.from(right);
      bent[n] = (bent[n] ?? 0) ^ 4;
      expect(key?.verifies(message, bent, undefined)).toBe(false);
    }
  });

  test('is none where its name, its length or its parts are wrong', () => {
    for (let n = 0; n < blob.length; n += 1)
      expect(readBareKey('ssh-ed25519', blob.subarray(0, n), undefined)).toBeUndefined();
    expect(readBareKey('ssh-ed25519', Buffer.concat([blob, Buffer.of(0)]), undefined)).toBeUndefined();
    for (let n = 0; n < 19; n += 1) {
      const bent = Buffer.from(blob);
      bent[n] = (bent[n] ?? 0) ^ 1;
      expect(readBareKey('ssh-ed25519', bent, undefined)).toBeUndefined();
    }
    expect(readBareKey('ecdsa-sha2-nistp256', blob, undefined)).toBeUndefined();
  });
});

function ed25519(): { readonly blob: Buffer; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { blob: Buffer.concat([text('ssh-ed25519'), text(bytes)].map(Buffer.from)), privateKey };
}
