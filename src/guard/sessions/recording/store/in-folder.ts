import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST } from '../format.ts';
import type { RecordingStore } from './port.ts';
import { SyncLater } from './sync-later.ts';

/** Recordings below a folder, one folder each. Throws where nothing can be written there. */
export async function storeInFolder(dir: string): Promise<RecordingStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await access(dir, constants.W_OK);
  return folderStore(dir);
}

/** The same, of a folder that is there. */
export const folderStore = (dir: string): RecordingStore => ({
  place: dir,
  write: async (sessionId, lost) => {
    const folder = join(dir, sessionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const disk = new SyncLater({ folder, parent: dir, failed: lost });
    return {
      write: async (name, data) => {
        const path = join(folder, name);
        await writeWhole(path, data);
        disk.note(path);
      },
      get behind() {
        return disk.behind;
      },
      get settlingSince() {
        return disk.since;
      },
      settle: () => disk.settle(),
    };
  },
  read: (sessionId, name) => unlessAbsent(readFile(join(dir, sessionId, name)), undefined),
  names: (sessionId) => unlessAbsent(readdir(join(dir, sessionId)), []),
  remove: async (sessionId) => {
    await rm(join(dir, sessionId, MANIFEST), { force: true });
    await rm(join(dir, sessionId), { recursive: true, force: true });
  },
});

/** Writes a file under another name first: a reader finds it whole or not at all, wherever Reeve is killed. */
async function writeWhole(path: string, data: Buffer): Promise<void> {
  await writeFile(`${path}.part`, data, { mode: 0o600 });
  await rename(`${path}.part`, path);
}

async function unlessAbsent<T>(work: Promise<T>, absent: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}
