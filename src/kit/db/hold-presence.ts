import { Client } from 'pg';
import type { Log } from '#kit/log/index.ts';
import { sql, type Sql } from './sql.ts';

export interface Presence {
  release(): Promise<void>;
}

const PAUSE_MS = 250;

/**
 * Lets other nodes see that this process lives: a session lock in PostgreSQL that goes when the process goes, however
 * it goes. Taken again after a lost connection. `isPresent` asks about it.
 */
export async function holdPresence(input: {
  readonly url: string;
  readonly name: string;
  readonly log: Log;
}): Promise<Presence> {
  let released = false;
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const hold = async (): Promise<void> => {
    const fresh = new Client({ connectionString: input.url, application_name: 'reeve presence', keepAlive: true });
    let gone = false;
    const lost = (): void => {
      if (gone) return;
      gone = true;
      client = undefined;
      fresh.end().catch(() => undefined);
      again();
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    try {
      await fresh.connect();
      await fresh.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [input.name]);
      client = fresh;
    } catch (error) {
      gone = true;
      fresh.end().catch(() => undefined);
      throw error;
    }
  };
  const again = (): void => {
    if (released) return;
    timer = setTimeout(() => {
      hold().catch(() => again());
    }, PAUSE_MS);
    timer.unref();
  };

  await hold();
  return {
    release: async () => {
      released = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

/** A condition that is true when some process holds the presence named by the SQL expression. */
export const isPresent = (name: Sql): Sql => sql`exists (
  select from pg_locks l
   where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
     and l.database = (select oid from pg_database where datname = current_database())
     and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(${name}, 0))`;
