import { sha256 } from '#kit/crypto/index.ts';
import { proveWithoutSignIn } from './fresh-proof.ts';
import type { House } from './house.ts';

/** Registers a public key for somebody, who proves afresh that it is them as their passkey would. Answers its id. */
export async function registerKey(
  house: Pick<House, 'db' | 'perform'>,
  identityId: string,
  publicKey: string,
): Promise<string> {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const resourceId = `SHA256:${sha256(blob).toString('base64').replace(/=+$/u, '')}`;
  await proveWithoutSignIn(house, identityId, { action: 'ssh_key.add', resourceId });
  return (await house.perform<{ id: string }>('devices.addSshKey', { publicKey }, identityId)).id;
}
