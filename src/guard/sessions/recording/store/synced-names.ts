import { OpenFile } from './open-file.ts';

/**
 * A folder's list of names, which outlives a power cut where it is synced. Those who ask while the disk is busy with it
 * wait together for the next time: a hundred sessions that begin make two calls of a hundred.
 */
export class SyncedNames {
  readonly #folder: string;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every name that is there now is on disk when this returns. Throws where the disk does not take it. */
  sync(): Promise<void> {
    if (this.#running === undefined) return this.#begin();
    // the one that runs may have read the list before the newest name
    return (this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#begin();
      }));
  }

  #begin(): Promise<void> {
    const running = put(this.#folder).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}

async function put(folder: string): Promise<void> {
  const names = await OpenFile.at(folder, 'r');
  try {
    await names.syncAll();
  } finally {
    names.release();
  }
}
