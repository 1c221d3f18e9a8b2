import { access, constants, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../format.ts';
import { numberOf, PACKED_BELOW, Packs, WritingPack, type PackPlace } from './pack.ts';
import type { RecordingStore, WritingFiles } from './port.ts';
import { OpenFile } from './open-file.ts';
import { SyncLater } from './sync-later.ts';
import { SyncedNames } from './synced-names.ts';

/** Recordings below a folder, one folder each. Throws where nothing can be written there. */
export async function storeInFolder(dir: string): Promise<RecordingStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await access(dir, constants.W_OK);
  return folderStore(dir);
}

/** The same, of a folder that is there. Small chunks lie in packs, large ones are files. */
export function folderStore(dir: string): RecordingStore {
  const packs = new Packs();
  const sessions = new SyncedNames(dir);
  const placeOf = async (sessionId: string): Promise<PackPlace> => {
    const folder = join(dir, sessionId);
    return {
      key: sessionId,
      names: await unlessAbsent(readdir(folder), []),
      state: async (name) => {
        const { ino, size, mtimeMs } = await stat(join(folder, name));
        return `${String(ino)} ${String(size)} ${String(mtimeMs)}`;
      },
      read: (name) => readFile(join(folder, name)),
    };
  };
  return {
    place: dir,
    write: async (sessionId, lost) => {
      const folder = join(dir, sessionId);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const parts = { folder: new SyncedNames(folder), parent: sessions, failed: lost };
      return new FolderFiles(folder, new SyncLater(parts));
    },
    read: async (sessionId, name) => {
      const file = await unlessAbsent(readFile(join(dir, sessionId, name)), undefined);
      const n = numberOf(name);
      if (file !== undefined || n === undefined) return file;
      return await unlessAbsent(packs.read(await placeOf(sessionId), n), undefined);
    },
    names: async (sessionId) => {
      const place = await placeOf(sessionId);
      return [...new Set([...place.names, ...(await packs.names(place))])];
    },
    remove: async (sessionId) => {
      await rm(join(dir, sessionId, MANIFEST), { force: true });
      await rm(join(dir, sessionId), { recursive: true, force: true });
    },
  };
}

class FolderFiles implements WritingFiles {
  readonly #folder: string;
  readonly #disk: SyncLater;
  #pack: WritingPack | undefined;

  constructor(folder: string, disk: SyncLater) {
    this.#folder = folder;
    this.#disk = disk;
  }

  async write(name: string, data: Buffer): Promise<void> {
    const n = numberOf(name);
    if (n !== undefined && data.length < PACKED_BELOW) return await this.#append(n, data);
    const path = join(this.#folder, name);
    const file = await OpenFile.at(`${path}.part`, 'w');
    await whileOpen(file, async () => {
      await file.write(data, 0);
      // a reader finds it whole or not at all, wherever Reeve is killed
      await rename(`${path}.part`, path);
      // of large ones hundreds may wait for a slow disk
      this.#disk.note(path, data.length < PACKED_BELOW ? file : undefined, true);
    });
  }

  async #append(n: number, data: Buffer): Promise<void> {
    const pack = this.#pack?.takes(n) === true ? this.#pack : new WritingPack(this.#folder, n);
    this.#pack = pack;
    const isNew = pack.empty;
    const file = this.#disk.holding(pack.path) ?? (await OpenFile.at(pack.path, isNew ? 'w' : 'r+'));
    await whileOpen(file, async () => {
      await pack.write(file, data);
      this.#disk.note(pack.path, file, isNew);
    });
  }

  get behind(): boolean {
    return this.#disk.behind;
  }

  get settlingSince(): number | undefined {
    return this.#disk.since;
  }

  settle(): Promise<void> {
    return this.#disk.settle();
  }

  async close(): Promise<void> {
    await this.#disk.settle().catch(() => undefined);
  }
}

async function whileOpen(file: OpenFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    file.release();
  }
}

async function unlessAbsent<T>(work: Promise<T>, absent: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}
