import { createCipheriv, randomBytes } from 'node:crypto';
import { split } from 'shamir-secret-sharing';
import { mac } from './digest.ts';

/** Something sealed under a split key: what is stored, and the shares that are told to their holders only. */
export interface SealedSplit {
  readonly envelope: string;
  readonly shares: readonly Buffer[];
  /** Proves drills; it opens nothing. */
  readonly drillKey: Buffer;
}

/** The form `open-kit.mjs` opens. */
const FORMAT = 'reeve-break-glass-1';

/** Seals secrets under a key that is split at once and kept nowhere: `threshold` of `holders` shares give it back. */
export async function sealSplit(
  kit: string,
  secrets: Buffer,
  { holders, threshold }: { readonly holders: number; readonly threshold: number },
): Promise<SealedSplit> {
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
