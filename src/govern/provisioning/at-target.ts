import { inTurn, type AccountSession, type Targets } from '#connectors/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { failureClass } from './back-off.ts';
import type { Person } from './find-people.ts';
import { stillWanted } from './store.ts';

/**
 * A way to make a target agree for some people and settle that. Returns what went wrong, by task; throws what is wrong
 * with all of it.
 */
export type Way = (session: AccountSession, people: readonly Person[]) => Promise<ReadonlyMap<string, unknown>>;

/**
 * Goes this way with these people on their system: with all at once where the connector can, else with one after another.
 * Where something is wrong with all at once, each is tried alone, so that one cannot hold up the others. Returns what
 * went wrong, by task; one that changed its mind before it came to it is neither settled nor there.
 */
export async function atTarget(
  targets: Targets,
  job: JobCtx,
  people: readonly Person[],
  way: Way,
): Promise<ReadonlyMap<string, unknown>> {
  const came = new Map<string, unknown>();
  const tried = new Set<string>();
  const systemId = people[0]?.wants[0]?.task.systemId;
  if (systemId === undefined) return came;
  const go = async (session: AccountSession, some: readonly Person[]): Promise<void> => {
    try {
      const wanting = await whoStillWant(job, some);
      if (wanting.length > 0) for (const [id, error] of await way(session, wanting)) came.set(id, error);
    } catch (error) {
      if (failureClass(error) === 'unreachable') throw error;
      if (some.length > 1) return await oneByOne(some, (one) => go(session, one));
      for (const id of idsOf(some)) came.set(id, error);
    }
    for (const id of idsOf(some)) tried.add(id);
  };
  try {
    await targets.use(systemId, async (connector, target) => {
      const work = (session: AccountSession): Promise<void> =>
        session.many ? go(session, people) : oneByOne(people, (one) => go(session, one));
      if (connector.together !== undefined) return await connector.together(target, work);
      const readAccount: AccountSession['readAccount'] = (account) => connector.readAccount(target, account);
      return await work(inTurn({ readAccount, apply: (change) => connector.apply(target, change) }));
    });
  } catch (error) {
    for (const id of idsOf(people)) if (!tried.has(id)) came.set(id, error);
  }
  return came;
}

async function oneByOne(people: readonly Person[], go: (some: readonly Person[]) => Promise<void>): Promise<void> {
  for (const one of people) await go([one]);
}

const idsOf = (people: readonly Person[]): readonly string[] =>
  people.flatMap(({ wants }) => wants.map(({ task }) => task.id));

async function whoStillWant(job: JobCtx, people: readonly Person[]): Promise<readonly Person[]> {
  const still = await stillWanted(
    job.db,
    people.flatMap(({ wants }) => wants.map(({ task }) => task)),
  );
  return people.flatMap((person) => {
    const wants = person.wants.filter(({ task }) => still.has(task.id));
    return wants.length === 0 ? [] : [{ ...person, wants }];
  });
}
