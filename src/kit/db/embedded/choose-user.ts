import { readFileSync, statSync } from 'node:fs';
import { AppError } from '#kit/errors/index.ts';

/** Whom PostgreSQL runs as when Reeve itself is root; it refuses to run as root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const CANDIDATES = ['reeve', 'postgres', 'nobody'];

const accounts = (): RunAs[] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) =>
      name !== undefined && uid !== undefined && gid !== undefined
        ? [{ name, uid: Number(uid), gid: Number(gid) }]
        : [],
    );

/**
 * The user for PostgreSQL, or undefined when Reeve is not root and simply stays who it is. An existing data
 * directory keeps its owner; else the first of `reeve`, `postgres`, `nobody` that exists on this machine.
 */
export function chooseUser(dataDirectory: string): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = accounts();
  const owner = statSync(dataDirectory, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0)
    return known.find((a) => a.uid === owner.uid) ?? { uid: owner.uid, gid: owner.gid, name: String(owner.uid) };
  for (const name of CANDIDATES) {
    const found = known.find((a) => a.name === name && a.uid !== 0);
    if (found !== undefined) return found;
  }
  throw new AppError({
    code: 'embedded_postgres.no_user',
    status: 500,
    detail: 'PostgreSQL does not run as root, and there is no user reeve, postgres or nobody to run it as',
    fix: 'create one (useradd --system reeve), run Reeve as an ordinary user, or set database_url to a PostgreSQL of your own',
  });
}
