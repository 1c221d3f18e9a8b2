import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';

/** Begins a file that is kept beside the database: each further line is a piece of it, as a JSON text of base64. */
export interface DumpFile {
  readonly file: string;
  readonly bytes: number;
  /** Of all of it, hex. */
  readonly sha256: string;
}

/** A folder whose files go into a backup, and the names of those that do. */
export interface DumpFolder {
  readonly folder: string;
  readonly takes: RegExp;
}

/** One name below another at most, and none that leads anywhere else. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/u;
const PIECE = 3 * 256 * 1024;

/** Writes the files of a folder as they are now, each whole; one that is gone meanwhile is left out. Answers how many. */
export async function writeFiles(
  { folder, takes }: DumpFolder,
  say: (line: object | string) => Promise<void>,
): Promise<number> {
  let count = 0;
  for (const name of await namesIn(folder, takes)) {
    const content = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (content === undefined) continue;
    await say({ file: name, bytes: content.length, sha256: sha256(content).toString('hex') } satisfies DumpFile);
    for (let at = 0; at < content.length; at += PIECE) await say(content.subarray(at, at + PIECE).toString('base64'));
    count += 1;
  }
  return count;
}

async function namesIn(folder: string, takes: RegExp): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  return found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length).replace(/^\/+/u, ''))
    .filter((name) => NAME.test(name) && takes.test(name))
    .toSorted();
}

/** Takes the pieces of one file, and puts it where it belongs once all of it is there and is what it was. */
export class FileBeingRestored {
  readonly #into: string;
  readonly #file: DumpFile;
  #pieces: Buffer[] = [];

  constructor(into: string, file: DumpFile) {
    this.#into = into;
    this.#file = file;
  }

  add(piece: string): void {
    this.#pieces.push(Buffer.from(piece, 'base64'));
  }

  /** Throws `backup.file_altered`, and `backup.file_there` where another of that name is there: nothing is written over. */
  async put(): Promise<void> {
    const { file, bytes, sha256: digest } = this.#file;
    const content = Buffer.concat(this.#pieces);
    if (!NAME.test(file) || content.length !== bytes || sha256(content).toString('hex') !== digest)
      throw new AppError({
        code: 'backup.file_altered',
        status: 422,
        detail: `the file ${NAME.test(file) ? file : 'of a name that is none'} in this backup is not what it was`,
        fix: 'take another copy of it, or an older backup',
      });
    const path = join(this.#into, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Whole under its name or not at all: one that was cut off would be another file to the next restore.
    const part = `${path}.part`;
    await rm(part, { force: true });
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(part, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      if ((await readFile(path)).equals(content)) return;
      throw new AppError({
        code: 'backup.file_there',
        status: 409,
        detail: `${path} is there, and is another file than the one in this backup`,
        fix: 'restore into a recordings folder of its own',
      });
    });
    await rm(part, { force: true });
  }
}
