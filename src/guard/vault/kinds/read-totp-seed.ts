import { Secret as Seed, TOTP, URI } from 'otpauth';
import { invalid } from '#kit/errors/index.ts';
import type { ReadValue } from './value.ts';

/** Bytes below which a seed can be guessed (RFC 4226, 4: 128 bits are demanded; 80 are in wide use). */
const SHORTEST = 10;

const wrong = (detail: string): Error =>
  invalid('/value', detail, 'give the seed in base32, or the otpauth://totp/ address that a code of squares holds');

/** Reads a seed of one-time codes, in base32 or as an otpauth address; sealed as the address. */
export function readTotpSeed(text: string): ReadValue {
  const totp = totpOf(text.trim());
  if (totp.secret.bytes.length < SHORTEST) throw wrong('is too short for a seed');
  const { issuer, label, algorithm, digits, period } = totp;
  return {
    value: Buffer.from(totp.toString()),
    facts: { issuer, account: label, algorithm, digits, period },
    expiresAt: null,
  };
}

/** The generator of codes of a seed as it was sealed. */
export function totpOf(text: string): TOTP {
  try {
    if (!text.startsWith('otpauth://'))
      return new TOTP({ secret: Seed.fromBase32(text.replaceAll(/[\s-]/g, '').toUpperCase()), label: 'code' });
    const parsed = URI.parse(text);
    if (parsed instanceof TOTP && parsed.period > 0 && parsed.digits >= 6 && parsed.digits <= 10) return parsed;
  } catch {
    // What the library says may repeat the seed.
  }
  throw wrong('is no seed of one-time codes');
}
