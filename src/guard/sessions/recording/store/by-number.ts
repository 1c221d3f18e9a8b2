import { close, fdatasync, fsync, open, write } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);

/**
 * Work on an open file, by its number, which is closed afterwards. Each recording opens a few files as it begins: an object
 * for each (`FileHandle`) takes twice the processor's time.
 */
export async function withFile<T>(
  path: string,
  flags: 'r' | 'r+' | 'w',
  work: (file: number) => Promise<T>,
): Promise<T> {
  const file = await openFile(path, flags, 0o600);
  try {
    return await work(file);
  } finally {
    await closeFile(file);
  }
}

/** What a file holds, on disk. */
export const syncData: (file: number) => Promise<void> = promisify(fdatasync);
/** What a file or folder holds and what is known of it, on disk. */
export const syncAll: (file: number) => Promise<void> = promisify(fsync);

/** All of it, at a place. */
export async function writeAt(file: number, data: Buffer, place: number): Promise<void> {
  for (let done = 0; done < data.length;)
    done += (await writeSome(file, data, done, data.length - done, place + done)).bytesWritten;
}
const writeSome = promisify(write);
