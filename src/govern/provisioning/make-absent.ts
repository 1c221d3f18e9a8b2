import type { AccountSession, Targets } from '#connectors/port.ts';
import type { Tx } from '#kit/db/index.ts';
import { accessWithdrawn, applyAccountReading, effectiveAccess, getEntitlement } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { accountFor, order, StillAwaited, Stuck, within, type Readback } from './account-for.ts';
import { needsAccount, otherOwnerOf, settleTask, wantedByAnother, type ProvisionTask } from './store.ts';

/** Takes from an account what its task wants gone; false when the task changed its mind meanwhile. */
export async function makeAbsent(targets: Targets, job: JobCtx, task: ProvisionTask): Promise<boolean> {
  const entitlement = await job.db.tx((tx) => getEntitlement(tx, task.entitlementId));
  if (entitlement === undefined) throw new Stuck('the entitlement is no longer known');
  const { name, known } = await accountFor(job, task);
  // The account of somebody who turned out to be another is that one's: what they are granted stays on it, and it stays open.
  const other = await otherOwnerOf(job.db, task);
  const keep =
    (await wantedByAnother(job.db, task)) ||
    (other !== undefined && (await job.db.tx((tx) => isGranted(tx, other, task.entitlementId))));
  const keepAccount = other !== undefined || (await needsAccount(job.db, task));
  let seen: Readback;
  let proven = true;
  if (known) {
    seen = await targets.use(task.systemId, (connector, target) =>
      within(connector, target, (session) =>
        withdraw(session, { name, entitlement: entitlement.nativeId, keep, keepAccount }),
      ),
    );
    proven = keep || seen?.holdings.includes(entitlement.nativeId) !== true;
    if (!proven) throw new Error(`${name} still holds ${entitlement.name} after the change`);
  }
  return await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const back = known
      ? await applyAccountReading(ctx, permit, { systemId: task.systemId, name, found: seen })
      : undefined;
    if (!(await settleTask(ctx.tx, task, { state: 'done', at: ctx.now }))) return false;
    await ctx.record(permit, {
      event: accessWithdrawn,
      subject: task.identityId,
      data: {
        grantId: task.grantId,
        identityId: task.identityId,
        systemId: task.systemId,
        accountId: back?.accountId ?? task.accountId ?? undefined,
        elapsedMs: Math.max(0, ctx.now.getTime() - task.decidedAt.getTime()),
        proven,
      },
    });
    return true;
  });
}

/** Whether somebody reaches it by a grant, directly or through a role. */
const isGranted = async (tx: Tx, identityId: string, entitlementId: string): Promise<boolean> =>
  (await effectiveAccess(tx, identityId)).some((row) => row.via === 'grant' && row.entitlementId === entitlementId);

async function withdraw(
  session: AccountSession,
  what: { readonly name: string; readonly entitlement: string; readonly keep: boolean; readonly keepAccount: boolean },
): Promise<Readback> {
  if ((await session.readAccount(what.name)) === undefined) return undefined;
  const account = what.name;
  const first = what.keep ? undefined : await order(session, { do: 'revoke', account, entitlement: what.entitlement });
  const second = what.keepAccount ? undefined : await order(session, { do: 'lock_account', account });
  const awaited = first ?? second;
  if (awaited !== undefined) throw new StillAwaited(awaited);
  return await session.readAccount(what.name);
}
