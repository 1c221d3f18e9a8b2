import type { AccountLook } from '#connectors/port.ts';
import type { Tx } from '#kit/db/index.ts';
import { accessWithdrawn, applyAccountReadings, effectiveAccess, OWN_ACCOUNT } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Way } from './at-target.ts';
import { noteCreated } from './claims.ts';
import { StillAwaited } from './failures.ts';
import type { Person } from './find-people.ts';
import { applyFor, lookAt, record } from './person-calls.ts';
import { otherOwners, settleDone, wantedByAnother, whoNeedAccounts } from './store.ts';
import { takeOnAccounts } from './take-on-accounts.ts';

/** What stays although a task wants it gone. */
interface Kept {
  /** Tasks whose entitlement the account is to keep. */
  readonly tasks: ReadonlySet<string>;
  /** People whose account stays open. */
  readonly open: ReadonlySet<string>;
}

/**
 * Takes from people's accounts on one system what their tasks want gone, locks those that nothing needs any more, proves
 * it with one look back and settles it in one transaction.
 */
export const makeAbsent =
  (job: JobCtx): Way =>
  async (session, people) => {
    const failed = new Map<string, unknown>();
    const awaited = new Map<string, string>();
    const kept = await whatStays(job, people);
    // Whoever has no account Reeve knows of, and was not about to get one, was never given anything.
    const looked = people.filter(mayHaveAccount);
    const before = await lookAt(session, looked, failed);
    const there = looked.filter(({ account }) => before.get(account) !== undefined);
    await applyFor(
      session,
      there.flatMap(({ account, wants }) =>
        wants
          .filter(({ task, entitlement }) => !kept.tasks.has(task.id) && entitlement.kind !== OWN_ACCOUNT)
          .map(({ task, entitlement }) => ({
            change: { do: 'revoke' as const, account, entitlement: entitlement.nativeId },
            tasks: [task],
          })),
      ),
      failed,
      awaited,
    );
    await applyFor(
      session,
      there
        .filter(({ identityId }) => !kept.open.has(identityId))
        .map(({ account, wants }) => ({
          change: { do: 'lock_account' as const, account },
          tasks: wants.map(({ task }) => task),
        })),
      failed,
      awaited,
    );
    const seen = await lookAt(session, there, failed);
    for (const { account, identityId, wants } of there)
      for (const { task, entitlement } of wants) {
        const ordered = awaited.get(task.id);
        if (failed.has(task.id)) continue;
        if (ordered !== undefined) failed.set(task.id, new StillAwaited(ordered));
        else if (!kept.tasks.has(task.id) && seen.get(account)?.holdings.includes(entitlement.nativeId) === true)
          failed.set(task.id, new Error(`${account} still holds ${entitlement.name} after the change`));
        else if (
          entitlement.kind === OWN_ACCOUNT &&
          !kept.open.has(identityId) &&
          seen.get(account)?.account.state === 'active'
        )
          failed.set(task.id, new Error(`${account} is still open after the change`));
      }
    await settle(job, people, seen, failed);
    return failed;
  };

/** A try that was cut off may have made an account whose name came back to nobody. */
const mayHaveAccount = ({ known, creating }: Person): boolean => known || creating;

/**
 * What another live grant gives is not taken away, and an account stays open while anything on it is wanted. The account
 * of somebody who turned out to be another is that one's: what they are granted stays on it, and it stays open.
 */
async function whatStays(job: JobCtx, people: readonly Person[]): Promise<Kept> {
  const wants = people.flatMap((person) => person.wants);
  const ids = wants.map(({ task }) => task.id);
  const systemId = wants[0]?.task.systemId ?? '';
  return await job.db.tx(async (tx) => {
    const tasks = new Set<string>(await wantedByAnother(tx, ids));
    const others = await otherOwners(tx, ids);
    const granted = await grantedTo(tx, new Set(others.values()));
    for (const { task } of wants)
      if (granted.get(others.get(task.id) ?? '')?.has(task.entitlementId) === true) tasks.add(task.id);
    const open = new Set<string>(
      await whoNeedAccounts(
        tx,
        systemId,
        people.map(({ identityId }) => identityId),
      ),
    );
    for (const { task } of wants) if (others.has(task.id)) open.add(task.identityId);
    return { tasks, open };
  });
}

/** What people reach by a grant, directly or through a role. */
async function grantedTo(tx: Tx, identityIds: ReadonlySet<string>): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const granted = new Map<string, ReadonlySet<string>>();
  for (const id of identityIds) {
    const access = (await effectiveAccess(tx, id)).filter((row) => row.via === 'grant');
    granted.set(id, new Set(access.flatMap((row) => row.entitlementId ?? [])));
  }
  return granted;
}

async function settle(
  job: JobCtx,
  people: readonly Person[],
  seen: ReadonlyMap<string, AccountLook>,
  failed: ReadonlyMap<string, unknown>,
): Promise<void> {
  const done = people.flatMap((person) => {
    const tasks = person.wants.flatMap(({ task }) => (failed.has(task.id) ? [] : [task]));
    return tasks.length === 0 ? [] : [{ ...person, tasks }];
  });
  const systemId = done[0]?.tasks[0]?.systemId;
  if (systemId === undefined) return;
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const looks = done.filter(mayHaveAccount).map(({ account: name }) => ({ name, found: seen.get(name) }));
    const read = looks.length === 0 ? [] : await applyAccountReadings(ctx, permit, { systemId, looks });
    const accountOf = new Map(looks.map(({ name }, place) => [name, read[place]?.accountId]));
    const cutOff = done.filter(({ known, creating }) => !known && creating);
    await takeOnAccounts(
      ctx,
      permit,
      systemId,
      cutOff.flatMap(({ account, identityId, tasks }) => {
        const accountId = accountOf.get(account);
        const grantId = tasks[0]?.grantId ?? '';
        return accountId === undefined ? [] : [{ identityId, accountId, grantId, created: true, free: true }];
      }),
    );
    await noteCreated(ctx.tx, { systemId, identityIds: cutOff.map(({ identityId }) => identityId) });
    const gone = done.flatMap(({ account, tasks }) =>
      tasks.map(({ id }) => ({ id, accountId: accountOf.get(account) })),
    );
    const settled = await settleDone(ctx.tx, gone, { wanted: 'absent', at: ctx.now });
    await record(
      ctx,
      permit,
      accessWithdrawn,
      done.map(({ identityId, account, tasks }) => ({
        identityId,
        systemId,
        accountId: accountOf.get(account) ?? tasks.flatMap((task) => task.accountId ?? [])[0],
        tasks: tasks.filter((task) => settled.has(task.id)),
      })),
    );
  });
}
