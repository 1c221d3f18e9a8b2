/** Whether a password is the one an entry keeps, by the schemes OpenLDAP stores (RFC 2307, slapd's pw-sha2 and pw-pbkdf2). */
import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** Digest name → bytes of the digest. */
const digests: Readonly<Record<string, readonly [string, number]>> = {
  SHA: ['sha1', 20],
  SSHA: ['sha1', 20],
  SMD5: ['md5', 16],
  MD5: ['md5', 16],
  SHA256: ['sha256', 32],
  SSHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
  SSHA384: ['sha384', 48],
  SHA512: ['sha512', 64],
  SSHA512: ['sha512', 64],
};

/** Undefined when it is kept in a way that cannot be compared here ({CRYPT}, {ARGON2}, {SASL}). */
export async function fitsStored(password: string, stored: string): Promise<boolean | undefined> {
  const [, scheme, rest = ''] = /^\{([A-Za-z0-9-]+)\}(.*)$/su.exec(stored) ?? [];
  if (scheme === undefined) return equal(Buffer.from(stored), Buffer.from(password));
  const name = scheme.toUpperCase();
  if (name.startsWith('PBKDF2')) return fitsPbkdf2(password, name, rest);
  const [digest, length] = digests[name] ?? [];
  if (digest === undefined || length === undefined) return undefined;
  const bytes = Buffer.from(rest, 'base64');
  const salt = bytes.subarray(length);
  if (bytes.length < length || (name.startsWith('S') && !name.startsWith('SHA') && salt.length === 0)) return undefined;
  return equal(createHash(digest).update(password).update(salt).digest(), bytes.subarray(0, length));
}

/** `{PBKDF2-SHA512}iterations$salt$digest`, in base64 with `.` for `+` and no padding. */
async function fitsPbkdf2(password: string, scheme: string, rest: string): Promise<boolean | undefined> {
  const [, count, salt = '', digest = ''] = /^(\d{1,8})\$([A-Za-z0-9./]+)\$([A-Za-z0-9./]+)$/u.exec(rest) ?? [];
  const hash = { PBKDF2: 'sha1', 'PBKDF2-SHA1': 'sha1', 'PBKDF2-SHA256': 'sha256', 'PBKDF2-SHA512': 'sha512' }[scheme];
  if (count === undefined || hash === undefined || Number(count) > 10_000_000) return undefined;
  const plain = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64');
  const wanted = plain(digest);
  return equal(await derive(password, plain(salt), Number(count), wanted.length, hash), wanted);
}

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
