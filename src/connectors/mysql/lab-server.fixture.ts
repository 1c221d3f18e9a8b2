/** The lab's MariaDB server for tests, with a way to talk to it outside the connector's changes. */
import { findMariadb, startMariadb, type LabMariadb } from '#lab/index.ts';
import type { Change, Target } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { openSession, type Row } from './wire/session.ts';

/** Why there is no server here; '' where there is one. One that does not start is an error, not a reason. */
export const noServer = findMariadb() === undefined ? 'mariadb-server is not installed' : '';

let started: Promise<LabMariadb> | undefined;
/** The lab's server, started once a test file. */
export const server = (): Promise<LabMariadb> => (started ??= startMariadb());
/** Stops what {@link server} started; the next test file starts its own. */
export async function stopServer(): Promise<void> {
  const lab = await started?.catch(() => undefined);
  started = undefined;
  await lab?.stop();
}

/** Tells the server something outside any change of Reeve's, as the management account; resolves to the rows of the last statement. */
export async function ask(lab: LabMariadb, width: number, ...statements: readonly string[]): Promise<readonly Row[]> {
  const { pinned, credential } = targetOf(lab);
  const address = { host: lab.host, port: lab.port, connectMs: 5_000 };
  const session = await openSession({ address, user: credential.username, credential, pinned, statementMs: 10_000 });
  try {
    for (const statement of width === 0 ? statements : statements.slice(0, -1)) await session.run(statement);
    return width === 0 ? [] : await session.rows(statements.at(-1) ?? '', width);
  } finally {
    session.close();
  }
}

/** The server as a target, with its management account when nobody else is named. */
export const targetOf = (
  lab: LabMariadb,
  username = lab.management.username,
  password = lab.management.password,
): Target => ({
  systemId: lab.name,
  kind: 'mysql',
  host: lab.host,
  port: lab.port,
  settings: {},
  pinned: [`tls-sha256:${lab.tls.fingerprint256}`],
  credential: { kind: 'password', username, password },
});

/** Applies changes to the lab's server, with its management account. */
export const applyOn =
  (lab: () => LabMariadb) =>
  (change: Change): Promise<{ readonly changed: boolean }> =>
    mysqlConnector.apply(targetOf(lab()), change);
