/**
 * How a password is proved and kept: `mysql_native_password` (SHA-1, since MySQL 4.1) and `client_ed25519` (MariaDB docs,
 * "Authentication Plugin - ed25519"). The stored forms are made here too, so that a server never hears a password.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Point } from '@noble/ed25519';
import { TargetError } from '../../port.ts';

/** Ways to log in by a password that Reeve knows, as accounts have them (`plugin` in the grant tables). */
export type PasswordMethod = 'mysql_native_password' | 'ed25519';

const digest = (kind: 'sha1' | 'sha512', ...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash(kind);
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The answer to the server's scramble, by the name it asks with; undefined for a way Reeve does not go. */
export function proveLogin(asked: string, scramble: Buffer, password: string): Buffer | undefined {
  if (asked === 'mysql_native_password') return nativeProof(scramble.subarray(0, 20), password);
  if (asked === 'client_ed25519') return ed25519Signature(scramble.subarray(0, 32), password);
  return undefined;
}

/** SHA1(password) xor SHA1(scramble, SHA1(SHA1(password))) */
function nativeProof(scramble: Buffer, password: string): Buffer {
  if (scramble.length !== 20) throw new TargetError('failed', 'the server asks for a proof without a question');
  const once = digest('sha1', Buffer.from(password));
  const mask = digest('sha1', scramble, digest('sha1', once));
  return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

/** The order of the base point (RFC 8032 §5.1). */
const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const fromLittleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

/** RFC 8032 with the password itself in the place of the 32-byte private key. */
function ed25519Key(password: string): { readonly scalar: bigint; readonly prefix: Buffer; readonly open: Uint8Array } {
  const wide = digest('sha512', Buffer.from(password));
  const low = Buffer.from(wide.subarray(0, 32));
  low[0] = (low[0] ?? 0) & 248;
  low[31] = ((low[31] ?? 0) & 127) | 64;
  const scalar = fromLittleEndian(low) % order;
  return { scalar, prefix: wide.subarray(32), open: Point.BASE.multiply(scalar).toBytes() };
}

export function ed25519Signature(message: Buffer, password: string): Buffer {
  if (message.length !== 32) throw new TargetError('failed', 'the server asks for a proof without a question');
  const { scalar, prefix, open } = ed25519Key(password);
  const nonce = fromLittleEndian(digest('sha512', prefix, message)) % order;
  const point = Point.BASE.multiply(nonce).toBytes();
  const challenge = fromLittleEndian(digest('sha512', point, open, message)) % order;
  const sum = ((nonce + challenge * scalar) % order).toString(16).padStart(64, '0');
  return Buffer.concat([point, Buffer.from(sum, 'hex').reverse()]);
}

/** What the server keeps of a password: SHA1(SHA1(password)), or the public key. */
export function storedForm(method: PasswordMethod, password: string): string {
  if (method === 'ed25519') return Buffer.from(ed25519Key(password).open).toString('base64').replace(/=+$/u, '');
  return `*${digest('sha1', digest('sha1', Buffer.from(password)))
    .toString('hex')
    .toUpperCase()}`;
}

/** The stored form of a password nobody knows: an account that has it waits for its first. */
export const nobodysForm = (method: PasswordMethod): string =>
  method === 'ed25519' ? storedForm(method, randomBytes(32).toString('hex')) : 'invalid';

/** Anything but printable ASCII could be spelled two ways by two programs, so it is refused. */
export function usable(password: string): string {
  if (/^[\x20-\x7e]{1,500}$/u.test(password)) return password;
  throw new TargetError(
    'refused',
    'the password is empty, longer than 500 characters or holds something else than printable ASCII',
  );
}
