/** The lab's PostgreSQL servers for tests, with a way to talk to them outside the connector's changes. */
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import type { Target } from '../port.ts';
import { openDatabase, type Row } from './client.ts';

const started = new Map<string, Promise<LabPostgres>>();
/** The lab's server of that origin, started once a test file. */
export const server = (binaries: 'debian' | 'embedded'): Promise<LabPostgres> => {
  const known = started.get(binaries) ?? startPostgres({ binaries });
  started.set(binaries, known);
  return known;
};
/** Stops what {@link server} started; the next test file starts its own. */
export async function stopServers(): Promise<void> {
  const stopping = [...started.values()];
  started.clear();
  for (const one of stopping) await (await one).stop();
}

/** Tells the server something outside any change of Reeve's, as the superuser. */
export async function ask(
  lab: LabPostgres,
  database: string,
  ...statements: readonly string[]
): Promise<readonly Row[]> {
  const { pinned, credential } = targetOf(lab);
  const address = { host: lab.host, port: lab.port, connectMs: 5_000 };
  const connection = await openDatabase({ address, database, credential, pinned, statementMs: 10_000 });
  try {
    let rows: readonly Row[] = [];
    for (const statement of statements) rows = await connection.query(statement);
    return rows;
  } finally {
    await connection.close();
  }
}

/** The server as a target, with its superuser when nobody else is named. */
export function targetOf(
  lab: LabPostgres,
  username = lab.superuser.username,
  password = lab.superuser.password,
): Target {
  return {
    systemId: lab.name,
    kind: 'postgres',
    host: lab.host,
    port: lab.port,
    settings: { database: 'shop' },
    pinned: [lab.tls ? `tls-sha256:${lab.tls.fingerprint256}` : 'tls:none'],
    credential: { kind: 'password', username, password },
  };
}
