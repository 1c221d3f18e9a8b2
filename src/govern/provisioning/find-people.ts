import { accountsThere, getAccounts, getEntitlements, getIdentities, type Entitlement } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { creatingFor } from './claims.ts';
import { Stuck } from './failures.ts';
import type { ProvisionTask } from './store.ts';

/** Somebody with what is to be given to them, or taken, on one system. */
export interface Person {
  readonly identityId: string;
  readonly fullName: string;
  /** The account it is about: the one they have there, else the one they would be given. */
  readonly account: string;
  /** Whether the graph knows the account. */
  readonly known: boolean;
  /** Whether an earlier try was about to make it, so that one found there is ours. */
  readonly creating: boolean;
  readonly wants: readonly { readonly task: ProvisionTask; readonly entitlement: Entitlement }[];
}

/**
 * Who these tasks of one system are about, and by which account: the one an earlier try noted, else the one the person
 * has there, else one named as they sign in. What nobody can carry out is among `failed`, by task.
 */
export async function findPeople(
  job: JobCtx,
  tasks: readonly ProvisionTask[],
): Promise<{ readonly people: readonly Person[]; readonly failed: Map<string, unknown> }> {
  const failed = new Map<string, unknown>();
  const byPerson = new Map<string, ProvisionTask[]>();
  for (const task of tasks) byPerson.set(task.identityId, [...(byPerson.get(task.identityId) ?? []), task]);
  const known = await lookUp(job, tasks, [...byPerson.keys()]);
  const people = [...byPerson].flatMap(([identityId, theirs]): Person[] => {
    const wants = theirs.flatMap((task) => {
      const entitlement = known.entitlements.get(task.entitlementId);
      if (entitlement === undefined) failed.set(task.id, new Stuck('the entitlement is no longer known'));
      return entitlement === undefined ? [] : [{ task, entitlement }];
    });
    const identity = known.identities.get(identityId);
    const noted = theirs.flatMap((task) => known.accounts.get(task.accountId ?? '') ?? [])[0];
    const own = noted ?? known.own.get(identityId);
    const account = own?.name ?? identity?.username ?? null;
    if (identity !== undefined && account !== null)
      return wants.length === 0
        ? []
        : [
            {
              identityId,
              fullName: identity.displayName,
              account,
              known: own !== undefined,
              creating: known.creating.get(identityId) === account,
              wants,
            },
          ];
    const problem =
      identity === undefined
        ? 'the identity is no longer known'
        : `${identity.displayName} has no username to name an account by`;
    for (const { task } of wants) failed.set(task.id, new Stuck(problem));
    return [];
  });
  return { people, failed };
}

const lookUp = (job: JobCtx, tasks: readonly ProvisionTask[], identityIds: readonly string[]) =>
  job.db.tx(async (tx) => {
    const systemId = tasks[0]?.systemId ?? '';
    const entitlements = await getEntitlements(tx, [...new Set(tasks.map((task) => task.entitlementId))]);
    const accounts = await getAccounts(tx, [...new Set(tasks.flatMap((task) => task.accountId ?? []))]);
    const there = (await accountsThere(tx, systemId, identityIds)).filter(({ kind }) => kind !== 'shared');
    return {
      creating: await creatingFor(tx, { systemId, identityIds }),
      identities: new Map((await getIdentities(tx, identityIds)).map((i) => [i.id, i])),
      entitlements: new Map(entitlements.map((e) => [e.id, e])),
      accounts: new Map(accounts.map((a) => [a.id, a])),
      own: new Map(there.toReversed().map((a) => [a.identityId ?? '', a])),
    };
  });
