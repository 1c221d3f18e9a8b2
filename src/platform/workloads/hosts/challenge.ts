import { mac, equalBytes, randomSecret, type Keys } from '#kit/crypto/index.ts';

/** What a host is asked to sign, and until when that counts. */
export interface Challenge {
  readonly challenge: string;
  readonly endsAt: Date;
}

/** How long a challenge may wait for its answer. */
const LIVES_MS = 120_000;
const RANDOM = 16;
const MAC = 16;

const keyOf = (keys: Keys): Buffer => keys.derive('workload challenges');

/**
 * A challenge for a host: one line that says which Reeve asked, which system is meant, and a nonce. Nothing is kept for
 * it; Reeve knows its own by a MAC, and takes each once.
 */
export function newChallenge(keys: Keys, publicUrl: string, system: string, now: Date): Challenge {
  const endsAt = new Date(now.getTime() + LIVES_MS);
  const nonce = Buffer.concat([instant(endsAt), randomSecret(RANDOM)]);
  const sum = mac(keyOf(keys), said(publicUrl, system, nonce)).subarray(0, MAC);
  return { challenge: said(publicUrl, system, Buffer.concat([nonce, sum])), endsAt };
}

/** Which system a challenge was for; undefined where it is not Reeve's own, or over. */
export function readChallenge(
  keys: Keys,
  publicUrl: string,
  challenge: string,
  now: Date,
): { readonly system: string; readonly endsAt: Date } | undefined {
  const [, , system = '', last = ''] = challenge.split(' ');
  const bytes = Buffer.from(last, 'base64url');
  const nonce = bytes.subarray(0, 8 + RANDOM);
  if (bytes.length !== 8 + RANDOM + MAC || said(publicUrl, system, bytes) !== challenge) return undefined;
  const sum = mac(keyOf(keys), said(publicUrl, system, nonce)).subarray(0, MAC);
  if (!equalBytes(sum, bytes.subarray(8 + RANDOM))) return undefined;
  const endsAt = new Date(Number(nonce.readBigUInt64BE()));
  return endsAt > now ? { system, endsAt } : undefined;
}

const said = (publicUrl: string, system: string, nonce: Buffer): string =>
  `reeve-workload ${publicUrl} ${system} ${nonce.toString('base64url')}`;

function instant(at: Date): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(at.getTime()));
  return out;
}
