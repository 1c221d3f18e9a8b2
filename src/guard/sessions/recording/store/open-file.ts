import fs from 'node:fs';
import { promisify } from 'node:util';

const openNumber = promisify(fs.open);
const writeSome = promisify(fs.write);

/**
 * An open file, by its number, which whoever uses it last closes. Each recording opens a few files as it begins: an object for
 * each (`FileHandle`) takes twice the processor's time, and a file that is opened again to be put on disk once more.
 */
export class OpenFile {
  readonly #number: number;
  #users = 1;

  private constructor(number: number) {
    this.#number = number;
  }

  /** Opened for whoever asks, who is to `release` it. */
  static async at(path: string, flags: 'r' | 'r+' | 'w'): Promise<OpenFile> {
    return new OpenFile(await openNumber(path, flags, 0o600));
  }

  /** For one more who is to release it. */
  hold(): this {
    this.#users += 1;
    return this;
  }

  release(): void {
    this.#users -= 1;
    // what counts was put on disk before; that it is closed, nobody waits for
    if (this.#users === 0) fs.close(this.#number, () => undefined);
  }

  /** Puts all of it at a place. */
  async write(data: Buffer, place: number): Promise<void> {
    for (let done = 0; done < data.length;)
      done += (await writeSome(this.#number, data, done, data.length - done, place + done)).bytesWritten;
  }

  /** What it holds is on disk when this returns, whoever wrote it. */
  syncData(): Promise<void> {
    return promised((done) => fs.fdatasync(this.#number, done));
  }

  /** The same of what is known of it, and of a folder's list of names. */
  syncAll(): Promise<void> {
    return promised((done) => fs.fsync(this.#number, done));
  }
}

const promised = (work: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => work((error) => (error === null ? resolve() : reject(error))));
