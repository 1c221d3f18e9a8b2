import type { Credential } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { credentialOf, findSecret, readVersion, useSecret, type VersionState } from '#guard/vault/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { isRotatedKind, type Rotation } from './model.ts';

/** A version as what one logs in with. */
export interface OpenCredential {
  readonly version: number;
  readonly state: VersionState;
  readonly credential: Exclude<Credential, { kind: 'none' }>;
}

/** A version of a rotation's secret, its use on the record; undefined where there is no such version. */
export async function openVersion(
  keys: Keys,
  job: JobCtx,
  rotation: Pick<Rotation, 'secretId' | 'systemId' | 'accountNativeId'>,
  which: { readonly state: VersionState } | { readonly version: number },
): Promise<OpenCredential | undefined> {
  return await job.act({ action: 'secret.use' }, async (ctx, permit) => {
    const secret = await findSecret(ctx.tx, rotation.secretId);
    const row = secret && (await readVersion(ctx.tx, secret.id, which));
    // Nothing is released, so nothing is to be recorded.
    if (secret === undefined || row === undefined || !isRotatedKind(secret.kind)) return undefined;
    const opened = await useSecret(keys, ctx, permit, {
      secret,
      systemId: rotation.systemId,
      purpose: 'rotation',
      version: row.version,
    });
    const credential = credentialOf(secret.kind, opened.username ?? rotation.accountNativeId, opened.value);
    opened.value.fill(0);
    return { version: row.version, state: row.state, credential: credential as OpenCredential['credential'] };
  });
}
