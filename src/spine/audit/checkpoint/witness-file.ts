import { open, readFile, rename } from 'node:fs/promises';
import { AppError } from '#kit/errors/index.ts';
import { openCheckpoint, type Checkpoint, type SignedCheckpoint } from './checkpoint.ts';
import type { LogKey } from './log-key.ts';

/** Remembers the newest checkpoint outside the database, where whoever changes the database does not reach. */
export interface Witness {
  /** The newest checkpoint seen; undefined before the first. Throws `audit.witness_damaged`. */
  latest(): Promise<Checkpoint | undefined>;
  /** Replaces it, complete and on disk or not at all. The caller has signed or opened it, and knows that it extends the latest. */
  advance(next: SignedCheckpoint): Promise<void>;
}

/** The signed note a witness file holds, unjudged; undefined where there is none yet. */
export async function readWitnessNote(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A witness kept in one file, a signed note that any tool for C2SP checkpoints reads. */
export function witnessFile(path: string, key: LogKey): Witness {
  let known: Checkpoint | undefined;
  return {
    async latest() {
      if (known !== undefined) return known;
      const note = await readWitnessNote(path);
      if (note === undefined) return undefined;
      const opened = openCheckpoint(key, note);
      if ('refused' in opened) {
        throw new AppError({
          code: 'audit.witness_damaged',
          status: 500,
          detail: `the witness of the audit log at ${path} is not a checkpoint of this log: ${opened.refused}`,
          fix: 'check that root key, database and data folder belong together, run `reeve audit verify`, and only then move the file away',
        });
      }
      known = opened;
      return known;
    },
    async advance({ note, checkpoint }) {
      const aside = `${path}.new`;
      const file = await open(aside, 'w', 0o644);
      try {
        await file.writeFile(note);
        await file.sync();
      } finally {
        await file.close();
      }
      // Not synced: after a power cut the one before may be back, which is only older.
      await rename(aside, path);
      known = checkpoint;
    },
  };
}
