import { base32, randomSecret } from '#kit/crypto/index.ts';

/**
 * A password nobody has to type: 160 random bits, with one character of each class that password rules ask for, and
 * none that a shell, a connection string or a configuration file would read otherwise.
 */
export function newPassword(): Buffer {
  const secret = randomSecret(20);
  try {
    return Buffer.from(`Rv7-${base32(secret)}`);
  } finally {
    secret.fill(0);
  }
}
