import { randomSecret } from './seal.ts';
import { sha256 } from './digest.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 base32 in lower case, without padding. */
export function base32(bytes: Buffer): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      out += ALPHABET.charAt((held >>> (bits - 5)) & 31);
      bits -= 5;
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? out : out + ALPHABET.charAt((held << (5 - bits)) & 31);
}

/** Longest token that is looked at; anything longer is refused before it is hashed. */
const MAX_TOKEN = 256;

/**
 * A bearer token of 256 random bits with a prefix that secret scanners and people recognise, for instance
 * `rv_mzxw6…`. It is shown once; only its hash is kept.
 */
export const newToken = (prefix = 'rv'): string => `${prefix}_${base32(randomSecret(32))}`;

/** What is stored of a token. A token is random, so a plain digest cannot be guessed backwards. */
export const hashToken = (token: string): Buffer => sha256(`reeve token v1\0${token.length > MAX_TOKEN ? '' : token}`);
