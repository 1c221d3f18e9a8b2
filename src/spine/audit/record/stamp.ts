import { equalBytes, hmacSha256, type Keys } from '#kit/crypto/index.ts';

const kept = new WeakMap<Keys, Buffer>();

function keyOf(keys: Keys): Buffer {
  let key = kept.get(keys);
  if (key === undefined) {
    key = keys.derive('audit stamp');
    kept.set(keys, key);
  }
  return key;
}

/**
 * Shows that Reeve wrote a row of the log: 16 bytes of an HMAC over its id and leaf hash. Nobody without the root
 * key can make one, so a row put in by SQL is never numbered, nor is one changed before it was.
 */
export const stampOf = (keys: Keys, id: string, leaf: Buffer): Buffer =>
  hmacSha256(keyOf(keys), Buffer.concat([Buffer.from(id), leaf])).subarray(0, 16);

export const isStamped = (
  keys: Keys,
  row: { readonly id: string; readonly leaf: Buffer; readonly stamp: Buffer },
): boolean => equalBytes(stampOf(keys, row.id, row.leaf), row.stamp);
