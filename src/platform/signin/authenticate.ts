import { hashToken } from '#kit/crypto/index.ts';
import { sql, type Db, type Kept, type Queryable, type Tx } from '#kit/db/index.ts';
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
const MINUTE = 60_000;

interface Live {
  readonly id: string;
  readonly identityId: string;
  readonly scopes: string[] | null;
}

/**
 * Says who holds a proof; undefined where it is unknown, ended, idle too long or revoked. Runs on every call, so
 * each lookup is one prepared statement, and the time last used is written at most once a minute, by another. A token that was looked
 * up is remembered that long, while no token changes.
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
  const byToken = gather(
    async (hashes: readonly Buffer[]) => await provenTokens(db, await db.kept('tokens'), clock.now(), hashes),
    TOKENS,
  );

  return async ({ cookie, token, address }) => {
    const now = clock.now();
    const live =
      token !== undefined
        ? await byToken(hashToken(token))
        : cookie !== undefined
          ? await bySignin(hashToken(cookie), now)
          : undefined;
    if (live === undefined) return undefined;
    return askerOf(live, token === undefined ? 'console' : 'api', address);
  };
}

/** Whether a sign-in still holds, without using it: what only waits keeps nobody signed in. */
export const signinHolds = async (db: Db, id: string, now: Date): Promise<boolean> =>
  (await db.maybe<{ id: string }>(
    sql.named(
      'signin_holds',
      sql`
        select id from signin where id = ${id} and ended_at is null and ends_at > ${now}
          and last_seen_at > ${now}::timestamptz - make_interval(hours => ${IDLE_HOURS})`,
    ),
  )) !== undefined;

/** A token as somebody sent it, and from where. */
export interface TokenProof {
  readonly token: string;
  readonly address: string;
}

/**
 * Says who holds each token, in their order; undefined where it is unknown, ended or revoked. In the transaction of what
 * they ask for, so that both are proved at once.
 */
export async function proveTokens(
  tx: Tx,
  proofs: readonly TokenProof[],
): Promise<(Omit<Asker, 'trace'> | undefined)[]> {
  const hashes = proofs.map(({ token }) => hashToken(token));
  const live = await provenTokens(tx, await tx.kept('tokens'), tx.now, hashes);
  return live.map((found, i) => (found === undefined ? undefined : askerOf(found, 'api', proofs[i]?.address ?? '')));
}

const askerOf = ({ id, identityId, scopes }: Live, via: 'api' | 'console', address: string): Omit<Asker, 'trace'> => ({
  principal: { kind: 'identity', id: identityId },
  origin: { via, signinId: id, address },
  scopes: scopes ?? undefined,
});

async function provenTokens(
  db: Queryable,
  kept: Kept,
  now: Date,
  hashes: readonly Buffer[],
): Promise<(Live | undefined)[]> {
  const keys = hashes.map((hash) => hash.toString('latin1'));
  const known = keys.map((key) => kept.get<Live>(key, now));
  const missing = new Set(keys.filter((_key, i) => known[i] === undefined));
  if (missing.size === 0) return known;
  const found = new Map<string, Live>();
  const rows = await liveTokens(
    db,
    now,
    [...missing].map((key) => Buffer.from(key, 'latin1')),
  );
  for (const { tokenHash, endsAt, lastUsedAt: _, ...live } of rows) {
    const key = tokenHash.toString('latin1');
    found.set(key, live);
    kept.keep(key, live, { now, until: new Date(Math.min(endsAt.getTime(), now.getTime() + MINUTE)) });
  }
  // Apart from the reading, and after it: what is read by whoever writes is not remembered.
  const unnoted = rows.filter(({ lastUsedAt }) => lastUsedAt === null || lastUsedAt.getTime() < now.getTime() - MINUTE);
  if (unnoted.length > 0)
    await noteUse(
      db,
      now,
      unnoted.map(({ id }) => id),
    );
  return keys.map((key, i) => known[i] ?? found.get(key));
}

interface LiveToken extends Live {
  readonly tokenHash: Buffer;
  readonly endsAt: Date;
  readonly lastUsedAt: Date | null;
}

const liveTokens = (db: Queryable, now: Date, hashes: readonly Buffer[]): Promise<LiveToken[]> =>
  db.many(
    sql.named(
      'api_tokens_live',
      sql`
        select id, identity_id, scopes, token_hash, ends_at, last_used_at from api_token
        where token_hash = any(${[...hashes]}::bytea[]) and revoked_at is null and ends_at > ${now}`,
    ),
  );

/** Whoever notes the use of one of them at the same time is not waited for. */
const noteUse = (db: Queryable, now: Date, ids: readonly string[]): Promise<number> =>
  db.run(
    sql.named(
      'api_tokens_used',
      sql`
        update api_token set last_used_at = ${now} where id in (
          select id from api_token where id = any(${[...ids]}::uuid[])
            and (last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute')
          for update skip locked)`,
    ),
  );
