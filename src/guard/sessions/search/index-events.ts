import { open, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { eventContext } from '../event-context.ts';
import { SEARCH_KEY, searchTokens } from './words.ts';

const AT_A_TIME = 1_000;
const MOST_A_RUN = 50_000;

/**
 * Gives events of sessions their words that have none: those of before there was an index. Nothing is done while the
 * vault is sealed; what does not open is found by nothing.
 */
export async function indexEvents(db: Db, keys: Keys): Promise<void> {
  const [searchKey, key] = [keys.derive(SEARCH_KEY), keys.sealing('session events')];
  for (let done = 0; done < MOST_A_RUN; done += AT_A_TIME) {
    const rows = await db.many<{ sessionId: string; n: number; sealedDetail: Buffer }>(
      sql`select session_id, n, sealed_detail from session_event where words is null limit ${AT_A_TIME}`,
    );
    if (rows.length === 0) return;
    const words = rows.map(({ sessionId, n, sealedDetail }) => {
      try {
        return `{${searchTokens(searchKey, open(key, sealedDetail, eventContext(sessionId, n)).toString('utf8')).join(',')}}`;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'crypto.does_not_open') throw error;
        return '{}';
      }
    });
    await db.run(sql`
      update session_event e set words = fresh.words::bigint[]
      from unnest(${rows.map((row) => row.sessionId)}::uuid[], ${rows.map((row) => row.n)}::int[], ${words}::text[]) as fresh (session_id, n, words)
      where e.session_id = fresh.session_id and e.n = fresh.n`);
  }
}
