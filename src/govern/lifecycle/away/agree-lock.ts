import type { Targets } from '#connectors/port.ts';
import { closedUntil, failureClass, isAwaited, isBeingGiven, nextTryMs } from '#govern/provisioning/index.ts';
import type { Account } from '#spine/graph/index.ts';
import { applyAccountReading, getAccount, getIdentity } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { needsPerson } from '../consequences/needs-person.ts';
import { leaveAsItIs, noteProblem, settleItems, type ItemKind } from '../consequences/receipts.ts';
import { claimLock, getLock, noteSeenOpen, putLockOff, releaseLock, settleLock, type AwayLock } from './store.ts';
import { whyLeftLocked } from './why-left-locked.ts';

/** How soon a lock that another worker is at, or that waits for the end of maintenance, is looked at again. */
const SOON_MS = 3_000;
const MAINTENANCE_MS = 60_000;
/** How soon a target is looked at again where others carry changes out. */
const AWAITED_MS = 120_000;

/**
 * Makes one account agree with what its lock wants now, and proves it by reading back. Safe to repeat and to run beside
 * itself; killed between the change and its note, the next try knows whose lock it sees. Where a later try may succeed it
 * is queued; in a maintenance window it waits without being tried.
 */
export async function agreeLock(targets: Targets, job: JobCtx, lockId: string): Promise<void> {
  if (!(await claimLock(job.db, lockId, job.clock.now()))) {
    if ((await getLock(job.db, lockId)) !== undefined) await putLockOff(job.db, lockId, job.clock.now(), SOON_MS);
    return;
  }
  try {
    for (;;) {
      const lock = await getLock(job.db, lockId);
      if (lock === undefined || !(await carryOut(targets, job, lock))) return;
    }
  } finally {
    await releaseLock(job.db, lockId);
  }
}

/** Carries a lock out once; true when it changed its mind meanwhile, so that it is to be looked at again. */
async function carryOut(targets: Targets, job: JobCtx, lock: AwayLock): Promise<boolean> {
  const { account, state } = await job.db.tx(async (tx) => {
    const found = await getAccount(tx, lock.accountId);
    const owner = found?.identityId == null ? undefined : await getIdentity(tx, found.identityId);
    return { account: found, state: owner?.state };
  });
  if (account === undefined || account.state === 'gone')
    return !(await settle(job, lock, 'the account is gone', { over: true }));
  const now = job.clock.now();
  const closed = await closedUntil(job.db, account.systemId, now);
  if (closed !== undefined) {
    await note(job, lock, `waits for the end of maintenance at ${closed.toISOString()}`);
    await putLockOff(job.db, lock.id, now, Math.min(closed.getTime() - now.getTime(), MAINTENANCE_MS));
    return false;
  }
  // What was begun before they went away is given first, and locked after that.
  if (lock.wanted === 'locked' && (await isBeingGiven(job.db, account))) {
    await putLockOff(job.db, lock.id, now, SOON_MS);
    return false;
  }
  try {
    return lock.wanted === 'locked'
      ? await lockIt(targets, job, lock, account, state === 'leave' || state === 'suspended')
      : await openIt(targets, job, lock, account, state === 'active');
  } catch (error) {
    await note(job, lock, error instanceof Error ? error.message : 'failed');
    // What is only ordered yet, where others carry it out, is no failure however long it takes.
    const afterMs = isAwaited(error)
      ? AWAITED_MS
      : needsPerson(error)
        ? undefined
        : nextTryMs(failureClass(error), lock.tries + 1);
    if (afterMs !== undefined) await putLockOff(job.db, lock.id, job.clock.now(), afterMs);
    else await settleLock(job.db, lock, { state: 'stuck', at: job.clock.now() });
    return false;
  }
}

async function lockIt(
  targets: Targets,
  job: JobCtx,
  lock: AwayLock,
  account: Account,
  isAway: boolean,
): Promise<boolean> {
  if (!isAway) return !(await settle(job, lock, 'not locked: whoever it belongs to is not away', { over: true }));
  const before = await read(targets, account);
  if (before?.account.state === 'locked' && lock.seenOpenAt === null)
    return !(await settle(job, lock, 'was locked already, by somebody else', { over: true, found: before }));
  if (before?.account.state === 'active') {
    if (lock.seenOpenAt === null) await noteSeenOpen(job.db, lock.id, job.clock.now());
    await change(targets, account, 'lock_account');
  }
  const after = await read(targets, account);
  if (after?.account.state === 'active') throw new Error(`${account.name} is still open after it was locked`);
  return !(await settle(job, lock, undefined, { locked: true, found: after }));
}

async function openIt(
  targets: Targets,
  job: JobCtx,
  lock: AwayLock,
  account: Account,
  isBack: boolean,
): Promise<boolean> {
  if (lock.seenOpenAt === null)
    return !(await settle(job, lock, 'was not locked while they were away', { over: true }));
  const why = isBack
    ? await job.db.tx((tx) => whyLeftLocked(tx, lock, account))
    : 'whoever it belongs to is not active';
  if (why !== undefined) return !(await settle(job, lock, why, { over: true }));
  if ((await read(targets, account))?.account.state === 'locked') await change(targets, account, 'unlock_account');
  const after = await read(targets, account);
  if (after?.account.state === 'locked') throw new Error(`${account.name} is still locked after it was opened`);
  return !(await settle(job, lock, undefined, { over: true, found: after }));
}

type Seen = Awaited<ReturnType<typeof read>>;

const read = (targets: Targets, account: Account) =>
  targets.use(account.systemId, (connector, target) => connector.readAccount(target, account.name));

const change = (targets: Targets, account: Account, what: 'lock_account' | 'unlock_account') =>
  targets.use(account.systemId, (connector, target) => connector.apply(target, { do: what, account: account.name }));

const itemOf = (lock: AwayLock): { what: ItemKind; receiptId: string; subjectId: string } => ({
  what: lock.wanted === 'locked' ? 'account_locked' : 'account_opened',
  receiptId: lock.wanted === 'locked' ? lock.receiptId : (lock.backReceiptId ?? lock.receiptId),
  subjectId: lock.accountId,
});

const note = async (job: JobCtx, lock: AwayLock, problem: string): Promise<void> =>
  await job.act({ action: 'lifecycle.apply' }, (ctx) => noteProblem(ctx.tx, { ...itemOf(lock), problem }));

/** Ends what the lock wanted, with what was seen; `why` where the account was left as it is. */
async function settle(
  job: JobCtx,
  lock: AwayLock,
  why: string | undefined,
  how: { readonly locked?: boolean; readonly over?: boolean; readonly found?: Seen },
): Promise<boolean> {
  return await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
    if (!(await settleLock(ctx.tx, lock, { state: 'done', at: ctx.now, ...how }))) return false;
    if ('found' in how) {
      const account = await getAccount(ctx.tx, lock.accountId);
      if (account !== undefined)
        await applyAccountReading(ctx, permit, { systemId: account.systemId, name: account.name, found: how.found });
    }
    const item = itemOf(lock);
    if (why === undefined) await settleItems(ctx.tx, { ...item, what: [item.what], proven: true });
    else await leaveAsItIs(ctx.tx, { ...item, because: why });
    return true;
  });
}
