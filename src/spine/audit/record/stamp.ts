import { equalBytes, sha256, type Keys } from '#kit/crypto/index.ts';

const KEY = 32;
const ID = 16;
const LEAF = 32;
const kept = new WeakMap<Keys, Buffer>();

/** The key, followed by room for what is stamped. */
function blockOf(keys: Keys): Buffer {
  let block = kept.get(keys);
  if (block === undefined) {
    block = Buffer.alloc(KEY + ID + LEAF);
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
  stampOfBytes(keys, Buffer.from(id.replaceAll('-', ''), 'hex'), leaf);

function stampOfBytes(keys: Keys, id: Buffer, leaf: Buffer): Buffer {
  const block = blockOf(keys);
  if (id.length !== ID || leaf.length !== LEAF) throw new RangeError('a stamp is of an id and a leaf hash');
  id.copy(block, KEY);
  leaf.copy(block, KEY + ID);
  return sha256(block).subarray(0, 16);
}

/** Whether this Reeve stamped the row; `id` as its 16 bytes. */
export const isStamped = (keys: Keys, id: Buffer, leaf: Buffer, stamp: Buffer): boolean =>
  equalBytes(stampOfBytes(keys, id, leaf), stamp);
