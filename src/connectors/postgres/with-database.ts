import type { Target } from '../port.ts';
import { openDatabase, type Database, type Login } from './client.ts';
import { settingsOf, type PostgresSettings } from './settings.ts';

/** How Reeve logs in at a target: to its own database, or another of the cluster. */
export function loginOf(target: Target, database?: string): Login {
  const settings = settingsOf(target);
  return {
    address: { host: target.host, port: target.port, connectMs: settings.connectSeconds * 1000 },
    database: database ?? settings.database,
    credential: target.credential,
    pinned: target.pinned,
    statementMs: settings.timeoutSeconds * 1000,
  };
}

/** Works with one connection, to its own database or another of the cluster, and closes it. */
export async function withDatabase<Result>(
  target: Target,
  act: (database: Database, settings: PostgresSettings) => Promise<Result>,
  name?: string,
): Promise<Result> {
  const database = await openDatabase(loginOf(target, name));
  try {
    return await act(database, settingsOf(target));
  } finally {
    await database.close();
  }
}
