import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { LOCKED_WORDS, type LockScope, type Touched } from './model.ts';

/** A lock in somebody's way. */
export interface InTheWay {
  readonly id: string;
  readonly scope: LockScope;
}

/** Locks that hold now, on what is touched or on everything; the narrowest first. On hot paths: one prepared statement. */
export const lockInTheWay = async (tx: Queryable, now: Date, touched: Touched): Promise<InTheWay | undefined> => {
  const { identityId, accountId, systemId, emergency } = touched;
  return await tx.maybe<InTheWay>(
    sql.named(
      'lock_in_the_way',
      sql`
        select id, scope from access_lock
         where lifted_at is null and (ends_at is null or ends_at > ${now})
           and (identity_id = ${identityId ?? null}::uuid or account_id = ${accountId ?? null}::uuid
                or system_id = ${systemId ?? null}::uuid or (scope = 'everything' and not ${emergency === true}::boolean))
         order by array_position(array['identity', 'account', 'system', 'everything'], scope), placed_at, id limit 1`,
    ),
  );
};

/** The lock on everything that holds now, if one does; remembered while no lock changes. */
export async function lockOnEverything(tx: Tx): Promise<InTheWay | undefined> {
  const kept = await tx.kept('access');
  const known = kept.get<{ readonly lock: InTheWay | undefined }>(KEPT_AS, tx.now);
  if (known !== undefined) return known.lock;
  const [lock, { until }] = await Promise.all([
    lockInTheWay(tx, tx.now, {}),
    tx.one<{ readonly until: Date | null }>(sql`
      select min(ends_at) as until from access_lock where scope = 'everything' and lifted_at is null and ends_at > ${tx.now}`),
  ]);
  kept.keep(KEPT_AS, { lock }, { now: tx.now, until: until ?? undefined });
  return lock;
}
const KEPT_AS = 'lock on everything';

/**
 * Refuses what a lock is in the way of: 403 `access.locked`. It names the lock and never its reason, which may be about
 * whoever reads it.
 */
export async function refuseWhenLocked(tx: Queryable, now: Date, touched: Touched): Promise<void> {
  const lock = await lockInTheWay(tx, now, touched);
  if (lock !== undefined) throw locked(lock);
}

/** The refusal itself, for those who look at many at once. */
export const locked = ({ id, scope }: InTheWay): AppError =>
  new AppError({
    code: 'access.locked',
    status: 403,
    detail: LOCKED_WORDS[scope],
    fix:
      scope === 'everything'
        ? `ask whoever is in charge of security, naming lock ${id}; in an emergency: reeve emergency`
        : `ask whoever is in charge of security, naming lock ${id}`,
    extra: { lock: id, scope },
  });
