import type { Keys } from '#kit/crypto/index.ts';
import type { Credential, Targets } from '#connectors/port.ts';
import { abandonVersion, findSecret, promoteVersion, readVersion, sealVersion, useSecret } from '#guard/vault/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { rotationApplied, rotationDone, rotationFailed } from './events.ts';
import { newPassword } from './new-password.ts';
import { countTry, getRotation, moveRotation, type Rotation } from './store.ts';

/** What a rotation works with. */
export interface RotationEdges {
  readonly keys: Keys;
  readonly targets: Targets;
}

const facts = (r: Rotation): { rotationId: string; accountId: string; secretId: string; systemId: string } => ({
  rotationId: r.id,
  accountId: r.accountId,
  secretId: r.secretId,
  systemId: r.systemId,
});

/**
 * Takes a rotation as far as it will go. Killed anywhere, the next run goes on: the new value was sealed before the
 * target was changed, setting it again changes nothing, and which value the target takes is found out by logging
 * in with it, never assumed. Throws where a later try may succeed.
 */
export async function runRotation(edges: RotationEdges, job: JobCtx, rotationId: string): Promise<void> {
  const rotation = await getRotation(job.db, rotationId);
  if (rotation === undefined || rotation.endedAt !== null) return;
  try {
    if (rotation.state === 'planned') await sealNext(edges, job, rotation);
    await applyAndProve(edges, job, { ...rotation, state: rotation.state === 'planned' ? 'sealed' : rotation.state });
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    if (isUnsupported(error)) return await giveUp(edges, job, rotation, problem, true);
    await countTry(job.db, rotation.id, problem);
    throw error;
  }
}

/** Such a system has no credentials that could be set, now or later: nothing was changed, and no other try will. */
export const isUnsupported = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'unsupported';

async function sealNext(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<void> {
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const kept = await readVersion(ctx.tx, rotation.secretId, { state: 'pending' });
    if (kept !== undefined) {
      // A value that was set but could not be proved is still the best we know: it is tried again, not replaced.
      await moveRotation(ctx.tx, rotation.id, 'planned', { state: 'sealed', version: kept.version });
      return;
    }
    const value = newPassword();
    const version = await sealVersion(edges.keys, ctx, permit, {
      secretId: rotation.secretId,
      value,
      username: rotation.accountNativeId,
    });
    value.fill(0);
    await moveRotation(ctx.tx, rotation.id, 'planned', { state: 'sealed', version });
  });
}

/** The value of a version as what one logs in with; undefined where there is no such version. */
async function credentialIn(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  state: 'pending' | 'current',
): Promise<(Credential & { readonly kind: 'password' }) | undefined> {
  return await job.act({ action: 'secret.use' }, async (ctx, permit) => {
    const secret = await findSecret(ctx.tx, rotation.secretId);
    if (secret === undefined || (await readVersion(ctx.tx, secret.id, { state })) === undefined) {
      // Nothing is released, so nothing is to be recorded.
      return undefined;
    }
    const opened = await useSecret(edges.keys, ctx, permit, {
      secret,
      systemId: rotation.systemId,
      purpose: 'rotation',
      state,
    });
    const password = opened.value.toString('utf8');
    opened.value.fill(0);
    return { kind: 'password' as const, username: rotation.accountNativeId, password };
  });
}

async function applyAndProve(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<void> {
  const pending = await credentialIn(edges, job, rotation, 'pending');
  const current = await credentialIn(edges, job, rotation, 'current');
  if (pending === undefined) return;

  const outcome = await edges.targets.use(rotation.systemId, async (connector, target) => {
    if (!(await connector.verify(target, pending))) {
      await connector.apply(target, {
        do: 'set_password',
        account: rotation.accountNativeId,
        password: pending.password,
      });
    }
    const takesNew = await connector.verify(target, pending);
    const takesOld = current !== undefined && (await connector.verify(target, current));
    return takesNew ? (takesOld ? 'both' : 'proved') : takesOld ? 'old' : 'neither';
  });

  if (outcome === 'proved') await promote(edges, job, rotation);
  else await giveUp(edges, job, rotation, PROBLEMS[outcome], outcome !== 'neither');
}

const PROBLEMS = {
  both: 'the target takes the old credential beside the new one',
  old: 'the target does not take the new credential; the old one still works',
  neither: 'the new credential was set but no log-on proves it: may this account log in at all?',
} as const;

async function promote(edges: RotationEdges, job: JobCtx, rotation: Rotation): Promise<void> {
  await job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const now = await getRotation(ctx.tx, rotation.id);
    if (now?.version == null || now.endedAt !== null) return;
    const version = now.version;
    await ctx.record(permit, { event: rotationApplied, data: { ...facts(rotation), version } });
    await promoteVersion(edges.keys, ctx, permit, { secretId: rotation.secretId, version });
    await moveRotation(ctx.tx, rotation.id, now.state, { state: 'done', endedAt: ctx.now });
    await ctx.record(permit, { event: rotationDone, data: { ...facts(rotation), version } });
  });
}

/** `abandon`: the old value is known to work. Else the new one is kept, pending, since it may be the one that is set. */
async function giveUp(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  problem: string,
  abandon: boolean,
): Promise<void> {
  await job.act({ action: 'secret.update' }, async (ctx: Ctx, permit: Permit) => {
    const now = await getRotation(ctx.tx, rotation.id);
    if (now === undefined || now.endedAt !== null) return;
    if (abandon && now.version !== null)
      await abandonVersion(edges.keys, ctx, permit, {
        secretId: rotation.secretId,
        version: now.version,
        because: problem,
      });
    await moveRotation(ctx.tx, rotation.id, now.state, { state: 'failed', problem, endedAt: ctx.now });
    await ctx.record(permit, { event: rotationFailed, data: { ...facts(rotation), problem } });
  });
}
