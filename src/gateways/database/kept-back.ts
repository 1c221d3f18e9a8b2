import type { Socket } from 'node:net';

/** Statements typed meanwhile fit many times; of bulk data the rest stays with the client. */
const MOST = 256 * 1024;

/** What a client sends while its session is paused: read, so that its leaving is noticed, and handed on when it goes on. */
export class KeptBack {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** No more is read, and a client that leaves is not noticed. */
  get full(): boolean {
    return this.#bytes >= MOST;
  }

  keep(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** Puts it back before what is still to be read. The socket is left standing. */
  giveBack(): void {
    if (this.#bytes === 0) return;
    const kept = Buffer.concat(this.#chunks, this.#bytes);
    this.#chunks = [];
    this.#bytes = 0;
    this.#socket.pause();
    this.#socket.unshift(kept);
  }
}
