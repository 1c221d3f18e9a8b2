import { open, randomSecret, reseal, seal, sealingKey, type SealingKey } from './seal.ts';
import { wipe } from './digest.ts';

/** A secret under its own data key, and that data key under a wrapping key. */
export interface Envelope {
  readonly wrappedKey: Buffer;
  readonly sealed: Buffer;
}

/** Wraps 32 fresh random bytes as a data key bound to `context`. */
export function newDataKey(
  wrapping: SealingKey,
  context: string,
): { readonly key: SealingKey; readonly wrapped: Buffer } {
  const secret = randomSecret(32);
  try {
    return { key: sealingKey(secret), wrapped: wrapKey(wrapping, secret, context) };
  } finally {
    wipe(secret);
  }
}

/** Seals key material under another key. */
export const wrapKey = (wrapping: SealingKey, secret: Buffer, context: string): Buffer =>
  seal(wrapping, secret, `key:${context}`);

/** Opens a wrapped data key as a usable key. Throws `crypto.does_not_open`. */
export function unwrapKey(wrapping: SealingKey, wrapped: Buffer, context: string): SealingKey {
  const secret = open(wrapping, wrapped, `key:${context}`);
  try {
    return sealingKey(secret);
  } finally {
    wipe(secret);
  }
}

/** Puts a data key under the newest wrapping key; what it sealed stays as it is. Throws `crypto.does_not_open`. */
export const rewrapKey = (wrapping: SealingKey, wrapped: Buffer, context: string): Buffer =>
  reseal(wrapping, wrapped, `key:${context}`);

/** Binds a data key to another context; what it sealed stays as it is. Throws `crypto.does_not_open`. */
export function rebindKey(wrapping: SealingKey, wrapped: Buffer, from: string, to: string): Buffer {
  const secret = open(wrapping, wrapped, `key:${from}`);
  try {
    return wrapKey(wrapping, secret, to);
  } finally {
    wipe(secret);
  }
}

/** What an envelope is bound to: its value for good, and its data key to what may change about it. */
export interface EnvelopeContext {
  readonly value: string;
  readonly key: string;
}

/** Seals one secret under a data key of its own. Both parts are bound to their context and open nowhere else. */
export function sealEnvelope(wrapping: SealingKey, plaintext: Buffer, context: EnvelopeContext): Envelope {
  const { key, wrapped } = newDataKey(wrapping, context.key);
  return { wrappedKey: wrapped, sealed: seal(key, plaintext, context.value) };
}

/** The data key of an envelope, to open it more than once with. Throws `crypto.does_not_open`. */
export const envelopeKey = (
  wrapping: SealingKey,
  envelope: Pick<Envelope, 'wrappedKey'>,
  context: EnvelopeContext,
): SealingKey => unwrapKey(wrapping, envelope.wrappedKey, context.key);

/** Opens an envelope; the returned Buffer is the caller's to wipe. Throws `crypto.does_not_open`. */
export const openEnvelope = (wrapping: SealingKey, envelope: Envelope, context: EnvelopeContext): Buffer =>
  open(envelopeKey(wrapping, envelope, context), envelope.sealed, context.value);
