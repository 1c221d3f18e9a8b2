import { TargetError } from '#connectors/port.ts';
import { AppError } from '#kit/errors/index.ts';
import { findSecret } from '#guard/vault/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { dependantMoved, factsOf } from '../events.ts';
import type { Rotation } from '../model.ts';
import { openVersion, type OpenCredential } from '../open-version.ts';
import type { RotationEdges } from '../reach-target.ts';
import { noteStep } from '../store.ts';
import { textOfCredential } from '../text-of-credential.ts';
import { putInVault, VAULT } from './in-vault.ts';
import { followingOf, moveDependant, type DependantState, type FollowingDependant } from './store.ts';

/** How often a dependant that cannot be reached is tried before all of it goes back. */
const TRIES = 3;

/**
 * Has the dependants of a rotation follow, each after the one before was read back: to the `new` value in their order, or
 * to the `old` one in reverse, those that were reached. Each is committed, so that a kill goes on with the next. Answers
 * why one cannot follow; towards the old value everything that can be done is, and what cannot stays to be reported.
 */
export async function updateDependants(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Rotation,
  to: 'new' | 'old',
): Promise<string | undefined> {
  const all = await followingOf(job.db, rotation.id);
  const due = all.filter((d) =>
    to === 'new' ? d.state === 'waiting' : d.state === 'updated' || d.state === 'refused',
  );
  if (due.length === 0) return undefined;
  const version = to === 'new' ? rotation.version : rotation.backVersion;
  const opened = await openVersion(edges.keys, job, rotation, { version: version ?? 0 });
  if (opened === undefined) return 'the value dependants are to have does not open';
  for (const dependant of to === 'new' ? due : due.toReversed()) {
    const problem = await putOne(edges, job, rotation, dependant, opened.credential);
    if (problem === undefined) {
      await note(job, rotation, dependant, to === 'new' ? 'updated' : 'returned');
      continue;
    }
    if (problem.retry && (await troubleOf(job.db, rotation.id)) < TRIES) throw problem.error;
    const said = `${dependant.name} on ${dependant.systemName}: ${problem.error.message}`;
    await note(job, rotation, dependant, to === 'new' ? 'refused' : 'stale', said);
    if (to === 'new') return said;
  }
  return undefined;
}

/** Puts a value where a dependant has it, and reads it back; undefined once it is so. */
async function putOne(
  edges: RotationEdges,
  job: JobCtx,
  rotation: Pick<Rotation, 'secretId'>,
  dependant: FollowingDependant,
  credential: OpenCredential['credential'],
): Promise<{ readonly error: Error; readonly retry: boolean } | undefined> {
  try {
    if (dependant.systemId === VAULT) {
      const secret = await findSecret(job.db, rotation.secretId);
      if (secret !== undefined) await putInVault(edges, job, secret, dependant.place, textOfCredential(credential));
      return undefined;
    }
    await edges.targets.use(dependant.systemId, async (connector, target) => {
      if (connector.dependants === undefined)
        throw new TargetError('unsupported', `systems of kind ${connector.kind} have no places for values of others`);
      await connector.dependants.put(target, dependant.place, credential);
      if (!(await connector.dependants.check(target, dependant.place, credential)))
        throw new TargetError('refused', 'it was written, and reads otherwise');
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // What stands in a statement may come back in an error, of a trigger of theirs for instance; this one is kept for ever.
    const message = error.message.replaceAll(textOfCredential(credential), '(the value)');
    const said = new Error(message, message === error.message ? { cause: error } : {});
    const forGood = error instanceof AppError ? error.status < 500 : error instanceof TargetError && !error.retry;
    return { error: said, retry: !forGood };
  }
}

const note = (
  job: JobCtx,
  rotation: Rotation,
  dependant: FollowingDependant,
  state: DependantState,
  problem?: string,
): Promise<void> =>
  job.act({ action: 'secret.update' }, async (ctx, permit) => {
    const { dependantId, name } = dependant;
    await moveDependant(ctx.tx, rotation.id, dependantId, { state, ...(problem === undefined ? {} : { problem }) });
    await noteStep(ctx.tx, rotation.id, {
      step: `dependant ${name}`,
      outcome: problem === undefined ? 'done' : 'refused',
      detail: problem ?? state,
    });
    await ctx.record(permit, {
      event: dependantMoved,
      data: { ...factsOf(rotation), dependantId, state, problem },
    });
  });

/** How often a rotation has met trouble with its dependants already; each time all of them were tried again. */
const troubleOf = async (db: Queryable, rotationId: string): Promise<number> =>
  (
    await db.one<{ n: number }>(sql`
      select coalesce(sum(tries), 0)::int + 1 as n from rotation_step
       where rotation_id = ${rotationId} and outcome = 'trouble' and step in ('finish', 'put dependants back')`)
  ).n;

/** What could be neither updated nor put back is left, and said. Returns how many. */
export const leaveStale = async (
  db: Queryable,
  rotationId: string,
  states: readonly DependantState[],
): Promise<number> => {
  await db.run(sql`
    update rotation_dependant set state = 'stale', at = reeve_now()
     where rotation_id = ${rotationId} and state = any(${sql.array([...states])}::text[])`);
  const { n } = await db.one<{ n: number }>(
    sql`select count(*)::int as n from rotation_dependant where rotation_id = ${rotationId} and state = 'stale'`,
  );
  return n;
};
