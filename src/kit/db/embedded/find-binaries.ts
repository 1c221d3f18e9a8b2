import { constants, accessSync, existsSync, statSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '#kit/errors/index.ts';
import type { RunAs } from './choose-user.ts';

/** Where the programs of one PostgreSQL are. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const missing = (detail: string): AppError =>
  new AppError({
    code: 'embedded_postgres.no_binaries',
    status: 500,
    detail,
    fix: 'install with optional packages for this platform, or set database_url to a PostgreSQL 15 or newer of your own',
  });

const inDirectory = (bin: string): Binaries => ({ postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') });

/** The programs in `binDir`, or those of the installed @embedded-postgres package of this platform. */
export function findBinaries(binDir?: string): Binaries {
  const found = binDir === undefined ? packaged() : inDirectory(binDir);
  for (const file of [found.postgres, found.initdb]) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      throw missing(`${file} is not there or may not be run`);
    }
  }
  return found;
}

function packaged(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return inDirectory(join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin'));
  } catch {
    throw missing(`the package ${name} is not installed, so Reeve has no PostgreSQL of its own here`);
  }
}

/** True when `user` may pass through every folder down to `path`. */
export function canReach(user: RunAs, path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Programs that `user` can run: the given ones, or a copy under `home` when they lie in a folder closed to that
 * user (an installation below /root). The copy is made once per version and moved into place whole.
 */
export async function reachableBinaries(binaries: Binaries, user: RunAs | undefined, home: string): Promise<Binaries> {
  if (user === undefined || canReach(user, binaries.postgres)) return binaries;
  const { size, mtimeMs } = statSync(binaries.postgres);
  const copy = join(home, `postgres-programs-${size}-${Math.trunc(mtimeMs)}`);
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    await mkdir(half, { mode: 0o755 });
    await cp(join(dirname(binaries.postgres), '..'), half, { recursive: true, verbatimSymlinks: true });
    await rename(half, copy).catch(() => rm(half, { recursive: true, force: true }));
  }
  return inDirectory(join(copy, 'bin'));
}
