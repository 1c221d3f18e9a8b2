import { generateKeyPairSync } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { toOpenSshKey } from '#kit/crypto/index.ts';
import { signingKeyOf } from './wire/quick-keys.ts';

export { toOpenSshKey };

/** A fresh host key for the gateway. The caller stores it: people's clients remember it. */
export function makeHostKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

/**
 * A private key as a vault may hold it; undefined where it is no whole one. Of some such keys ssh2 says so, of others it asserts
 * the contrary, and with the numbers of others still it computes before it has looked at them.
 */
export function readPrivateKey(pem: Buffer): ParsedKey | undefined {
  try {
    const quick = signingKeyOf(pem);
    if (quick !== undefined) return quick;
    const read = ssh2.utils.parseKey(toOpenSshKey(pem)) as ParsedKey | ParsedKey[] | Error;
    const key = Array.isArray(read) ? read[0] : read;
    return key instanceof Error || key?.isPrivateKey() !== true ? undefined : key;
  } catch {
    return undefined;
  }
}
