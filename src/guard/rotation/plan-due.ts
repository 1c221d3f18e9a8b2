import type { Keys } from '#kit/crypto/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { dueRotations, type DueRotation } from './due-rotations.ts';
import { planRotation } from './plan-rotation.ts';
import { startRun } from './runs/start-run.ts';

/** So many that come due in one minute are rotated one by one. */
const A_FEW = 10;
/** As many are looked at in one minute. */
const AT_ONCE = 5_000;
/** The first proves that it works; then so many at a time. */
const WAVES = { canary: 1, waveSize: 20, mayFail: 0 };

/**
 * Rotates what is due by age or use. A few are planned as they are; many at once (a policy that was set, a night's worth
 * behind a window) are one plan, which the change guard judges whole and which goes wave by wave behind a canary: over the
 * limits a person decides first.
 */
export async function planDue(keys: Keys, job: JobCtx): Promise<void> {
  const due = await dueRotations(job.db, job.clock.now(), AT_ONCE);
  if (due.length > A_FEW) return await planMany(keys, job, due);
  for (const { accountId, cause } of due)
    await job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, (ctx, permit) =>
      planRotation(keys, ctx, permit, {
        accountId,
        cause,
        because:
          cause === 'age' ? 'its credential is as old as it may be' : 'its credential was used as often as it may be',
      }),
    );
}

/** A run each for those that may be done at the same times. */
async function planMany(keys: Keys, job: JobCtx, due: readonly DueRotation[]): Promise<void> {
  const byWindow = new Map<string, DueRotation[]>();
  for (const one of due) {
    const key = JSON.stringify(one.window);
    const same = byWindow.get(key);
    if (same === undefined) byWindow.set(key, [one]);
    else same.push(one);
  }
  for (const same of byWindow.values())
    await job.act({ action: 'rotation_run.advance' }, (ctx, permit) =>
      startRun({ keys }, ctx, permit, {
        ...WAVES,
        because: 'credentials are as old, or were used as often, as they may be',
        incident: false,
        window: same[0]?.window ?? null,
        which: { accountIds: same.map(({ accountId }) => accountId) },
      }),
    );
}
