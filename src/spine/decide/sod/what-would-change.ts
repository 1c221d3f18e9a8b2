import type { Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, type Access } from '#spine/graph/index.ts';
import { findConflicts, withoutExcepted, worsens } from './find-conflicts.ts';
import type { SodConflict, SodException } from './model.ts';
import { scopeOf } from './person-scope.ts';
import { comingWithEach, foreverFrom, heldOf, type ProposedAccess } from './sod-verdict.ts';
import { exceptionsOfAll, rulesTouching } from './store.ts';

/** What somebody would get, and which of their grants would end. */
export interface AccessChange {
  readonly identityId: string;
  readonly gives: readonly ProposedAccess[];
  readonly endsGrantIds: readonly string[];
}

/** What a change of somebody's access does to their conflicts of duties. */
export interface ConflictChange {
  readonly identityId: string;
  /** What would be worse, and is not tolerated. */
  readonly comes: readonly SodConflict[];
  readonly clears: readonly SodConflict[];
}

/**
 * What separation of duties says to changes of access before they are made: both what would come and what would go, by
 * the same reckoning as the verdict. Those of whom there is nothing to say are left out. Costs five statements, however
 * many people.
 */
export const conflictsThatWouldChange = async (
  tx: Tx,
  changes: readonly AccessChange[],
): Promise<readonly ConflictChange[]> => {
  const coming = await comingWithEach(
    tx,
    changes.flatMap((change) => change.gives),
  );
  const people = [...new Set(changes.map((change) => change.identityId))];
  const access = await effectiveAccessOf(tx, people, foreverFrom(tx));
  const ends = new Set(changes.flatMap((change) => change.endsGrantIds));
  const goes = (row: Access): boolean => row.via === 'grant' && ends.has(row.sourceId);
  const going = [...access.values()].flat().filter(goes);
  const rules = await rulesTouching(tx, [
    ...new Set([
      ...coming.flat().map((held) => held.entitlementId),
      ...going.flatMap((row) => row.entitlementId ?? []),
    ]),
  ]);
  if (rules.length === 0) return [];
  const counts = await scopeOf(tx, people, rules);
  const exceptions = new Map<string, SodException[]>();
  for (const { identityId, ...exception } of await exceptionsOfAll(tx, people))
    exceptions.set(identityId, [...(exceptions.get(identityId) ?? []), exception]);
  let at = 0;
  return changes.flatMap(({ identityId, gives }) => {
    const own = coming.slice(at, (at += gives.length)).flat();
    const mine = rules.filter((rule) => counts(rule, identityId));
    const rows = access.get(identityId) ?? [];
    const before = findConflicts(mine, heldOf(tx, rows));
    const left = heldOf(
      tx,
      rows.filter((row) => !goes(row)),
    );
    const after = findConflicts(mine, [...left, ...own]);
    const tolerated = exceptions.get(identityId) ?? [];
    const comes = withoutExcepted(worsens(before, after), tolerated);
    const clears = withoutExcepted(worsens(after, before), tolerated);
    return comes.length === 0 && clears.length === 0 ? [] : [{ identityId, comes, clears }];
  });
};
