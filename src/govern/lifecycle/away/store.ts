import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';

export const AGREE_LOCK = 'lifecycle.agree_away_lock';

/** An account locked because whoever it belongs to is away. */
export interface AwayLock {
  readonly id: string;
  readonly accountId: string;
  readonly receiptId: string;
  readonly backReceiptId: string | null;
  readonly wanted: 'locked' | 'open';
  readonly state: 'waiting' | 'done' | 'stuck';
  /** It was open then, and about to be locked by this. */
  readonly seenOpenAt: Date | null;
  readonly lockedAt: Date | null;
  readonly tries: number;
}

const columns = sql`id, account_id, receipt_id, back_receipt_id, wanted, state, seen_open_at, locked_at, tries`;

const jobKey = (id: string): string => `${AGREE_LOCK}:${id}`;

/** Has these locks carried out, soon or after a while. */
export async function queueLocks(tx: Queryable, ids: readonly string[], afterMs = 0): Promise<void> {
  for (const lockId of ids) await enqueue(tx, AGREE_LOCK, { lockId }, { key: jobKey(lockId), afterMs });
}

export const getLock = (tx: Queryable, id: string): Promise<AwayLock | undefined> =>
  tx.maybe<AwayLock>(sql`select ${columns} from away_lock where id = ${id} and over_at is null and state = 'waiting'`);

/** Longer than any change on one account takes. */
const CLAIM_SECONDS = 60;

/** Takes a lock for this worker; false when another is at it. */
export const claimLock = async (tx: Queryable, id: string, now: Date): Promise<boolean> =>
  (await tx.run(sql`
    update away_lock set claimed_until = ${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})
     where id = ${id} and (claimed_until is null or claimed_until < ${now})`)) === 1;

export const releaseLock = (tx: Queryable, id: string): Promise<number> =>
  tx.run(sql`update away_lock set claimed_until = null where id = ${id}`);

/** Kept before the target is asked, so that whoever goes on after a crash knows whose lock it is they see. */
export const noteSeenOpen = (tx: Queryable, id: string, at: Date): Promise<number> =>
  tx.run(sql`update away_lock set seen_open_at = ${at} where id = ${id}`);

/** The lock is not done; it is looked at again in a while. */
export const putLockOff = async (tx: Queryable, id: string, at: Date, afterMs: number): Promise<void> => {
  await tx.run(sql`
    update away_lock set tries = tries + 1, look_at = ${at}::timestamptz + make_interval(secs => ${afterMs / 1000})
     where id = ${id}`);
  await queueLocks(tx, [id], afterMs);
};

/** Settles a lock if it still wants what was carried out; false when it changed its mind meanwhile. */
export const settleLock = async (
  tx: Queryable,
  lock: AwayLock,
  how: { readonly state: 'done' | 'stuck'; readonly at: Date; readonly locked?: boolean; readonly over?: boolean },
): Promise<boolean> =>
  (await tx.run(sql`
    update away_lock
       set state = ${how.state}, locked_at = case when ${how.locked === true}::boolean then coalesce(locked_at, ${how.at}) else locked_at end,
           over_at = case when ${how.over === true}::boolean then ${how.at}::timestamptz else null end
     where id = ${lock.id} and wanted = ${lock.wanted} and over_at is null`)) === 1;

/** Leavers' accounts are another story: nothing of these is opened again. */
export const endLocksOf = (tx: Tx, identityIds: readonly string[]): Promise<number> =>
  tx.run(sql`
    update away_lock l set over_at = ${tx.now} from account a
     where a.id = l.account_id and a.identity_id = any(${[...identityIds]}::uuid[]) and l.over_at is null`);

/** Locks whose job was lost are queued again. */
export const queueForgotten = async (tx: Tx): Promise<void> => {
  const rows = await tx.many<{ id: string }>(sql`
    select id from away_lock
     where state = 'waiting' and over_at is null and look_at < ${tx.now}::timestamptz - interval '5 minutes' limit 1000`);
  await queueLocks(
    tx,
    rows.map((r) => r.id),
  );
};
