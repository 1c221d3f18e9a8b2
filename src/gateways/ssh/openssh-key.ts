import { generateKeyPairSync } from 'node:crypto';

export { toOpenSshKey } from '#kit/crypto/index.ts';

/** A fresh host key for the gateway. The caller stores it: people's clients remember it. */
export function makeHostKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}
