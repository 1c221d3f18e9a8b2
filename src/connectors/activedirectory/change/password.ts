/** Passwords on their way into the directory (MS-ADTS 3.1.1.3.1.5): only over TLS, which there is no way without here. */
import { base32, randomSecret } from '#kit/crypto/index.ts';
import { TargetError } from '../../port.ts';

/** Refuses what two programs might read differently, or the directory would cut. */
export function usablePassword(password: string): string {
  if (/^[^\p{Cc}\p{Cs}]{1,127}$/u.test(password)) return password;
  throw new TargetError(
    'refused',
    'the password is empty, longer than 127 characters or holds a control character; choose another',
  );
}

/** What `unicodePwd` takes: in quotes, UTF-16 with the low byte first. */
export const quoted = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

/** One that nobody knows, with every kind of character a policy asks for. */
export function unknownPassword(): Buffer {
  const secret = randomSecret(20);
  try {
    return quoted(`Rv7-${base32(secret)}`);
  } finally {
    secret.fill(0);
  }
}
