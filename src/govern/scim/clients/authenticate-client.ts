import type { Clock } from '#kit/clock/index.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import type { Scope } from '../model.ts';

/** A client that proved itself. */
export interface ProvenClient {
  readonly clientId: string;
  readonly identityId: string;
  readonly sourceId: string;
  readonly tokenId: string;
  readonly scopes: readonly Scope[];
}

/** Says which client holds a token; undefined where it is unknown, over, or of a client that was removed. One prepared statement a call. */
export const createClientAuthenticator =
  (db: Db, clock: Clock): ((token: string) => Promise<ProvenClient | undefined>) =>
  async (token) => {
    const now = clock.now();
    return await db.maybe<ProvenClient>(
      sql.named(
        'scim_token_live',
        sql`
          with live as (
            select t.id, t.client_id, c.identity_id, c.source_id, c.scopes, t.last_used_at
              from scim_token t join scim_client c on c.id = t.client_id and c.removed_at is null
             where t.token_hash = ${hashToken(token)} and t.ends_at > ${now}
          ), used as (
            update scim_token set last_used_at = ${now} where id in (
              select id from live where last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute')
          )
          select id as token_id, client_id, identity_id, source_id, scopes from live`,
      ),
    );
  };
