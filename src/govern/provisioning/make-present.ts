import type { AccountLook, AccountSession, Change } from '#connectors/port.ts';
import {
  accessRealised,
  applyAccountReadings,
  getAccounts,
  OWN_ACCOUNT,
  type Entitlement,
} from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Way } from './at-target.ts';
import { noteCreating } from './claims.ts';
import { Stuck, StillAwaited } from './failures.ts';
import type { Person } from './find-people.ts';
import { applyFor, lookAt, record } from './person-calls.ts';
import { settleDone } from './store.ts';
import { takeOnAccounts } from './take-on-accounts.ts';

/** Somebody whose account there is open, or ordered. */
interface Opened {
  readonly person: Person;
  readonly created: boolean;
}

/**
 * Gives people's accounts on one system what their tasks want there: accounts made where there are none, each thing given
 * by itself, and one look back that proves them all and settles them in one transaction.
 */
export const makePresent =
  (job: JobCtx): Way =>
  async (session, people) => {
    const failed = new Map<string, unknown>();
    const awaited = new Map<string, string>();
    const opened = await openAccounts(session, job, people, failed, awaited);
    await give(session, opened, failed, awaited);
    const seen = await lookAt(
      session,
      opened.map(({ person }) => person),
      failed,
    );
    for (const { person } of opened)
      for (const { task, entitlement } of person.wants) {
        const ordered = awaited.get(task.id);
        if (failed.has(task.id)) continue;
        if (ordered !== undefined) failed.set(task.id, new StillAwaited(ordered));
        else if (!has(seen.get(person.account), entitlement))
          failed.set(task.id, new Error(`${person.account} does not hold ${entitlement.name} after the change`));
      }
    await settle(job, opened, seen, failed);
    return failed;
  };

/** Whether an account shows what was given; the account itself shows that it is there and open. */
const has = (look: AccountLook | undefined, { kind, nativeId }: Pick<Entitlement, 'kind' | 'nativeId'>): boolean =>
  kind === OWN_ACCOUNT ? look?.account.state === 'active' : look?.holdings.includes(nativeId) === true;

/** Makes and unlocks accounts; whose cannot be had is among `failed`, and whose is only ordered yet among `awaited`. */
async function openAccounts(
  session: AccountSession,
  job: JobCtx,
  people: readonly Person[],
  failed: Map<string, unknown>,
  awaited: Map<string, string>,
): Promise<readonly Opened[]> {
  const before = await lookAt(session, people, failed);
  const found = people
    .filter(({ account }) => before.has(account))
    .map((person) => ({ person, ...howToOpen(person, before.get(person.account)) }));
  for (const { person, stuck } of found)
    if (stuck !== undefined) for (const { task } of person.wants) failed.set(task.id, new Stuck(stuck));
  const open = found.filter(({ stuck }) => stuck === undefined);
  await noteCreating(
    job.db,
    people[0]?.wants[0]?.task.systemId ?? '',
    open.flatMap(({ person, created }) => (created ? [person] : [])),
  );
  const changes = open.flatMap(({ person, changes }) =>
    changes.map((change) => ({ change, tasks: person.wants.map((w) => w.task) })),
  );
  await applyFor(session, changes, failed, awaited);
  return open.filter(({ person }) => person.wants.some(({ task }) => !failed.has(task.id)));
}

interface HowToOpen {
  readonly changes: readonly Change[];
  readonly created: boolean;
  /** Why a person has to look. */
  readonly stuck?: string;
}

function howToOpen({ account, fullName, known, creating }: Person, before: AccountLook): HowToOpen {
  const create: Change = { do: 'create_account', account, fullName };
  const unlock: readonly Change[] = before?.account.state === 'locked' ? [{ do: 'unlock_account', account }] : [];
  // A try that was cut off may have left it half made, and then it is finished.
  if (before === undefined || (!known && creating)) return { changes: [create, ...unlock], created: true };
  if (!known)
    return {
      changes: [],
      created: false,
      stuck: `an account called ${account} is on the system already and belongs to nobody Reeve knows; link it or rename it`,
    };
  return { changes: unlock, created: false };
}

async function give(
  session: AccountSession,
  opened: readonly Opened[],
  failed: Map<string, unknown>,
  awaited: Map<string, string>,
): Promise<void> {
  const changes = opened.flatMap(({ person: { account, wants } }) =>
    wants
      .filter(({ task, entitlement }) => !failed.has(task.id) && entitlement.kind !== OWN_ACCOUNT)
      .map(({ task, entitlement }) => ({
        change: { do: 'grant' as const, account, entitlement: entitlement.nativeId },
        tasks: [task],
      })),
  );
  await applyFor(session, changes, failed, awaited);
}

async function settle(
  job: JobCtx,
  opened: readonly Opened[],
  seen: ReadonlyMap<string, AccountLook>,
  failed: ReadonlyMap<string, unknown>,
): Promise<void> {
  const done = opened.flatMap(({ person, created }) => {
    const tasks = person.wants.flatMap(({ task }) => (failed.has(task.id) ? [] : [task]));
    return tasks.length === 0 ? [] : [{ person, created, tasks }];
  });
  const systemId = done[0]?.tasks[0]?.systemId;
  if (systemId === undefined) return;
  await job.act({ action: 'access.provision' }, async (ctx, permit) => {
    const looks = done.map(({ person: { account: name } }) => ({ name, found: seen.get(name) }));
    const read = await applyAccountReadings(ctx, permit, { systemId, looks });
    const accounts = new Map(
      (
        await getAccounts(
          ctx.tx,
          read.flatMap((r) => r.accountId ?? []),
        )
      ).map((a) => [a.id, a]),
    );
    const proved = done.map((one, place) => {
      const account = accounts.get(read[place]?.accountId ?? '');
      if (account === undefined) throw new Error('an account read back is not in the graph');
      return { ...one, account, identityId: one.person.identityId };
    });
    await takeOnAccounts(
      ctx,
      permit,
      systemId,
      proved.map(({ account, identityId, created, tasks }) => ({
        identityId,
        accountId: account.id,
        grantId: tasks[0]?.grantId ?? '',
        created,
        free: account.identityId === null,
      })),
    );
    const settled = await settleDone(
      ctx.tx,
      proved.flatMap(({ account, tasks }) => tasks.map(({ id }) => ({ id, accountId: account.id }))),
      { wanted: 'present', at: ctx.now },
    );
    await record(
      ctx,
      permit,
      accessRealised,
      proved.map(({ account, identityId, tasks }) => ({
        identityId,
        systemId,
        accountId: account.id,
        tasks: tasks.filter((task) => settled.has(task.id)),
      })),
    );
  });
}
