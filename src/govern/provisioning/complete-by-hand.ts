import { conflict, denied, notFound } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  accessRealised,
  accessWithdrawn,
  applyAccountReading,
  findAccount,
  getAccount,
  getEntitlement,
  getIdentity,
  linkAccount,
  listAccounts,
  type Account,
  type Entitlement,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { provisioningCompleted } from './events.ts';
import { completeTask, getTask, wantedByAnother, type ProvisionTask } from './store.ts';

export interface ByHand {
  readonly id: string;
  /** The account it was done for, as the system calls it; default the person's account there, else their username. */
  readonly account?: string | undefined;
  /** What shows that it was done: a ticket, a screenshot's name, a sentence. */
  readonly proof: string;
}

/**
 * Takes a person's word that a target was changed by hand, with what proves it. The graph then holds it as reported, not
 * seen, until a reading shows it. Throws where the task is not one for a person, where whoever says so benefits, and
 * where the account is somebody else's.
 */
export async function completeByHand(
  ctx: Ctx,
  permit: Permit<'provisioning.complete'>,
  input: ByHand,
): Promise<ProvisionTask> {
  const task = await getTask(ctx.tx, input.id);
  if (task === undefined) throw notFound('provision_task', input.id);
  if (ctx.principal.kind !== 'identity')
    throw denied('provisioning.completed_by_person', 'a person says that it was done', 'sign in and say it');
  if (task.identityId === ctx.principal.id)
    throw denied('provisioning.own_benefit', 'nobody vouches for their own access', 'ask another administrator');
  if (!(await completeTask(ctx.tx, task, ctx.now)))
    throw conflict(
      'provisioning.not_by_hand',
      `this task is ${task.state}`,
      'reeve provisioning ls --state manual lists those that wait for a person',
    );
  const entitlement = await getEntitlement(ctx.tx, task.entitlementId);
  if (entitlement === undefined) throw notFound('entitlement', task.entitlementId);
  const accountId = await told(ctx, permit, task, entitlement, input.account);
  await ctx.record(permit, {
    event: provisioningCompleted,
    subject: task.identityId,
    data: { taskId: task.id, grantId: task.grantId, wanted: task.wanted, proof: input.proof },
  });
  const data = {
    identityId: task.identityId,
    systemId: task.systemId,
    grants: [{ grantId: task.grantId, elapsedMs: Math.max(0, ctx.now.getTime() - task.decidedAt.getTime()) }],
    proven: false,
  };
  if (task.wanted === 'absent')
    await ctx.record(permit, { event: accessWithdrawn, subject: task.identityId, data: { ...data, accountId } });
  else if (accountId !== undefined)
    await ctx.record(permit, { event: accessRealised, subject: task.identityId, data: { ...data, accountId } });
  return { ...task, state: 'done', problem: null, settledAt: ctx.now };
}

/** Writes into the graph what was told; answers the account it is about. */
async function told(
  ctx: Ctx,
  permit: Permit<'provisioning.complete'>,
  task: ProvisionTask,
  entitlement: Entitlement,
  wantedName: string | undefined,
): Promise<string | undefined> {
  const account = await accountOf(ctx, task, wantedName);
  if (account !== undefined && account.identityId !== null && account.identityId !== task.identityId)
    throw conflict(
      'provisioning.account_of_another',
      `${account.name} is somebody else's account`,
      'name the account of the person the grant is for',
    );
  if (account === undefined && task.wanted === 'absent') return undefined;
  const name = account?.name ?? wantedName ?? (await usernameOf(ctx, task));
  const held = account === undefined ? [] : await holdingsOf(ctx, account.id);
  const keep = task.wanted === 'present' || (await wantedByAnother(ctx.tx, [task.id])).has(task.id);
  const others = held.filter((id) => id !== entitlement.nativeId);
  const { accountId } = await applyAccountReading(ctx, permit, {
    systemId: task.systemId,
    name,
    found: { account: asRead(name, account), holdings: keep ? [...others, entitlement.nativeId] : others },
    quality: 'reported',
  });
  if (accountId !== undefined && account?.identityId !== task.identityId)
    await linkAccount(ctx, permit, { accountId, identityId: task.identityId, because: 'made by hand for a grant' });
  return accountId;
}

async function accountOf(ctx: Ctx, task: ProvisionTask, name: string | undefined): Promise<Account | undefined> {
  if (name !== undefined) return await findAccount(ctx.tx, task.systemId, name);
  if (task.accountId !== null) return await getAccount(ctx.tx, task.accountId);
  const own = await listAccounts(ctx.tx, {
    filter: { systemId: task.systemId, identityId: task.identityId },
    limit: 10,
  });
  return own.items.find(({ kind }) => kind !== 'shared');
}

async function usernameOf(ctx: Ctx, task: ProvisionTask): Promise<string> {
  const identity = await getIdentity(ctx.tx, task.identityId);
  if (identity?.username !== null && identity?.username !== undefined) return identity.username;
  throw conflict('provisioning.no_account_name', 'the person has no username', 'name the account it was done for');
}

const holdingsOf = async (ctx: Ctx, accountId: string): Promise<readonly string[]> => {
  const rows = await ctx.tx.many<{ nativeId: string }>(sql`
    select e.native_id from holding h join entitlement e on e.id = h.entitlement_id
     where h.account_id = ${accountId} and h.valid_to is null and e.valid_to is null`);
  return rows.map(({ nativeId }) => nativeId);
};

const asRead = (name: string, account: Account | undefined) =>
  account === undefined
    ? {
        nativeId: name,
        name,
        state: 'active' as const,
        kind: 'personal' as const,
        attributes: {},
        privilegedBecause: [],
      }
    : {
        nativeId: account.nativeId,
        name: account.name,
        state: account.state === 'locked' ? ('locked' as const) : ('active' as const),
        kind: account.kind,
        attributes: account.attributes,
        privilegedBecause: account.privilegedBecause,
      };
