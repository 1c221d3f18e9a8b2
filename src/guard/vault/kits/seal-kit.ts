import { createCipheriv, randomBytes } from 'node:crypto';
import { split } from 'shamir-secret-sharing';
import { mac, sha256 } from '#kit/crypto/index.ts';

/** A kit as it is sealed: what is stored, and the shares that are told to their holders only. */
export interface SealedKit {
  readonly envelope: string;
  readonly shares: readonly Buffer[];
  /** Proves drills; it opens nothing. */
  readonly drillKey: Buffer;
}

/** The form `open-kit.mjs` opens. */
const FORMAT = 'reeve-break-glass-1';

/** Seals secrets under a key that is split at once and kept nowhere: `threshold` of `holders` shares give it back. */
export async function sealKit(
  kit: string,
  secrets: Buffer,
  { holders, threshold }: { readonly holders: number; readonly threshold: number },
): Promise<SealedKit> {
  const key = randomBytes(32);
  try {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(`${FORMAT}/${kit}`));
    const sealed = Buffer.concat([cipher.update(secrets), cipher.final()]);
    const shares = await split(new Uint8Array(key), holders, threshold);
    const envelope = {
      format: FORMAT,
      kit,
      threshold,
      nonce: nonce.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      sealed: sealed.toString('base64'),
    };
    return {
      envelope: JSON.stringify(envelope),
      shares: shares.map((share) => Buffer.from(share)),
      drillKey: mac(key, 'reeve break-glass drill'),
    };
  } finally {
    key.fill(0);
  }
}

/** A share as it is printed: in groups of four, with a check against mistyping. */
export function printedShare(kit: string, number: number, share: Buffer): string {
  const groups = share.toString('hex').match(/.{1,4}/g) ?? [];
  return `RK1 ${kit} ${number} ${groups.join(' ')} ${sha256(share).toString('hex').slice(0, 8)}`;
}

/** The code that the opened kit gives for a drill. */
export const drillCode = (drillKey: Buffer, number: number): string =>
  mac(drillKey, String(number)).toString('hex').slice(0, 20);
