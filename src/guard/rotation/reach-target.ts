import { TargetError, type Connector, type Credential, type Target, type Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { findSecret } from '#guard/vault/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Rotation } from './model.ts';
import { openVersion } from './open-version.ts';
import { reconcileSecretOf } from './reconcile/store.ts';
import { logsIn } from './set-credential.ts';

/** What a rotation works with. */
export interface RotationEdges {
  readonly keys: Keys;
  readonly targets: Targets;
}

/**
 * Reaches the target of a rotation as an account that may change it: that of the connection. Where it is the connection's
 * own credential that rotates, which of its values the target takes is found by logging in; and where it takes none, as
 * the reconcile account of the system, if it has one.
 */
export async function reachTarget<T>(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Pick<Rotation, 'systemId' | 'secretId' | 'accountNativeId'>,
  work: (connector: Connector, target: Target, through: Rotation['through']) => Promise<T>,
): Promise<T> {
  const { systemId } = rotation;
  const system = await job.db.tx((tx) => requireSystem(tx, systemId));
  const spare = await reconcileSecretOf(job.db, systemId);
  const own = system.credentialSecretId === rotation.secretId;
  if (!own && spare === undefined)
    return await edges.targets.use(systemId, (connector, target) => work(connector, target, 'connection'));
  const ways: { readonly as: Credential; readonly through: Rotation['through'] }[] = [];
  const add = async (secretId: string, state: 'pending' | 'current', through: Rotation['through']): Promise<void> => {
    const opened = await openVersion(edges.keys, job, { ...rotation, secretId }, { state });
    if (opened !== undefined) ways.push({ as: opened.credential, through });
  };
  if (system.credentialSecretId !== null) {
    if (own) await add(system.credentialSecretId, 'pending', 'connection');
    await add(system.credentialSecretId, 'current', 'connection');
    if (own) ways.reverse();
  }
  if (spare !== undefined) await add(spare, 'current', 'reconcile');
  for (const { as, through } of ways) {
    const opens = await edges.targets.use(systemId, (connector, target) => logsIn(connector, target, as), as);
    if (opens) return await edges.targets.use(systemId, (connector, target) => work(connector, target, through), as);
  }
  const secret =
    system.credentialSecretId && (await job.db.tx((tx) => findSecret(tx, system.credentialSecretId ?? '')));
  throw new TargetError(
    'failed',
    `${system.name} takes none of the credentials Reeve has to change it with${secret ? ` (${secret.name})` : ''}; give it another: reeve systems reconcile-account`,
  );
}
