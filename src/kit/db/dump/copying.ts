import { sql } from '../sql.ts';
import type { Queryable } from '../port.ts';

const NAME = 'reeve files beside the database are copied';

/** For the rest of the transaction nobody takes files away that belong to the database. */
export const holdFiles = (tx: Queryable): Promise<number> =>
  tx.run(sql`select pg_advisory_xact_lock_shared(hashtextextended(${NAME}, 0))`);

/**
 * Whether files that belong to the database may be taken away, for the rest of the transaction: not while a backup copies
 * them, which was begun when they still belonged to it.
 */
export const mayTakeFiles = async (tx: Queryable): Promise<boolean> =>
  (await tx.one<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(hashtextextended(${NAME}, 0)) as free`)).free;
