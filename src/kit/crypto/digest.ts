import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';

/**
 * SHA-256 (FIPS 180-4) of the bytes, or of the text as UTF-8; 32 bytes. Taken out as text and put into a pooled
 * Buffer: asked for one itself, Node allocates memory apart for each digest, which costs more than the hashing.
 */
export const sha256 = (data: Buffer | string): Buffer => Buffer.from(sha256Text(data), 'latin1');

/** As sha256, as a text of 32 characters, a byte each (`latin1`): for digests that are put end to end by the thousand. */
export const sha256Text = (data: Buffer | string): string => hash('sha256', data, 'binary');

/** HMAC-SHA-256 (RFC 2104), 32 bytes: a digest nobody can find again by guessing who has not the key. */
export const mac = (key: Buffer, data: Buffer | string): Buffer => createHmac('sha256', key).update(data).digest();

/** Compares in a time that depends on the lengths only. Different lengths are unequal. */
export const equalBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/**
 * Overwrites secrets with zeroes once they are used. JavaScript strings cannot be wiped, so a secret stays a
 * Buffer for as long as it can; what the garbage collector copied before is out of reach, hence best effort.
 */
export function wipe(...secrets: readonly (Buffer | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

/** SHA-256 of what comes in pieces. */
interface FlowingDigest {
  add(bytes: Uint8Array): void;
  /** Of all that was added; once. */
  end(): Buffer;
}

export function flowingSha256(): FlowingDigest {
  const hash = createHash('sha256');
  return { add: (bytes) => void hash.update(bytes), end: () => hash.digest() };
}
