import type { JobCtx } from '#spine/operations/index.ts';
import { issuerOf } from './api-keys.ts';
import type { Rotation } from './model.ts';
import { reachTarget, type RotationEdges } from './reach-target.ts';

/**
 * Has the service make a key, labelled with this rotation. One of that label that is there already was made by a run that
 * was killed before it was sealed: nobody knows it, so it is revoked first.
 */
export async function issueApiKey(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<Buffer> {
  const label = `reeve-${rotation.id}`;
  return await reachTarget(edges, job, rotation, async (connector, target) => {
    const issuer = issuerOf(connector);
    await issuer.revokeLabelled(target, rotation.accountNativeId, label);
    return Buffer.from(await issuer.issue(target, rotation.accountNativeId, label));
  });
}
