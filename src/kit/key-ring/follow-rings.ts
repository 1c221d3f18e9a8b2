import { sql, type Db, type Queryable } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { Rings } from './open-rings.ts';

const CHANNEL = 'reeve_keys';

/** Lets every node look at its rings once this transaction commits. */
export const tellRings = (tx: Queryable): Promise<number> => tx.run(sql`select pg_notify(${CHANNEL}, '')`);

/** Follows what the database says of the rings: at once when told, and by a slow look that catches what was missed. */
export async function followRings(parts: {
  readonly db: Db;
  readonly log: Log;
  readonly rings: Rings;
  readonly everyMs?: number;
}): Promise<() => Promise<void>> {
  const { db, log, rings, everyMs = 2_000 } = parts;
  let looking: Promise<void> | undefined;
  let again = false;
  let told = '';
  const complain = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    if (why !== told) log.warn('the keys could not be looked at; trying again', { error });
    told = why;
  };
  const lookOnce = async (): Promise<void> => {
    try {
      await Promise.all([rings.vault.refresh(), rings.records.refresh()]);
      told = '';
    } catch (error) {
      complain(error);
    }
  };
  const look = (): void => {
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = lookOnce().finally(() => {
      looking = undefined;
      if (again) {
        again = false;
        look();
      }
    });
  };
  const stopListening = await db.listen(CHANNEL, look, look);
  const timer = setInterval(look, everyMs);
  return async () => {
    clearInterval(timer);
    await stopListening();
    await looking;
  };
}
