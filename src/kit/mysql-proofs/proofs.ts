/**
 * How a password is proved and kept: `mysql_native_password` (SHA-1, since MySQL 4.1), `client_ed25519` (MariaDB docs,
 * "Authentication Plugin - ed25519") and `caching_sha2_password` (MySQL 8). Proofs are of a password's bytes and a
 * question of the length that the way has; anything else throws. The stored forms are made here too, so that a server
 * never hears a password.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Point } from '@noble/ed25519';

/** Ways to log in by a password that Reeve knows, as accounts have them (`plugin` in the grant tables). */
export type PasswordMethod = 'mysql_native_password' | 'ed25519';

const digest = (kind: 'sha1' | 'sha256' | 'sha512', ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(kind);
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** SHA1(password) xor SHA1(scramble, SHA1(SHA1(password))) */
export function nativeProof(question: Buffer, password: Uint8Array): Buffer {
  const scramble = asked(question, 20);
  const once = digest('sha1', password);
  const mask = digest('sha1', scramble, digest('sha1', once));
  return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

/** SHA256(password) xor SHA256(SHA256(SHA256(password)), scramble) */
export function cachingSha2Proof(question: Buffer, password: Uint8Array): Buffer {
  const scramble = asked(question, 20);
  const once = digest('sha256', password);
  const mask = digest('sha256', digest('sha256', once), scramble);
  return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

/** The question of a way: servers put a zero byte after it. */
function asked(question: Buffer, length: number): Buffer {
  if (question.length < length) throw new Error('the server asks for a proof without a question');
  return question.subarray(0, length);
}

/** The order of the base point (RFC 8032 §5.1). */
const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

/** RFC 8032 with the password itself in the place of the 32-byte private key. */
function ed25519Key(password: Uint8Array): {
  readonly scalar: bigint;
  readonly prefix: Buffer;
  readonly open: Uint8Array;
} {
  const wide = digest('sha512', password);
  const low = Buffer.from(wide.subarray(0, 32));
  low[0] = (low[0] ?? 0) & 248;
  low[31] = ((low[31] ?? 0) & 127) | 64;
  const scalar = fromLittleEndian(low) % order;
  return { scalar, prefix: wide.subarray(32), open: Point.BASE.multiply(scalar).toBytes() };
}

/** The answer of `client_ed25519`. */
export function ed25519Signature(question: Buffer, password: Uint8Array): Buffer {
  const message = asked(question, 32);
  const { scalar, prefix, open } = ed25519Key(password);
  const nonce = fromLittleEndian(digest('sha512', prefix, message)) % order;
  const point = Point.BASE.multiply(nonce).toBytes();
  const challenge = fromLittleEndian(digest('sha512', point, open, message)) % order;
  const sum = ((nonce + challenge * scalar) % order).toString(16).padStart(64, '0');
  return Buffer.concat([point, Buffer.from(sum, 'hex').reverse()]);
}

/** What the server keeps of a password: SHA1(SHA1(password)), or the public key. */
export function storedForm(method: PasswordMethod, password: string): string {
  if (method === 'ed25519')
    return Buffer.from(ed25519Key(Buffer.from(password)).open)
      .toString('base64')
      .replace(/=+$/u, '');
  return `*${digest('sha1', digest('sha1', Buffer.from(password)))
    .toString('hex')
    .toUpperCase()}`;
}

/** The stored form of a password nobody knows: an account that has it waits for its first. */
export const nobodysForm = (method: PasswordMethod): string =>
  method === 'ed25519' ? storedForm(method, randomBytes(32).toString('hex')) : 'invalid';
