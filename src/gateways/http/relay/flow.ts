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
    from.on('data', (came: Buffer) => {
      if (to.destroyed || to.writableEnded) return;
      const chunk = on.watch === undefined ? came : on.watch.secrets.passes(came);
      if (chunk === undefined) return on.watch?.seen();
      if (chunk.length === 0) return;
      this.bytes += chunk.length;
      on.moved(chunk.length);
      if (!to.write(chunk)) this.#full = true;
      this.settle();
    });
    from.on('end', () => {
      if (this.#over) return;
      this.#over = true;
      const rest = on.watch?.secrets.rest();
      if (rest !== undefined && rest.length > 0 && !to.destroyed && !to.writableEnded) {
        this.bytes += rest.length;
        on.moved(rest.length);
        to.write(rest);
      }
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
