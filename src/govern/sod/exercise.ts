import type { Tx } from '#kit/db/index.ts';
import type { SodConflict, SodSide } from '#spine/decide/index.ts';
import { lastUsesOf, usableAccounts, type LastUse, type UsableAccount } from '#spine/graph/index.ts';

/** How far the sides of a conflict were really used lately. */
export type Exercised = 'both' | 'one' | 'none' | 'unknown';

/** What deserves attention first. What is not known may be worse than what is known not to be. */
export const BY_ATTENTION: readonly Exercised[] = ['both', 'one', 'unknown', 'none'];

export interface Exercise {
  readonly exercised: Exercised;
  /** The latest known use of any side. */
  readonly lastExercisedAt: Date | null;
  /** Each side in the order of the rule; null where no use is known. */
  readonly sides: readonly { readonly function: string; readonly lastUsedAt: Date | null }[];
}

/** A use this long ago, or longer, is not lately. */
const LATELY_DAYS = 90;

/**
 * Whether the sides of conflicts were exercised, from what sessions through Reeve and the targets tell: identity → one
 * answer a conflict, in order. A session is evidence for the account it used, or for the grant it rested on where that
 * opens the same system; an own account's last use on its target is evidence for what is held there. A side counts as
 * unused only where every account it could be exercised with tells when it was last used, and that is long ago.
 */
export async function exerciseOf(
  tx: Tx,
  conflicts: ReadonlyMap<string, readonly SodConflict[]>,
): Promise<ReadonlyMap<string, readonly Exercise[]>> {
  const identityIds = [...conflicts.keys()];
  const onPaths = [...conflicts.values()].flatMap((all) =>
    all.flatMap((c) => c.sides.flatMap((s) => s.access.flatMap((a) => accountsOn(a.path)))),
  );
  const uses = grouped(await lastUsesOf(tx, identityIds));
  const accounts = await usableAccounts(tx, identityIds, [...new Set(onPaths)]);
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const byOwner = grouped(accounts);
  const since = tx.now.getTime() - LATELY_DAYS * 86_400_000;
  const answers = new Map<string, readonly Exercise[]>();
  for (const [identityId, all] of conflicts) {
    const evidence = { uses: uses.get(identityId) ?? [], byId, own: byOwner.get(identityId) ?? [], identityId, since };
    answers.set(
      identityId,
      all.map((conflict) => summed(conflict.sides.map((side) => exerciseOfSide(side, evidence)))),
    );
  }
  return answers;
}

function grouped<R extends { readonly identityId: string | null }>(
  rows: readonly R[],
): ReadonlyMap<string | null, R[]> {
  const by = new Map<string | null, R[]>();
  for (const row of rows) {
    const known = by.get(row.identityId);
    if (known === undefined) by.set(row.identityId, [row]);
    else known.push(row);
  }
  return by;
}

interface Evidence {
  readonly identityId: string;
  readonly uses: readonly LastUse[];
  readonly byId: ReadonlyMap<string, UsableAccount>;
  readonly own: readonly UsableAccount[];
  readonly since: number;
}
interface SideExercise {
  readonly function: string;
  readonly lastUsedAt: Date | null;
  readonly used: 'yes' | 'no' | 'unknown';
}

function exerciseOfSide(side: SodSide, evidence: Evidence): SideExercise {
  let last = -Infinity;
  let isToldOfAll = side.access.length > 0;
  for (const { path, systemId } of side.access) {
    const named = accountsOn(path).flatMap((id) => evidence.byId.get(id) ?? []);
    const accounts = named.length > 0 ? named : evidence.own.filter((account) => account.systemId === systemId);
    const first = path[0];
    for (const use of evidence.uses) {
      const isBearing =
        use.grantId === null
          ? accounts.some(({ id }) => id === use.accountId)
          : first?.kind === 'grant' && use.grantId === first.id && use.systemId === systemId;
      if (isBearing) last = Math.max(last, use.at.getTime());
    }
    for (const { identityId, lastUsedAt } of accounts)
      if (identityId === evidence.identityId && lastUsedAt !== null) last = Math.max(last, lastUsedAt.getTime());
    isToldOfAll &&= accounts.length > 0 && accounts.every((account) => isToldUnused(account, evidence));
  }
  const used = last >= evidence.since ? 'yes' : isToldOfAll ? 'no' : 'unknown';
  return { function: side.function, lastUsedAt: last === -Infinity ? null : new Date(last), used };
}

/** Whoever used a shared account lately, it may have been this identity. */
const isToldUnused = ({ lastUsedAt }: UsableAccount, { since }: Evidence): boolean =>
  lastUsedAt !== null && lastUsedAt.getTime() < since;

const accountsOn = (path: SodSide['access'][number]['path']): string[] =>
  path.flatMap(({ kind, id }) => (kind === 'account' ? [id] : []));

function summed(sides: readonly SideExercise[]): Exercise {
  const used = sides.filter((side) => side.used === 'yes').length;
  const isUnknown = sides.some((side) => side.used === 'unknown');
  const exercised = used === sides.length ? 'both' : isUnknown ? 'unknown' : used > 0 ? 'one' : 'none';
  const times = sides.flatMap(({ lastUsedAt }) => lastUsedAt?.getTime() ?? []);
  return {
    exercised,
    lastExercisedAt: times.length === 0 ? null : new Date(Math.max(...times)),
    sides: sides.map(({ function: name, lastUsedAt }) => ({ function: name, lastUsedAt })),
  };
}
