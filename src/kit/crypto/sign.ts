import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** RFC 8410 wrappings of a raw Ed25519 seed and public key. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** An Ed25519 key (RFC 8032) that signs. `publicKey` is the raw 32 bytes. */
export interface SigningKey {
  readonly publicKey: Buffer;
  sign(message: Buffer | string): Buffer;
}

/** The signing key of a 32-byte seed; the same seed gives the same key. */
export function signingKey(seed: Buffer): SigningKey {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const der = Buffer.concat([PKCS8, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { publicKey, sign: (message) => sign(null, Buffer.from(message), key) };
}

/** True when `signature` over `message` is of the raw 32-byte Ed25519 public key. Never throws. */
export function verifySignature(publicKey: Buffer, message: Buffer | string, signature: Buffer): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
    return verify(null, Buffer.from(message), key, signature);
  } catch {
    return false;
  }
}
