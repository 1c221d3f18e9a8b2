import { applyInTurn, type AccountSession, type Change, type Connector, type Target } from '#connectors/port.ts';
import { getAccount, getIdentity, listAccounts } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { ProvisionTask } from './store.ts';

/** Nobody is helped by trying this again; a person has to look. */
export class Stuck extends Error {}
/** It is ordered where others carry it out, and not yet to be seen: nothing went wrong, and it is looked at again later. */
export class StillAwaited extends Error {}

export type Readback = Awaited<ReturnType<Connector['readAccount']>>;

/** Works on a target with one log-in for all of it, or with one a call where the connector knows no other way. */
export async function within<T>(
  connector: Connector,
  target: Target,
  work: (session: AccountSession) => Promise<T>,
): Promise<T> {
  if (connector.together !== undefined) return await connector.together(target, work);
  const apply: AccountSession['apply'] = (change) => connector.apply(target, change);
  return await work({
    readAccount: (account) => connector.readAccount(target, account),
    apply,
    applyEach: (changes) => applyInTurn(apply, changes),
  });
}

/** Applies a change; one that is only ordered yet does not keep what follows from it from being ordered too. Returns why it is awaited. */
export async function order(session: AccountSession, change: Change): Promise<string | undefined> {
  try {
    await session.apply(change);
    return undefined;
  } catch (error) {
    if (isAwaited(error)) return error.message;
    throw error;
  }
}

export const isAwaited = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'awaited';

/** The account the identity has on the system, else the one it would be given: named as the person signs in. */
export async function accountFor(
  job: JobCtx,
  task: Pick<ProvisionTask, 'identityId' | 'systemId' | 'accountId'>,
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
