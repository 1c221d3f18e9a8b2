import { sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccess, type Account } from '#spine/graph/index.ts';
import type { AwayLock } from './store.ts';

/**
 * Why an account that was locked while somebody was away stays so, though they are back; undefined: nothing speaks
 * against opening it. Only what the absence locked is opened, never what somebody locked meanwhile for another reason.
 */
export async function whyLeftLocked(tx: Tx, lock: AwayLock, account: Account): Promise<string | undefined> {
  if (lock.lockedAt === null || account.identityId === null) return undefined;
  const opened = await tx.maybe(sql`
    select 1 from account_history
     where id = ${account.id} and state = 'active' and recorded_from > ${lock.lockedAt} limit 1`);
  if (opened !== undefined && account.state === 'locked')
    return 'was opened and locked again on the target meanwhile, by somebody else';
  const givenAt = async (at: Date): Promise<boolean> =>
    (await effectiveAccess(tx, account.identityId ?? '', { at })).some(
      (reached) => reached.via === 'grant' && reached.systemId === account.systemId,
    );
  if ((await givenAt(lock.lockedAt)) && !(await givenAt(tx.now)))
    return 'nothing that was granted there is granted any more';
  return undefined;
}
