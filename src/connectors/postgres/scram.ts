/**
 * SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677) in PostgreSQL's form. Made here, so that the server never sees the password, neither
 * in a statement nor in its log.
 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TargetError } from '../port.ts';

const derive = promisify(pbkdf2);
/** PostgreSQL's own default; its clients must do the same work at each login. */
const iterations = 4096;

/** What goes behind `password` in `alter role`. */
export async function makeVerifier(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { stored, server } = await keys(usable(password), salt, iterations);
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored.toString('base64')}:${server.toString('base64')}`;
}

/** Whether `password` is the one a stored verifier was made from; undefined when it is of another kind. */
export async function fitsVerifier(password: string, verifier: string): Promise<boolean | undefined> {
  const match = /^SCRAM-SHA-256\$(\d{1,6}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/u.exec(verifier);
  if (!match) return undefined;
  const [, count, salt = '', expected = ''] = match;
  const { stored } = await keys(usable(password), Buffer.from(salt, 'base64'), Number(count));
  const wanted = Buffer.from(expected, 'base64');
  return wanted.length === stored.length && timingSafeEqual(wanted, stored);
}

async function keys(password: string, salt: Buffer, count: number): Promise<{ stored: Buffer; server: Buffer }> {
  const salted = await derive(password, salt, count, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  return { stored: createHash('sha256').update(hmac('Client Key')).digest(), server: hmac('Server Key') };
}

/** SASLprep (RFC 4013) leaves printable ASCII as it is; anything else could be spelled two ways, so it is refused. */
export function usable(password: string): string {
  if (/^[\x20-\x7e]{1,500}$/u.test(password)) return password;
  throw new TargetError(
    'refused',
    'the password is empty, longer than 500 characters or holds something else than printable ASCII',
  );
}
