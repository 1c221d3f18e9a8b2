import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { issuerOf } from './api-keys.ts';
import type { Rotation } from './model.ts';
import { reachTarget, type RotationEdges } from './reach-target.ts';

/**
 * Has the service make a key, labelled with this rotation. One of that label that is there already was made by a run that
 * was killed before it was sealed: nobody knows it, so it is revoked first.
 */
export async function issueApiKey(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<Buffer> {
  const label = labelFor(rotation.id);
  return await reachTarget(edges, job, rotation, async (connector, target) => {
    const issuer = issuerOf(connector);
    await issuer.revokeLabelled(target, rotation.accountNativeId, label);
    return Buffer.from(await issuer.issue(target, rotation.accountNativeId, label));
  });
}

const labelFor = (rotationId: string): string => `reeve-${rotationId}`;

/** What the service knows the key of a version by; undefined for one Reeve did not have made. */
export async function labelOf(db: Queryable, secretId: string, version: number): Promise<string | undefined> {
  const made = await db.maybe<{ id: string }>(sql`
    select r.id from rotation r where r.secret_id = ${secretId}
       and (r.version = ${version}
            -- A version that holds an old value again is of the rotation that made that value.
            or r.version = (select max(o.version) from rotation o join rotation b on b.back_version = ${version}
                             where o.secret_id = ${secretId} and b.secret_id = o.secret_id and o.version < b.version and o.state = 'done'))
     order by r.version desc limit 1`);
  return made && labelFor(made.id);
}
