import { syncAll, syncData, withFile } from './by-number.ts';

/** How long what was written may wait for the disk; with the writer's own 0.4 s a power cut takes less than a second. */
const SYNC_MS = 400;
/** More files than this waiting, and the disk is slower than the stream: the writer then waits for the disk. */
const MOST_WAITING = 256;

/** Puts on disk what the page cache holds of a file, or of a folder's list of names. */
const sync = (path: string, what: 'data' | 'names'): Promise<void> =>
  withFile(path, 'r', what === 'data' ? syncData : syncAll);

/**
 * Makes the files of one recording outlive a power cut, off the path of what flows: a file is noted when it is
 * written, and all that are noted go to disk together, each file and then their folder's names where one is new. One
 * thread of the pool is busy with it at most. A disk that fails once has failed: what it dropped cannot be written again.
 */
export class SyncLater {
  readonly #folder: string;
  readonly #failed: (error: unknown) => void;
  #noted = new Set<string>();
  #names = false;
  #syncingSince: number | undefined;
  #parent: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `parent` holds the folder's own name, which is as new as the folder. */
  constructor(parts: { readonly folder: string; readonly parent: string; readonly failed: (error: unknown) => void }) {
    this.#folder = parts.folder;
    this.#parent = parts.parent;
    this.#failed = parts.failed;
  }

  /** True while the disk does not keep up. */
  get behind(): boolean {
    return this.#noted.size > MOST_WAITING;
  }

  /** Since when the disk is busy with one file, or one list of names; undefined: it is not. */
  get since(): number | undefined {
    return this.#syncingSince;
  }

  /** Notes a file that is complete under its name, or something more in one; whether its name is new. */
  note(file: string, isNew: boolean): void {
    this.#noted.add(file);
    this.#names ||= isNew;
    this.#timer ??= setTimeout(() => void this.settle().catch(this.#failed), SYNC_MS);
  }

  /** Everything noted so far is on disk when this returns. Throws where the disk does not take it. */
  settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running = this.#running.then(() => this.#sync());
    // whoever waits hears of it; nobody has to
    this.#running.catch(() => undefined);
    return this.#running;
  }

  async #sync(): Promise<void> {
    const [files, names] = [this.#noted, this.#names];
    if (files.size === 0) return;
    this.#noted = new Set();
    this.#names = false;
    for (const file of files) await this.#put(() => sync(file, 'data'));
    if (names) await this.#put(() => sync(this.#folder, 'names'));
    const parent = this.#parent;
    if (parent === undefined) return;
    await this.#put(() => sync(parent, 'names'));
    this.#parent = undefined;
  }

  async #put(sync: () => Promise<void>): Promise<void> {
    this.#syncingSince = performance.now();
    try {
      await sync();
    } finally {
      this.#syncingSince = undefined;
    }
  }
}
