import { sql, type Tx } from '#kit/db/index.ts';

/**
 * When somebody last signed in with a passkey, or a password and a one-time code; undefined: not in any sign-in that
 * still holds. One that was ended proves nothing any more, nor does an API token, however it was made.
 */
export const lastSignIn = async (tx: Tx, identityId: string): Promise<Date | undefined> =>
  (
    await tx.maybe<{ startedAt: Date }>(sql`
      select started_at from signin
       where identity_id = ${identityId} and ended_at is null and ends_at > ${tx.now} and started_at <= ${tx.now}
       order by started_at desc limit 1`)
  )?.startedAt;
