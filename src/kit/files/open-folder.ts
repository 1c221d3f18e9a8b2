import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';

/** Why something cannot be done with files others write; the message is in words for whoever put them there. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
  readonly code: 'unreachable' | 'refused' | 'failed';
  constructor(code: FolderError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * An open folder. Files in it are opened through its descriptor, so that a folder moved or replaced by a link in the
 * meantime leads nowhere else.
 */
export class Folder {
  readonly #handle: FileHandle;
  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Opens a folder inside `root` (itself not that folder). Throws `refused` for one outside, or reached through a link,
   * and `unreachable` where it is not there.
   */
  static async open(root: string, path: string): Promise<Folder> {
    const real = await realpath(root).catch(() => {
      throw new FolderError('unreachable', 'the folder that exchange_dir names is not there');
    });
    const inside = relative(root, path);
    if (inside === '' || inside.startsWith('..') || isAbsolute(inside))
      throw new FolderError('refused', 'the path is not inside the folder that exchange_dir names');
    await refuseLinks(real, inside);
    const folder = new Folder(await openDirectory(join(real, inside)));
    try {
      if ((await readlink(folder.#at())) !== join(real, inside)) throw linked();
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  #at(name = ''): string {
    return `/proc/self/fd/${this.#handle.fd}${name === '' ? '' : `/${name}`}`;
  }

  /** A file in it, for reading; undefined when there is none. Links, pipes and devices are refused, and nothing is waited for. */
  async file(name: string): Promise<FileHandle | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      if (codeOf(error) === 'ELOOP') throw new FolderError('refused', `${name} is a link; put the file itself there`);
      throw new FolderError('failed', `${name} cannot be read (${String(codeOf(error))})`, { cause: error });
    }
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw new FolderError('refused', `${name} is no ordinary file`);
  }

  /** A folder in it, made where it is not there. */
  async folder(name: string): Promise<Folder> {
    await mkdir(this.#at(name), { mode: 0o770 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw unwritable(error);
    });
    return new Folder(await openDirectory(this.#at(name)));
  }

  names(): Promise<string[]> {
    return readdir(this.#at());
  }

  /** Writes a new file whole, on disk when this returns; throws where one of that name is there. */
  async write(name: string, text: string): Promise<void> {
    let handle: FileHandle;
    try {
      handle = await open(this.#at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
    } catch (error) {
      throw unwritable(error);
    }
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

const linked = (): FolderError => new FolderError('refused', 'the path leads through a link; name the folder itself');

const unwritable = (error: unknown): FolderError =>
  new FolderError('failed', `Reeve cannot write there (${String(codeOf(error))})`, { cause: error });

async function openDirectory(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ELOOP' || code === 'ENOTDIR') throw linked();
    throw new FolderError('unreachable', `the folder cannot be opened (${String(code)})`, {
      cause: error,
    });
  }
}

/** Says early and clearly what the open descriptor proves in the end. */
async function refuseLinks(root: string, inside: string): Promise<void> {
  let path = root;
  for (const part of inside.split(sep)) {
    path = join(path, part);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) throw linked();
  }
}
