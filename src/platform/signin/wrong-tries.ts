import { AppError } from '#kit/errors/index.ts';
import { sql, type Db } from '#kit/db/index.ts';

const FREE_TRIES = 5;
const FIRST_WAIT_S = 30;
const LONGEST_WAIT_S = 15 * 60;

/**
 * The one form of a name that wrong tries are counted under: compatibility-normalised, lower case, no blanks or
 * invisible characters, so that no spelling of a name dodges its counter.
 */
export const loginKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{C}\p{Z}]/gu, '')
    .slice(0, 200);

/** Throws 429 while the name is closed. Says the same for names that do not exist. */
export async function refuseWhileClosed(db: Db, key: string, now: Date): Promise<void> {
  const row = await db.maybe<{ closedUntil: Date | null }>(
    sql`select closed_until from signin_failure where login_key = ${key}`,
  );
  if (row?.closedUntil && row.closedUntil > now) {
    throw new AppError({
      code: 'signin.too_many_tries',
      status: 429,
      detail: 'too many wrong tries for this name',
      fix: 'wait a few minutes, or sign in with a passkey, which is not held up',
    });
  }
}

/**
 * Counts a wrong try, atomically, in a transaction of its own since the call is refused. After five, the name is
 * closed for half a minute, doubling to a quarter of an hour; it is never closed for good, so nobody can be
 * locked out by others for ever.
 */
export async function countWrongTry(db: Db, key: string, now: Date): Promise<void> {
  await db.run(sql`
    insert into signin_failure as f (login_key, failures, last_at) values (${key}, 1, ${now})
    on conflict on constraint signin_failure_pk do update set
      failures = case when f.last_at < ${now}::timestamptz - interval '1 day' then 1 else f.failures + 1 end,
      last_at = ${now},
      closed_until = case
        when f.last_at >= ${now}::timestamptz - interval '1 day' and f.failures + 1 >= ${FREE_TRIES}
        then ${now}::timestamptz + make_interval(secs => least(${LONGEST_WAIT_S}::float8, ${FIRST_WAIT_S}::float8 * power(2, least(f.failures + 1 - ${FREE_TRIES}, 10))))
      end`);
}

/** Forgets the count after a right try. */
export const forgetWrongTries = (db: Db, key: string): Promise<number> =>
  db.run(sql`delete from signin_failure where login_key = ${key}`);
