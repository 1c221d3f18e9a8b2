import { systemClock } from '#kit/clock/index.ts';
import type { Config } from '#kit/config/index.ts';
import { openDb, startEmbedded, type Db } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';

/** The database of the configuration, also while Reeve runs. Without one of your own, the embedded one is found or started. */
export async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const embedded =
    config.databaseUrl === undefined ? await startEmbedded({ dataDir: config.dataDir, log: silentLog }) : undefined;
  try {
    const db = await openDb({
      url: config.databaseUrl ?? embedded?.url ?? '',
      clock: systemClock,
      log: silentLog,
      max: 2,
      statementTimeoutMs: 0,
    });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  } finally {
    await embedded?.stop();
  }
}
