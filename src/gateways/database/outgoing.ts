import type { Socket } from 'node:net';

/**
 * What goes out to one side: slices of what came in, put together so that one chunk in is mostly one write out, without
 * copying.
 */
export class Outgoing {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #buffer: Buffer | undefined;
  #start = 0;
  #end = 0;
  #full = false;

  constructor(socket: Socket, drained: () => void) {
    this.#socket = socket;
    socket.on('drain', () => {
      this.#full = false;
      drained();
    });
  }

  /** The other side does not read as fast as we are sent. */
  get full(): boolean {
    return this.#full;
  }

  add(buffer: Buffer, start: number, end: number): void {
    if (buffer === this.#buffer && start === this.#end) {
      this.#end = end;
      return;
    }
    this.#cut();
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
  }

  #cut(): void {
    if (this.#buffer !== undefined && this.#end > this.#start)
      this.#parts.push(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = undefined;
  }

  send(): void {
    this.#cut();
    const parts = this.#parts;
    if (parts.length === 0) return;
    this.#parts = [];
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    const [only] = parts;
    if (!this.#socket.write(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts))) this.#full = true;
  }
}
