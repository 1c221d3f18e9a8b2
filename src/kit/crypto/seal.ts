import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  randomFillSync,
  type KeyObject,
} from 'node:crypto';
import { AppError } from '#kit/errors/index.ts';
import { sha256 } from './digest.ts';

const VERSION = 1;
const VERSION_BYTE = Buffer.of(VERSION);
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes a sealed value is longer than its plaintext: version, key id, nonce, tag. */
export const SEAL_OVERHEAD = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** A 256-bit key for sealing. Its id is a digest, so a sealed value can say which key opens it without telling the key. */
export interface SealingKey {
  readonly id: Buffer;
  readonly secret: KeyObject;
  /** Keys of other generations for the same purpose: nothing is sealed under them, and what was still opens. */
  readonly others?: readonly SealingKey[] | undefined;
}

/** Takes 32 bytes as a sealing key. The Buffer stays the caller's, to wipe. */
export function sealingKey(secret: Buffer): SealingKey {
  if (secret.length !== 32) throw new RangeError('a sealing key has 32 bytes');
  const id = sha256(Buffer.concat([Buffer.from('reeve sealing key id v1\0'), secret])).subarray(0, KEY_ID_BYTES);
  return { id, secret: createSecretKey(secret) };
}

/**
 * Nonces that cannot repeat: 64 random bits fixed for this process, then a 32-bit count (the deterministic
 * construction of NIST SP 800-38D §8.2.1). When the count is used up, a fresh fixed part is drawn, so one
 * process never gives the same nonce twice, whatever the key; two processes would first have to draw the
 * same 64 bits.
 */
export function createNonceSource(countUpTo = 2 ** 32): () => Buffer {
  let fixed = randomBytes(8);
  let count = 0;
  return () => {
    if (count === countUpTo) {
      fixed = randomBytes(8);
      count = 0;
    }
    const nonce = Buffer.allocUnsafe(NONCE_BYTES);
    fixed.copy(nonce);
    nonce.writeUInt32BE(count, 8);
    count += 1;
    return nonce;
  };
}

const nextNonce = createNonceSource();

/**
 * Seals with AES-256-GCM (NIST SP 800-38D). `context` is authenticated, not stored: whatever ties the value to its
 * place (table, row, version, field), so that a ciphertext moved elsewhere does not open.
 * Layout: version 1 · key id 8 · nonce 12 · tag 16 · ciphertext.
 */
export function seal(key: SealingKey, plaintext: Buffer, context: string): Buffer {
  const nonce = nextNonce();
  const { tag, ciphertext } = sealAesGcm(key.secret, { nonce, plaintext, additional: Buffer.from(context) });
  return Buffer.concat([VERSION_BYTE, key.id, nonce, tag, ciphertext]);
}

/**
 * Opens what `seal` made, under the same key and context; the returned Buffer is the caller's to wipe.
 * Throws `crypto.does_not_open` for anything else, without telling what was wrong with it.
 */
export const open = (key: SealingKey, sealed: Buffer, context: string): Buffer => openBox(key, boxOf(sealed, context));

/** A sealed value taken apart, with the context it must be bound to: to be opened many times. */
export interface SealedBox {
  /** Undefined where it is no sealed value. */
  readonly keyId: Buffer | undefined;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
  readonly additional: Buffer;
}

/** Takes apart what `seal` made. Proves nothing: that is for `openBox`. */
export const boxOf = (sealed: Buffer, context: string): SealedBox => ({
  keyId: keyIdOf(sealed),
  nonce: sealed.subarray(9, 21),
  tag: sealed.subarray(21, SEAL_OVERHEAD),
  ciphertext: sealed.subarray(SEAL_OVERHEAD),
  additional: Buffer.from(context),
});

/** As `open`. */
export function openBox(key: SealingKey, box: SealedBox): Buffer {
  const named = namedKey(key, box.keyId);
  const plain = named === undefined ? undefined : openAesGcm(named.secret, box);
  if (plain === undefined) {
    throw new AppError({
      code: 'crypto.does_not_open',
      status: 500,
      detail: 'a sealed value does not open: it was altered, moved to another place, or sealed under another key',
      fix: 'check that the root key file belongs to this database',
    });
  }
  return plain;
}

/** Seals again, under the newest key, what one of the same purpose sealed. Throws `crypto.does_not_open`. */
export function reseal(key: SealingKey, sealed: Buffer, context: string): Buffer {
  const plain = open(key, sealed, context);
  try {
    return seal(key, plain, context);
  } finally {
    plain.fill(0);
  }
}

function namedKey(key: SealingKey, id: Buffer | undefined): SealingKey | undefined {
  if (id === undefined) return undefined;
  return id.equals(key.id) ? key : key.others?.find((other) => id.equals(other.id));
}

/** The id of the key a sealed value names, to find it by; undefined when it is no sealed value. */
export const keyIdOf = (sealed: Buffer): Buffer | undefined =>
  sealed.length >= SEAL_OVERHEAD && sealed[0] === VERSION ? sealed.subarray(1, 1 + KEY_ID_BYTES) : undefined;

/** AES-GCM encryption with a full tag. The nonce is the caller's promise; everything outside this folder uses `seal`. */
export function sealAesGcm(
  key: KeyObject,
  box: { readonly nonce: Buffer; readonly plaintext: Buffer; readonly additional: Buffer },
): { readonly tag: Buffer; readonly ciphertext: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', key, box.nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(box.additional);
  const ciphertext = cipher.update(box.plaintext);
  cipher.final();
  return { tag: cipher.getAuthTag(), ciphertext };
}

/** AES-GCM decryption with a full tag and a 96-bit nonce only; undefined when it does not authenticate. */
export function openAesGcm(
  key: KeyObject,
  box: { readonly nonce: Buffer; readonly tag: Buffer; readonly ciphertext: Buffer; readonly additional: Buffer },
): Buffer | undefined {
  if (box.tag.length !== TAG_BYTES || box.nonce.length !== NONCE_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, box.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(box.additional);
  decipher.setAuthTag(box.tag);
  const plain = decipher.update(box.ciphertext);
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

/** Fresh random bytes from the operating system's generator. */
export const randomSecret = (bytes: number): Buffer => randomFillSync(Buffer.alloc(bytes));
