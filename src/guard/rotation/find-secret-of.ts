import { secretOfAccount, findSecret, readVersion, type Secret } from '#guard/vault/index.ts';
import type { Account, System } from '#spine/graph/index.ts';
import type { Tx } from '#kit/db/index.ts';

/** The secret that is an account's credential: its own, or that of the connection where Reeve itself logs in as it. */
export async function secretOf(tx: Tx, account: Account, system: System): Promise<Secret | undefined> {
  const own = await secretOfAccount(tx, account.id);
  if (own !== undefined || system.credentialSecretId === null) return own;
  const connection = await findSecret(tx, system.credentialSecretId);
  if (connection === undefined) return undefined;
  const current = await readVersion(tx, connection.id, { state: 'current' });
  return current?.username === account.nativeId ? connection : undefined;
}
