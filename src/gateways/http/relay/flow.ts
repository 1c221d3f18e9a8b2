import type { Readable, Writable } from 'node:stream';
import type { WatchSecrets } from './watch-secrets.ts';

/** One way of an exchange: what comes in goes out, no faster than it is taken, and not at all while it is held. */
export class Flow {
  readonly #from: Readable;
  readonly #held: () => boolean;
  #full = false;
  #over = false;
  bytes = 0;

  constructor(
    from: Readable,
    to: Writable,
    on: {
      readonly held: () => boolean;
      readonly moved: (bytes: number) => void;
      readonly ended: () => void;
      /** Nothing goes on in which it sees a secret. */
      readonly watch?: { readonly secrets: WatchSecrets; readonly seen: () => void } | undefined;
    },
  ) {
    this.#from = from;
    this.#held = on.held;
    to.on('drain', () => {
      this.#full = false;
      this.settle();
    });
    from.on('data', (chunk: Buffer) => {
      if (to.destroyed || to.writableEnded) return;
      if (on.watch?.secrets.sees(chunk) === true) return on.watch.seen();
      this.bytes += chunk.length;
      on.moved(chunk.length);
      if (!to.write(chunk)) this.#full = true;
      this.settle();
    });
    from.on('end', () => {
      if (this.#over) return;
      this.#over = true;
      on.ended();
    });
    this.settle();
  }

  /** Reads on, or does not, as things are now. */
  settle(): void {
    if (this.#over || this.#from.destroyed) return;
    if (this.#full || this.#held()) this.#from.pause();
    else this.#from.resume();
  }
}
