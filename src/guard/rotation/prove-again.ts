import { secretOfAccount, readVersion } from '#guard/vault/index.ts';
import type { Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { planRotation } from './plan-rotation.ts';
import type { RotationEdges } from './reach-target.ts';
import { openRotation } from './store.ts';
import { takesPasswords } from './takes-passwords.ts';

export const PROVE_AGAIN = 'rotation.prove_again_later';
const LATER_MS = 3000;

/** An account Reeve keeps a secret for, with no value that a log-on has proved. */
async function isUnproved(db: Queryable, accountId: string): Promise<boolean> {
  const secret = await secretOfAccount(db, accountId);
  return secret !== undefined && (await readVersion(db, secret.id, { state: 'current' })) === undefined;
}

/**
 * Gives an account that is open again a credential, where nothing proved one yet: it was locked before its first log-on,
 * for instance by a grant that was over at once. A rotation that is under way may have tried while it was locked, and
 * fail for it: that is waited for.
 */
export async function proveAgain(edges: RotationEdges, job: JobCtx, accountId: string): Promise<void> {
  if (!(await isUnproved(job.db, accountId)) || !(await takesPasswords(edges.targets, job, accountId))) return;
  if ((await openRotation(job.db, accountId)) !== undefined)
    return await enqueue(job.db, PROVE_AGAIN, { accountId }, { key: `${PROVE_AGAIN}:${accountId}`, afterMs: LATER_MS });
  await job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
    planRotation(edges.keys, ctx, permit, {
      accountId,
      cause: 'created',
      because: 'the account is open again, and nothing proved its credential yet',
    }),
  );
}
