import type { Connector, Target, Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { applyAccountReading, drift, getAccount, getEntitlement, getIdentity } from '#spine/graph/index.ts';
import { restoreOnTarget } from '#govern/provisioning/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { driftSettled, driftStuck } from './events.ts';
import { SETTLED_AS, type DriftCase } from './model.ts';
import { lockCase, moveCase } from './store.ts';

type Seen = Awaited<ReturnType<Connector['readAccount']>>;

/**
 * Carries out on the target what was decided about one case, and proves it by reading back; with `undo`, puts it
 * back. Looks at the last moment: what a grant stands behind by now is left alone. Safe to repeat. Throws where a later
 * try may succeed; what only a person can do opens the case again with the reason.
 */
export async function carryOut(
  targets: Targets,
  job: JobCtx,
  input: { readonly caseId: string; readonly undo?: boolean | undefined },
): Promise<void> {
  const found = await job.db.tx((tx) => lockCase(tx, input.caseId));
  if (found === undefined) return;
  const undo = input.undo === true;
  if (!undo && found.state !== 'reacting') return;
  try {
    if (found.reaction === 'restore') await restore(job, found);
    else await onTarget(targets, job, found, undo);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    if (!needsPerson(error)) {
      // It is tried again; until then whoever waits for it sees why.
      await job.db.tx((tx) =>
        tx.run(sql`update drift_case set problem = ${problem} where id = ${found.id} and state = 'reacting'`),
      );
      throw error;
    }
    await job.act({ action: 'drift.react' }, async (ctx, permit) => {
      const now = await lockCase(ctx.tx, found.id);
      if (now?.state === 'reacting') await moveCase(ctx.tx, found.id, { state: 'open', problem });
      await ctx.record(permit, { event: driftStuck, data: { caseId: found.id, problem } });
    });
  }
}

/** Provisioning makes the target agree with the grant again, as it does with every grant. */
async function restore(job: JobCtx, found: DriftCase): Promise<void> {
  const { grantId, entitlementId } = found;
  if (grantId === null || entitlementId === null) return;
  await job.act({ action: 'drift.react' }, async (ctx, permit) => {
    if (!(await restoreOnTarget(ctx, permit, { grantId, entitlementId })))
      await moveCase(ctx.tx, found.id, { state: 'gone' });
  });
}

async function onTarget(targets: Targets, job: JobCtx, found: DriftCase, undo: boolean): Promise<void> {
  const { account, entitlement, due } = await lookAgain(job, found, undo);
  if (account === undefined) return;
  let seen: Seen;
  if (due) {
    seen = await targets.use(found.systemId, async (connector, target) => {
      if ((await connector.readAccount(target, account)) === undefined) return undefined;
      await change(connector, target, found, { account, entitlement, undo });
      return await connector.readAccount(target, account);
    });
    const open = seen?.account.state === 'active';
    const holds = entitlement !== undefined && seen?.holdings.includes(entitlement) === true;
    if ((found.reaction === 'disable' ? open : holds) !== undo && seen !== undefined)
      throw new Error(`${account} is as it was after the change`);
  }
  await job.act({ action: 'drift.react' }, async (ctx, permit) => {
    if (due) await applyAccountReading(ctx, permit, { systemId: found.systemId, name: account, found: seen });
    const now = await lockCase(ctx.tx, found.id);
    if (!undo && now?.state !== 'reacting') return;
    const reaction = found.reaction === 'remove' ? 'remove' : 'disable';
    const state = undo || !due ? 'gone' : SETTLED_AS[reaction];
    await moveCase(ctx.tx, found.id, { state });
    await ctx.record(permit, {
      event: driftSettled,
      subject: found.identityId ?? undefined,
      data: { caseId: found.id, systemId: found.systemId, state },
    });
  });
}

/** What the case is about, and whether it is still so. */
const lookAgain = async (
  job: JobCtx,
  found: DriftCase,
  undo: boolean,
): Promise<{ account: string | undefined; entitlement: string | undefined; due: boolean }> =>
  await job.db.tx(async (tx) => {
    const account = found.accountId === null ? undefined : await getAccount(tx, found.accountId);
    const entitlement = found.entitlementId === null ? undefined : await getEntitlement(tx, found.entitlementId);
    const names = { account: account?.name, entitlement: entitlement?.nativeId };
    if (undo) return { ...names, due: true };
    if (found.reaction === 'remove') {
      const still = await drift(tx, { systemId: found.systemId, accountId: found.accountId ?? '', kind: 'unfounded' });
      return { ...names, due: still.some((d) => d.entitlementId === found.entitlementId) };
    }
    const owner = account?.identityId == null ? undefined : await getIdentity(tx, account.identityId);
    const due = found.situation === 'leaver_account' ? owner?.state === 'leaver' : owner === undefined;
    return { ...names, due: account?.state === 'active' && due };
  });

async function change(
  connector: Connector,
  target: Target,
  found: DriftCase,
  what: { readonly account: string; readonly entitlement: string | undefined; readonly undo: boolean },
): Promise<void> {
  const { account, entitlement, undo } = what;
  if (found.reaction === 'disable') {
    await connector.apply(target, { do: undo ? 'unlock_account' : 'lock_account', account });
  } else if (entitlement !== undefined) {
    await connector.apply(target, { do: undo ? 'grant' : 'revoke', account, entitlement });
  }
}

/** Trying again will not help: no connector, no credential, or the target says no. */
const needsPerson = (error: unknown): boolean =>
  (error instanceof AppError && error.status < 500) ||
  (error instanceof Error && 'retry' in error && error.retry === false);
