import fs from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(fs.open);
const closeFile = promisify(fs.close);

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
export const syncData = (file: number): Promise<void> => promised((done) => fs.fdatasync(file, done));
/** What a file or folder holds and what is known of it, on disk. */
export const syncAll = (file: number): Promise<void> => promised((done) => fs.fsync(file, done));

const promised = (work: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => work((error) => (error === null ? resolve() : reject(error))));

/** All of it, at a place. */
export async function writeAt(file: number, data: Buffer, place: number): Promise<void> {
  for (let done = 0; done < data.length;)
    done += (await writeSome(file, data, done, data.length - done, place + done)).bytesWritten;
}
const writeSome = promisify(fs.write);
