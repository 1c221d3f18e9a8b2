import type { AccountSession, Targets } from '#connectors/port.ts';
import {
  accessRealised,
  accountCreated,
  applyAccountReading,
  getAccount,
  getEntitlements,
  linkAccount,
  type Entitlement,
} from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { failureClass } from './back-off.ts';
import { accountFor, isAwaited, order, StillAwaited, Stuck, within, type Readback } from './account-for.ts';
import { noteAccount, noteCreating, settlePresent, type ProvisionTask } from './store.ts';

/** Tasks of one person on one system that want something there, and what each wants. */
interface Wanted {
  readonly tasks: readonly ProvisionTask[];
  readonly entitlementOf: ReadonlyMap<string, Entitlement>;
  readonly account: { readonly name: string; readonly fullName: string; readonly known: boolean };
}

interface Given {
  readonly created: boolean;
  readonly seen: Readback;
  /** Why what was ordered is still awaited, by task. */
  readonly awaited: ReadonlyMap<string, string>;
}

/**
 * Gives one person's account on one system what these tasks want there: with one log-in, the account made where there is
 * none, each given by itself, and one look back that proves them all and settles them in one transaction. Returns what
 * went wrong, by task; one that changed its mind meanwhile is neither settled nor there. What goes wrong with the target
 * as a whole is thrown.
 */
export async function makePresent(
  targets: Targets,
  job: JobCtx,
  tasks: readonly ProvisionTask[],
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  const entitlementOf = await entitlementsOf(job, tasks);
  const known = tasks.filter((task) => entitlementOf.has(task.id));
  for (const task of tasks)
    if (!entitlementOf.has(task.id)) failed.set(task.id, new Stuck('the entitlement is no longer known'));
  const [first] = known;
  if (first === undefined) return failed;
  const noted = known.find((task) => task.accountId !== null) ?? first;
  const wanted: Wanted = { tasks: known, entitlementOf, account: await accountFor(job, noted) };
  const given = await targets.use(first.systemId, (connector, target) =>
    within(connector, target, (session) => give(session, job, wanted, failed)),
  );
  for (const task of known) {
    const entitlement = entitlementOf.get(task.id);
    const awaited = given.awaited.get(task.id);
    if (failed.has(task.id)) continue;
    if (awaited !== undefined) failed.set(task.id, new StillAwaited(awaited));
    else if (entitlement === undefined || given.seen?.holdings.includes(entitlement.nativeId) !== true)
      failed.set(task.id, new Error(`${wanted.account.name} does not hold ${entitlement?.name} after the change`));
  }
  await settle(
    job,
    known.filter((task) => !failed.has(task.id)),
    wanted.account.name,
    given,
  );
  return failed;
}

async function entitlementsOf(job: JobCtx, tasks: readonly ProvisionTask[]): Promise<ReadonlyMap<string, Entitlement>> {
  const ids = [...new Set(tasks.map((task) => task.entitlementId))];
  const byId = new Map((await job.db.tx((tx) => getEntitlements(tx, ids))).map((e) => [e.id, e]));
  return new Map(
    tasks.flatMap((task) => {
      const found = byId.get(task.entitlementId);
      return found === undefined ? [] : [[task.id, found] as const];
    }),
  );
}

async function give(
  session: AccountSession,
  job: JobCtx,
  wanted: Wanted,
  failed: Map<string, unknown>,
): Promise<Given> {
  const { name, fullName, known } = wanted.account;
  let created = false;
  let first: string | undefined;
  const before = await session.readAccount(name);
  if (before === undefined) {
    await noteCreating(
      job.db,
      wanted.tasks.map((task) => task.id),
      name,
    );
    first = await order(session, { do: 'create_account', account: name, fullName });
    created = true;
  } else if (!known && wanted.tasks.some((task) => task.creating === name)) {
    created = true;
  } else if (!known) {
    throw new Stuck(
      `an account called ${name} is on the system already and belongs to nobody Reeve knows; link it or rename it`,
    );
  } else if (before.account.state === 'locked') {
    first = await order(session, { do: 'unlock_account', account: name });
  }
  const awaited = new Map<string, string>();
  const came = await session.applyEach(
    wanted.tasks.map((task) => {
      const entitlement = wanted.entitlementOf.get(task.id)?.nativeId ?? '';
      return { do: 'grant', account: name, entitlement };
    }),
  );
  for (const [i, { id }] of wanted.tasks.entries()) {
    const one = came[i];
    const error = one === undefined || 'error' in one ? (one?.error ?? new Error('no answer')) : undefined;
    if (failureClass(error) === 'unreachable') throw error;
    if (error !== undefined && !isAwaited(error)) failed.set(id, error);
    else if (first !== undefined || error !== undefined) awaited.set(id, first ?? error?.message ?? '');
  }
  return { created, seen: await session.readAccount(name), awaited };
}

async function settle(
  job: JobCtx,
  done: readonly ProvisionTask[],
  name: string,
  { created, seen }: Pick<Given, 'created' | 'seen'>,
): Promise<void> {
  const [first] = done;
  if (first === undefined) return;
  const { systemId, identityId } = first;
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const { accountId } = await applyAccountReading(ctx, permit, { systemId, name, found: seen });
    if (accountId === undefined) throw new Error('the account read back is not in the graph');
    const account = await getAccount(ctx.tx, accountId);
    if (account?.identityId === null)
      await linkAccount(ctx, permit, { accountId, identityId, because: 'created for a grant' });
    const ids = done.map((task) => task.id);
    await noteAccount(ctx.tx, ids, accountId);
    if (created) {
      await ctx.record(permit, {
        event: accountCreated,
        subject: identityId,
        data: { accountId, systemId, identityId, grantId: first.grantId },
      });
    }
    const settled = await settlePresent(ctx.tx, ids, ctx.now);
    await ctx.recordAll(
      permit,
      done
        .filter((task) => settled.has(task.id))
        .map((task) => ({
          event: accessRealised,
          subject: identityId,
          data: {
            grantId: task.grantId,
            identityId,
            systemId,
            accountId,
            elapsedMs: Math.max(0, ctx.now.getTime() - task.decidedAt.getTime()),
            proven: true,
          },
        })),
    );
  });
}
