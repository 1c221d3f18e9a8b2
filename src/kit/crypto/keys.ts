import { hkdfSync } from 'node:crypto';
import { sealingKey, type SealingKey } from './seal.ts';
import { signingKey, type SigningKey } from './sign.ts';
import { wipe } from './digest.ts';

/** The root of every key in Reeve: a file, or a security module that derives without giving the root away. */
export interface RootKey {
  /** 32 bytes for one purpose, always the same for the same purpose. The caller wipes them. */
  derive(purpose: string): Buffer;
}

/** Where a root key comes from, opened once at start. Throws an AppError that says what to do. */
export interface RootKeyProvider {
  open(): Promise<RootKey>;
}

/** Subkeys by purpose. A purpose is a constant written in the module that owns it, for instance `vault wrapping`; two modules never share one. */
export interface Keys {
  /** Names the root key without telling it: 16 hex digits. */
  readonly id: string;
  /** 32 bytes for MACs and seeds. */
  derive(purpose: string): Buffer;
  sealing(purpose: string): SealingKey;
  signing(purpose: string): SigningKey;
}

/** A root key held in memory; HKDF-SHA-256 (RFC 5869) with the purpose as `info`. */
export function rootKeyOf(secret: Buffer): RootKey {
  if (secret.length !== 32) throw new RangeError('a root key has 32 bytes');
  const salt = Buffer.from('reeve root key v1');
  return { derive: (purpose) => Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32)) };
}

/** Subkeys of a root key; sealing and signing keys are made once a purpose and kept. */
export function keysOf(root: RootKey): Keys {
  const sealing = new Map<string, SealingKey>();
  const signing = new Map<string, SigningKey>();
  const once = <K>(kept: Map<string, K>, purpose: string, make: (secret: Buffer) => K): K => {
    let key = kept.get(purpose);
    if (key === undefined) {
      const secret = root.derive(purpose);
      key = make(secret);
      wipe(secret);
      kept.set(purpose, key);
    }
    return key;
  };
  return {
    id: root.derive('root key id').toString('hex', 0, 8),
    derive: (purpose) => root.derive(`mac ${purpose}`),
    sealing: (purpose) => once(sealing, `seal ${purpose}`, sealingKey),
    signing: (purpose) => once(signing, `sign ${purpose}`, signingKey),
  };
}
