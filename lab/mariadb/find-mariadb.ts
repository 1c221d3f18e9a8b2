/** Where this machine's MariaDB server is, and as whom it runs. */
import { existsSync } from 'node:fs';
import type { ServerUser } from '../postgres/find-binaries.ts';
import { runCommand } from '../run-command.ts';

export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
  /** Comes with the server; plants what a plan says. */
  readonly client: string;
}

/** Undefined when the server, the programs that make its data folder and talk to it, or the ed25519 log-in are not here. */
export function findMariadb(): MariadbPrograms | undefined {
  const programs = {
    server: '/usr/sbin/mariadbd',
    install: '/usr/bin/mariadb-install-db',
    client: '/usr/bin/mariadb',
  };
  const needed = [...Object.values(programs), '/usr/lib/mysql/plugin/auth_ed25519.so'];
  return needed.every((file) => existsSync(file)) ? programs : undefined;
}

/** MariaDB does not like to run as root: then `mysql` when the machine has that user, else `nobody`; an ordinary user stays who they are. */
export async function findMariadbUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['mysql', 'nobody']) {
    const found = await runCommand('getent', ['passwd', name]);
    const [, , uid, gid] = found.stdout.split(':');
    if (found.code === 0 && uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('MariaDB should not run as root and this machine has neither a user mysql nor nobody');
}
