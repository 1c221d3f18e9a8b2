import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { invalid } from '#kit/errors/index.ts';
import { Reader, text, uint32 } from './wire.ts';

/** A public key that may be certified, in its wire form. */
export interface SshPublicKey {
  /** For instance `ssh-ed25519`. */
  readonly type: string;
  /** As in an authorized_keys line, decoded. */
  readonly blob: Buffer;
  readonly fingerprint: string;
}

/** Kinds of key that are certified, and what their certificates are called. No DSA, and no certificate as a key. */
const CERTIFIED: ReadonlyMap<string, string> = new Map([
  ['ssh-ed25519', 'ssh-ed25519-cert-v01@openssh.com'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256-cert-v01@openssh.com'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384-cert-v01@openssh.com'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521-cert-v01@openssh.com'],
  ['ssh-rsa', 'ssh-rsa-cert-v01@openssh.com'],
  ['sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519-cert-v01@openssh.com'],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com'],
]);

/** What a certificate of a key of that type is called. */
export const certificateType = (keyType: string): string => CERTIFIED.get(keyType) ?? '';

const PLAIN: ReadonlyMap<string, string> = new Map([...CERTIFIED].map(([key, certificate]) => [certificate, key]));

/** The type of the key in a certificate of that type; undefined where there is no such certificate. */
export const certifiedType = (certificate: string): string | undefined => PLAIN.get(certificate);

/** How many strings a key has after its type: more or fewer is no such key. */
const PARTS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};
/** How many strings follow the type in a key of that type. */
export const partsOf = (type: string): number => PARTS[type] ?? 2;

const SMALLEST_RSA_BYTES = 256;
const POINT_BYTES: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp256': 65,
  'ecdsa-sha2-nistp384': 97,
  'ecdsa-sha2-nistp521': 133,
};

/** `SHA256:…` as `ssh-keygen -lf` prints it. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`;

/**
 * Reads a line as in an `.pub` file. Throws 400 for what may not be certified: a certificate, DSA, short RSA, bytes that are
 * no key of the type they name.
 */
export function parsePublicKey(line: string, pointer = '/publicKey'): SshPublicKey {
  const [named = '', base64 = ''] = line.trim().split(/[ \t]+/u);
  if (named.includes('-cert-v01'))
    throw invalid(pointer, 'is a certificate', 'send the public key it was made for (the .pub file without -cert)');
  if (!CERTIFIED.has(named))
    throw invalid(pointer, 'is of no kind that is certified', 'use ed25519: ssh-keygen -t ed25519');
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64').replace(/=+$/u, '') !== base64.replace(/=+$/u, '') || !isKey(named, blob))
    throw invalid(pointer, `is no ${named} key`, 'send the one line of the .pub file');
  return { type: named, blob, fingerprint: fingerprintOf(blob) };
}

/** Whether bytes are a key of the type they are said to be, whole and nothing more. */
export function isKey(type: string, blob: Buffer): boolean {
  try {
    const read = new Reader(blob);
    if (read.text().toString('latin1') !== type) return false;
    const parts: Buffer[] = [];
    while (!read.done) parts.push(read.text());
    if (parts.length !== partsOf(type)) return false;
    if (type === 'ssh-ed25519' || type === 'sk-ssh-ed25519@openssh.com') return parts[0]?.length === 32;
    if (type === 'ssh-rsa') return (parts[1]?.length ?? 0) >= SMALLEST_RSA_BYTES && (parts[1]?.length ?? 0) <= 2049;
    const curve = type === 'sk-ecdsa-sha2-nistp256@openssh.com' ? 'ecdsa-sha2-nistp256' : type;
    const [name, point] = parts;
    return (
      name?.toString('latin1') === curve.slice(-8) &&
      point !== undefined &&
      point.length === POINT_BYTES[curve] &&
      point[0] === 4
    );
  } catch {
    return false;
  }
}

/** Whether two coordinates are a point of a curve, named as a JWK names it. */
export function isPointOf(crv: string, x: Buffer, y: Buffer): boolean {
  try {
    const key = { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
    createPublicKey({ format: 'jwk', key });
    return true;
  } catch {
    return false;
  }
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A fresh Ed25519 seed. The caller seals it and wipes it. */
export const newSeed = (): Buffer => randomBytes(32);

/** The public key of a seed. */
export function publicKeyOf(seed: Buffer): SshPublicKey {
  const spki = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  const blob = Buffer.concat([text('ssh-ed25519'), text(spki.subarray(-32))]);
  return { type: 'ssh-ed25519', blob, fingerprint: fingerprintOf(blob) };
}

/** As a line of a `.pub` file. */
export const publicLine = (key: Pick<SshPublicKey, 'type' | 'blob'>, comment: string): string =>
  `${key.type} ${key.blob.toString('base64')} ${comment}`;

/** Signs, as an SSH signature: the name of the algorithm, then the bytes. */
export const signWith = (seed: Buffer, message: Buffer): Buffer =>
  Buffer.concat([text('ssh-ed25519'), text(sign(null, message, privateKey(seed)))]);

function privateKey(seed: Buffer): ReturnType<typeof createPrivateKey> {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const der = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** A key pair for one log-in, in the formats of OpenSSH (PROTOCOL.key). */
export function newKeyPair(comment: string): { readonly publicKey: string; readonly privateKey: string } {
  const { privateKey: made } = generateKeyPairSync('ed25519');
  const jwk = made.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(String(jwk.d), 'base64url'), Buffer.from(String(jwk.x), 'base64url')];
  const blob = Buffer.concat([text('ssh-ed25519'), text(point)]);
  const check = randomBytes(4);
  let secret = Buffer.concat([check, check, blob, text(Buffer.concat([seed, point])), text(comment)]);
  for (let pad = 1; secret.length % 8 !== 0; pad += 1) secret = Buffer.concat([secret, Buffer.from([pad])]);
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text('none'),
    text('none'),
    text(''),
    uint32(1),
    text(blob),
    text(secret),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/gu) ?? [];
  return {
    publicKey: publicLine({ type: 'ssh-ed25519', blob }, comment),
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
  };
}
