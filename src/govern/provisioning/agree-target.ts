import type { Change, Connector, Target, Targets } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import {
  accessRealised,
  accessWithdrawn,
  accountCreated,
  applyAccountReading,
  getAccount,
  getEntitlement,
  getIdentity,
  linkAccount,
  listAccounts,
  type AccountReadingResult,
  type Entitlement,
} from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { provisioningStuck } from './events.ts';
import {
  claimTask,
  getTask,
  KEEP_CLAIM_EVERY_MS,
  keepClaim,
  needsAccount,
  noteAccount,
  noteCreating,
  releaseTask,
  settleTask,
  wantedByAnother,
  type ProvisionTask,
} from './store.ts';
import { lookAgainLater, putOff, tryAgainLater, wakeWaiters } from './try-again.ts';

/** Nobody is helped by trying this again; a person has to look. */
class Stuck extends Error {}
/** It is ordered where others carry it out, and not yet to be seen: nothing went wrong, and it is looked at again later. */
class StillAwaited extends Error {}

type Readback = Awaited<ReturnType<Connector['readAccount']>>;

/** As long as a dead worker's claim holds: whoever takes the task over waits it out instead of trying again later. */
const CLAIM_WAIT_MS = 15_000;

/**
 * Makes one target agree with what its task wants now, and proves it by reading the account back. Safe to repeat and
 * to run beside itself: a task is claimed, what is wanted is read at the last moment, and a task that changed its
 * mind meanwhile is carried out again as last wanted. Where a later try may succeed it is queued, sooner or later by what
 * went wrong; in a maintenance window it waits without being tried.
 */
export async function agreeTarget(targets: Targets, job: JobCtx, taskId: string): Promise<void> {
  await claimOrWait(job, taskId);
  const keeping = setInterval(() => {
    keepClaim(job.db, taskId, job.clock.now()).catch((error: unknown) =>
      job.log.warn('a claim could not be kept up', { taskId, error }),
    );
  }, KEEP_CLAIM_EVERY_MS);
  try {
    for (;;) {
      const task = await getTask(job.db, taskId);
      if (task === undefined || task.state !== 'waiting') return;
      if (await putOff(job, task)) return;
      if (await carryOut(targets, job, task)) return await wakeWaiters(job, task);
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    if (error instanceof StillAwaited) {
      await lookAgainLater(job, taskId, problem);
      return;
    }
    const permanent = error instanceof Stuck || (error instanceof AppError && error.status === 409) || isRefusal(error);
    if (!permanent && (await tryAgainLater(job, taskId, error, problem))) return;
    await giveToPerson(job, taskId, problem, error instanceof AppError && error.code === 'system.no_connector');
  } finally {
    clearInterval(keeping);
    await releaseTask(job.db, taskId);
  }
}

const isRefusal = (error: unknown): boolean => error instanceof Error && 'retry' in error && error.retry === false;

/** Applies a change; one that is only ordered yet does not keep what follows from it from being ordered too. Returns why it is awaited. */
async function order(connector: Connector, target: Target, change: Change): Promise<string | undefined> {
  try {
    await connector.apply(target, change);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'awaited') return error.message;
    throw error;
  }
}

async function claimOrWait(job: JobCtx, taskId: string): Promise<void> {
  for (let waited = 0; !(await claimTask(job.db, taskId, job.clock.now())); waited += 100) {
    if (waited >= CLAIM_WAIT_MS) throw new Error('another worker is at this task');
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function giveToPerson(job: JobCtx, taskId: string, problem: string, manual: boolean): Promise<void> {
  const task = await getTask(job.db, taskId);
  if (task === undefined) return;
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const settled = await settleTask(ctx.tx, task, { state: manual ? 'manual' : 'stuck', problem, at: ctx.now });
    if (!settled) return;
    await ctx.record(permit, {
      event: provisioningStuck,
      subject: task.identityId,
      data: { taskId, grantId: task.grantId, systemId: task.systemId, wanted: task.wanted, problem },
    });
  });
}

/** Carries a task out once; true when it is settled. */
async function carryOut(targets: Targets, job: JobCtx, task: ProvisionTask): Promise<boolean> {
  const entitlement = await job.db.tx((tx) => getEntitlement(tx, task.entitlementId));
  if (entitlement === undefined) throw new Stuck('the entitlement is no longer known');
  return task.wanted === 'present'
    ? await makePresent(targets, job, task, entitlement)
    : await makeAbsent(targets, job, task, entitlement);
}

