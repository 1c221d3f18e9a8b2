import { hashToken } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { gather } from '#kit/gather/index.ts';
import type { Clock } from '#kit/clock/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import { IDLE_HOURS } from './start-signin.ts';

/** A console cookie or an API token, as a surface received it. */
export interface Proof {
  readonly cookie: string | undefined;
  readonly token: string | undefined;
  readonly address: string;
}

/** Programs ask thousands of times a second: what comes at the same time is looked up in one statement. */
const TOKENS = { together: 256, atOnce: 2 };

interface Live {
  readonly id: string;
  readonly identityId: string;
  readonly scopes: string[] | null;
}

/**
 * Says who holds a proof; undefined where it is unknown, ended, idle too long or revoked. Runs on every call, so
 * each lookup is one prepared statement, and the time last used is written at most once a minute.
 */
export function createAuthenticator(db: Db, clock: Clock): (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined> {
  const bySignin = (hash: Buffer, now: Date): Promise<Live | undefined> =>
    db.maybe<Live>(
      sql.named(
        'signin_live',
        sql`
          with live as (
            select id, identity_id, last_seen_at from signin
            where token_hash = ${hash} and ended_at is null and ends_at > ${now}
              and last_seen_at > ${now}::timestamptz - make_interval(hours => ${IDLE_HOURS})
          ), seen as (
            update signin set last_seen_at = ${now} where id in (
              select id from live where last_seen_at < ${now}::timestamptz - interval '1 minute')
          )
          select id, identity_id, null::text[] as scopes from live`,
      ),
    );
  const byToken = gather((hashes: readonly Buffer[]) => liveTokens(db, clock.now(), hashes), TOKENS);

  return async ({ cookie, token, address }) => {
    const now = clock.now();
    const live =
      token !== undefined
        ? await byToken(hashToken(token))
        : cookie !== undefined
          ? await bySignin(hashToken(cookie), now)
          : undefined;
    if (live === undefined) return undefined;
    return {
      principal: { kind: 'identity', id: live.identityId },
      origin: { via: token === undefined ? 'console' : 'api', signinId: live.id, address },
      ...(live.scopes === null ? {} : { scopes: live.scopes }),
    };
  };
}

async function liveTokens(db: Db, now: Date, hashes: readonly Buffer[]): Promise<(Live | undefined)[]> {
  const rows = await db.many<Live & { readonly tokenHash: Buffer }>(
    sql.named(
      'api_tokens_live',
      sql`
        with live as (
          select id, identity_id, scopes, last_used_at, token_hash from api_token
          where token_hash = any(${[...hashes]}::bytea[]) and revoked_at is null and ends_at > ${now}
        ), used as (
          update api_token set last_used_at = ${now} where id in (
            select id from live where last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute')
        )
        select id, identity_id, scopes, token_hash from live`,
    ),
  );
  const byHash = new Map(rows.map(({ tokenHash, ...live }) => [tokenHash.toString('hex'), live]));
  return hashes.map((hash) => byHash.get(hash.toString('hex')));
}
