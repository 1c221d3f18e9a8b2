import { OpenFile } from './open-file.ts';
import type { SyncedNames } from './synced-names.ts';

/** How long what was written may wait for the disk; with the writer's own 0.4 s a power cut takes less than a second. */
const SYNC_MS = 400;
/** More files than this waiting, and the disk is slower than the stream: the writer then waits for the disk. */
const MOST_WAITING = 256;

/**
 * Makes the files of one recording outlive a power cut, off the path of what flows: a file is noted when it is
 * written, and all that are noted go to disk together, each file and then their folder's names where one is new. One
 * thread of the pool is busy with it at most. A disk that fails once has failed: what it dropped cannot be written again.
 */
export class SyncLater {
  readonly #names: SyncedNames;
  readonly #failed: (error: unknown) => void;
  #noted = new Map<string, OpenFile | undefined>();
  #isNew = false;
  #syncingSince: number | undefined;
  #parent: SyncedNames | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `parent` is the list that holds the folder's own name, which is as new as the folder. */
  constructor(parts: {
    readonly folder: SyncedNames;
    readonly parent: SyncedNames;
    readonly failed: (error: unknown) => void;
  }) {
    this.#names = parts.folder;
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

  /** A file that waits for the disk, open still, for whoever asks to release it; undefined: it does not. */
  holding(path: string): OpenFile | undefined {
    return this.#noted.get(path)?.hold();
  }

  /**
   * Notes a file that is complete under its name, or something more in one; whether its name is new. One that is given stays
   * open until it is on disk, any other is opened for it.
   */
  note(path: string, file: OpenFile | undefined, isNew: boolean): void {
    const before = this.#noted.get(path);
    if (before === undefined || before !== file) {
      before?.release();
      this.#noted.set(path, file?.hold());
    }
    this.#isNew ||= isNew;
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
    const [files, isNew] = [this.#noted, this.#isNew];
    if (files.size === 0) return;
    this.#noted = new Map();
    this.#isNew = false;
    try {
      for (const [path, file] of files) await this.#put(() => syncData(path, file));
      if (isNew) await this.#put(() => this.#names.sync());
      const parent = this.#parent;
      if (parent === undefined) return;
      await this.#put(() => parent.sync());
      this.#parent = undefined;
    } finally {
      for (const file of files.values()) file?.release();
    }
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

async function syncData(path: string, open: OpenFile | undefined): Promise<void> {
  const file = open?.hold() ?? (await OpenFile.at(path, 'r'));
  try {
    await file.syncData();
  } finally {
    file.release();
  }
}