async function makePresent(
  targets: Targets,
  job: JobCtx,
  task: ProvisionTask,
  entitlement: Entitlement,
): Promise<boolean> {
  const { name, fullName, known } = await accountFor(job, task);
  const { created, seen, awaited } = await targets.use(task.systemId, async (connector, target) => {
    let made = false;
    let first: string | undefined;
    const before = await connector.readAccount(target, name);
    if (before === undefined) {
      await noteCreating(job.db, task.id, name);
      first = await order(connector, target, { do: 'create_account', account: name, fullName });
      made = true;
    } else if (!known && task.creating === name) {
      made = true;
    } else if (!known) {
      throw new Stuck(
        `an account called ${name} is on the system already and belongs to nobody Reeve knows; link it or rename it`,
      );
    } else if (before.account.state === 'locked') {
      first = await order(connector, target, { do: 'unlock_account', account: name });
    }
    const second = await order(connector, target, { do: 'grant', account: name, entitlement: entitlement.nativeId });
    return { created: made, seen: await connector.readAccount(target, name), awaited: first ?? second };
  });
  if (awaited !== undefined) throw new StillAwaited(awaited);
  if (seen?.holdings.includes(entitlement.nativeId) !== true)
    throw new Error(`${name} does not hold ${entitlement.name} after the change`);

  return await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const back = await applyAccountReading(ctx, permit, { systemId: task.systemId, name, found: seen });
    const accountId = accountOf(back);
    const account = await getAccount(ctx.tx, accountId);
    if (account?.identityId === null) {
      await linkAccount(ctx, permit, { accountId, identityId: task.identityId, because: 'created for a grant' });
    }
    await noteAccount(ctx.tx, task.id, accountId);
    if (created) {
      await ctx.record(permit, {
        event: accountCreated,
        subject: task.identityId,
        data: { accountId, systemId: task.systemId, identityId: task.identityId, grantId: task.grantId },
      });
    }
    if (!(await settleTask(ctx.tx, task, { state: 'done', at: ctx.now }))) return false;
    await ctx.record(permit, {
      event: accessRealised,
      subject: task.identityId,
      data: {
        grantId: task.grantId,
        identityId: task.identityId,
        systemId: task.systemId,
        accountId,
        elapsedMs: Math.max(0, ctx.now.getTime() - task.decidedAt.getTime()),
        proven: true,
      },
    });
    return true;
  });
}

async function makeAbsent(
  targets: Targets,
  job: JobCtx,
  task: ProvisionTask,
  entitlement: Entitlement,
): Promise<boolean> {
  const { name, known } = await accountFor(job, task);
  const keep = await wantedByAnother(job.db, task);
  const keepAccount = await needsAccount(job.db, task);
  let seen: Readback;
  let proven = true;
  if (known) {
    seen = await targets.use(task.systemId, (connector, target) =>
      withdraw(connector, target, { name, entitlement: entitlement.nativeId, keep, keepAccount }),
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

async function withdraw(
  connector: Connector,
  target: Target,
  what: { readonly name: string; readonly entitlement: string; readonly keep: boolean; readonly keepAccount: boolean },
): Promise<Readback> {
  if ((await connector.readAccount(target, what.name)) === undefined) return undefined;
  const account = what.name;
  const first = what.keep
    ? undefined
    : await order(connector, target, { do: 'revoke', account, entitlement: what.entitlement });
  const second = what.keepAccount ? undefined : await order(connector, target, { do: 'lock_account', account });
  const awaited = first ?? second;
  if (awaited !== undefined) throw new StillAwaited(awaited);
  return await connector.readAccount(target, what.name);
}

const accountOf = (back: AccountReadingResult): string => {
  if (back.accountId === undefined) throw new Error('the account read back is not in the graph');
  return back.accountId;
};

/** The account the identity has on the system, else the one it would be given: named as the person signs in. */
async function accountFor(
  job: JobCtx,
  task: ProvisionTask,
): Promise<{ name: string; fullName: string; known: boolean }> {
  return await job.db.tx(async (tx) => {
    const identity = await getIdentity(tx, task.identityId);
    if (identity === undefined) throw new Stuck('the identity is no longer known');
    const noted = task.accountId === null ? undefined : await getAccount(tx, task.accountId);
    const own =
      noted ??
      (
        await listAccounts(tx, { filter: { systemId: task.systemId, identityId: task.identityId }, limit: 10 })
      ).items.find((a) => a.kind !== 'shared');
    const name = own?.name ?? identity.username;
    if (name === null) throw new Stuck(`${identity.displayName} has no username to name an account by`);
    return { name, fullName: identity.displayName, known: own !== undefined };
  });
}
