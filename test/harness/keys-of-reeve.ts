import { join } from 'node:path';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { openRings } from '#kit/key-ring/index.ts';
import { silentLog } from '#kit/log/index.ts';

/** The keys of a Reeve of its own process, as whoever has its key file and its database gets at them. */
export const keysOfReeve = async (dataDir: string, db: Db): Promise<Keys> =>
  (await openRings({ db, log: silentLog, places: { rootKeyFile: join(dataDir, 'root.key') }, node: 'somebody' })).keys;
