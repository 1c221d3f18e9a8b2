import type { Keys } from '#kit/crypto/index.ts';
import { createSecret, promoteVersion, sealVersion } from '#guard/vault/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { keepReconcileSecret, reconcileSecretOf } from './store.ts';

/** Keeps the credential of a second account of Reeve's on a system. Returns the secret's id. */
export async function setReconcileAccount(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly username: string;
    readonly kind: 'password' | 'ssh_key' | 'api_key';
    readonly value: string;
  },
): Promise<string> {
  const system = await requireSystem(ctx.tx, input.systemId);
  const value = Buffer.from(input.value);
  try {
    const known = await reconcileSecretOf(ctx.tx, system.id);
    if (known !== undefined) {
      const version = await sealVersion(keys, ctx, permit, { secretId: known, value, username: input.username });
      await promoteVersion(keys, ctx, permit, { secretId: known, version });
      return known;
    }
    const secret = await createSecret(keys, ctx, permit, {
      name: `reconcile/${system.name}`,
      kind: input.kind,
      purpose: 'connection',
      systemId: system.id,
      ownerId: system.ownerId ?? undefined,
      username: input.username,
      value,
    });
    await keepReconcileSecret(ctx.tx, system.id, secret.id);
    return secret.id;
  } finally {
    value.fill(0);
  }
}
