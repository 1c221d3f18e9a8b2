import { mac, type Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';

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

/** What a name's tries are kept under. Keyed, since people type passwords where their name belongs. */
export const tryKey = (keys: Keys, key: string): string => mac(keys.derive('signin tries'), key).toString('hex');

/**
 * Counts a try before anything of it is looked at, atomically, to be committed whatever becomes of the try: of a
 * thousand at the same instant only the free ones are judged. After five, the name is closed
 * for half a minute, doubling to a quarter of an hour; it is never closed for good, so nobody can be locked out by
 * others for ever. Throws 429 while it is closed, and says the same for names that do not exist.
 */
export async function takeTry(db: Queryable, key: string, now: Date): Promise<void> {
  const taken = await db.run(sql`
    insert into signin_failure as f (login_key, failures, last_at) values (${key}, 1, ${now})
    on conflict on constraint signin_failure_pk do update set
      failures = case when f.last_at < ${now}::timestamptz - interval '1 day' then 1 else f.failures + 1 end,
      last_at = ${now},
      closed_until = case
        when f.last_at >= ${now}::timestamptz - interval '1 day' and f.failures + 1 >= ${FREE_TRIES}
        then ${now}::timestamptz + make_interval(secs => least(${LONGEST_WAIT_S}::float8, ${FIRST_WAIT_S}::float8 * power(2, least(f.failures + 1 - ${FREE_TRIES}, 10))))
      end
      where f.closed_until is null or f.closed_until <= ${now}`);
  if (taken === 1) return;
  throw new AppError({
    code: 'signin.too_many_tries',
    status: 429,
    detail: 'too many wrong tries for this name',
    fix: 'wait a few minutes, or sign in with a passkey, which is not held up',
  });
}

/** Forgets the count after a right try. */
export const forgetTries = (db: Queryable, key: string): Promise<number> =>
  db.run(sql`delete from signin_failure where login_key = ${key}`);
