import { TargetError, type Connector, type Credential, type Target } from '#connectors/port.ts';
import { sshPublicKey } from '#kit/crypto/index.ts';
import { issuerOf } from './api-keys.ts';

/** Makes a target take a credential of an account, beside the one it takes now where the kind can. Safe to repeat. */
export async function setCredential(
  connector: Connector,
  target: Target,
  account: string,
  next: Exclude<Credential, { kind: 'none' }>,
): Promise<void> {
  if (next.kind === 'password') await connector.apply(target, { do: 'set_password', account, password: next.password });
  else if (next.kind === 'ssh_key')
    await connector.apply(target, { do: 'set_keys', account, add: [publicKeyOf(next.privateKey)], remove: [] });
  // An API key was made by the service when it was sealed.
}

/**
 * Takes a credential back that another has taken the place of. A password is gone with the next one; a key Reeve did not
 * put there is left (an API key has a `label` then). Safe to repeat.
 */
export async function retireCredential(
  connector: Connector,
  target: Target,
  account: string,
  old: Exclude<Credential, { kind: 'none' }>,
  label: string | undefined,
): Promise<void> {
  if (old.kind === 'ssh_key') {
    const key = sshPublicKey(Buffer.from(old.privateKey));
    // A key in a format whose public half cannot be told was put there by somebody else, and is theirs to remove.
    if (key !== undefined) await connector.apply(target, { do: 'set_keys', account, add: [], remove: [key] });
  } else if (old.kind === 'token' && label !== undefined)
    await issuerOf(connector).revokeLabelled(target, account, label);
}

function publicKeyOf(privateKey: string): string {
  const key = sshPublicKey(Buffer.from(privateKey));
  if (key === undefined) throw new TargetError('refused', 'the key in the vault is in a format that cannot be set');
  return key;
}

/** A refusal to log in, also where the target says so by an error of another kind than the network's. */
export async function logsIn(connector: Connector, target: Target, credential: Credential): Promise<boolean> {
  try {
    return await connector.verify(target, credential);
  } catch (error) {
    if (error instanceof TargetError && error.code === 'refused' && target.credential === credential) return false;
    throw error;
  }
}
