import { equalBytes, sha256, sha256Text, type Keys } from '#kit/crypto/index.ts';

const KEY = 32;
/** What is stamped: the id as text, then the leaf hash. */
export const STAMPED_BYTES = 36 + 32;
export const STAMP_BYTES = 16;
const kept = new WeakMap<Keys, Buffer>();

/** The key, followed by room for what is stamped. */
function blockOf(keys: Keys): Buffer {
  let block = kept.get(keys);
  if (block === undefined) {
    block = Buffer.alloc(KEY + STAMPED_BYTES);
    keys.derive('audit stamp').copy(block);
    kept.set(keys, block);
  }
  return block;
}

/**
 * Shows that Reeve wrote a row of the log: nobody without the root key can make one, so a row put in by SQL is
 * never numbered, nor is one changed before it was. SHA-256 over key, id and leaf hash, cut to 128 bits: all of it
 * of fixed length, so that nothing can be appended to it, at half the price of an HMAC on every event.
 */
export const stampOf = (keys: Keys, id: string, leaf: Buffer): Buffer =>
  Buffer.from(stampText(keys, id, leaf.toString('latin1')), 'latin1');

/** As stampOf; the leaf hash and the stamp as texts, a character a byte (`latin1`). */
export function stampText(keys: Keys, id: string, leaf: string): string {
  const block = blockOf(keys);
  if (id.length !== 36 || leaf.length !== 32) throw new RangeError('a stamp is of an id and a leaf hash');
  block.write(id, KEY, 'latin1');
  block.write(leaf, KEY + 36, 'latin1');
  return sha256Text(block).slice(0, STAMP_BYTES);
}

/**
 * The places, in rows packed end to end (id and leaf hash of each), whose stamps (packed likewise) are not this
 * Reeve's. All stamps are compared at once; one by one only if that fails.
 */
export function foreignPlaces(keys: Keys, rows: Buffer, stamps: Buffer): number[] {
  const block = blockOf(keys);
  const count = rows.length / STAMPED_BYTES;
  const expected = Buffer.alloc(count * STAMP_BYTES);
  for (let i = 0; i < count; i += 1) {
    rows.copy(block, KEY, i * STAMPED_BYTES, (i + 1) * STAMPED_BYTES);
    sha256(block).copy(expected, i * STAMP_BYTES, 0, STAMP_BYTES);
  }
  if (equalBytes(expected, stamps)) return [];
  const at = (all: Buffer, i: number): Buffer => all.subarray(i * STAMP_BYTES, (i + 1) * STAMP_BYTES);
  return Array.from({ length: count }, (_, i) => i).filter((i) => !equalBytes(at(expected, i), at(stamps, i)));
}
