import type { Socket } from 'node:net';

/** Reads a socket message by message before its session begins. Nothing is kept but what was asked for. */
export class ByteReader {
  readonly #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  #over = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#onData);
    socket.on('close', this.#onClose);
    socket.on('end', this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#socket.pause();
    this.#wake();
  };
  readonly #onClose = (): void => {
    this.#over = true;
    this.#wake();
  };

  /** Bytes nobody asked for yet. */
  get waiting(): number {
    return this.#buffer.length;
  }

  /** The next message, whose length `measure` says once it can. Undefined: the peer is gone. */
  async message(measure: (begun: Buffer) => number | undefined): Promise<Buffer | undefined> {
    for (;;) {
      const length = measure(this.#buffer);
      if (length !== undefined && this.#buffer.length >= length) {
        const message = this.#buffer.subarray(0, length);
        this.#buffer = this.#buffer.subarray(length);
        return message;
      }
      if (this.#over || this.#socket.destroyed) return undefined;
      await new Promise<void>((wake) => {
        this.#wake = wake;
        this.#socket.resume();
      });
    }
  }

  /** Lets go of the socket, which stays paused; answers what was read and not asked for. */
  release(): Buffer {
    this.#socket.pause();
    this.#socket.removeListener('data', this.#onData);
    this.#socket.removeListener('close', this.#onClose);
    this.#socket.removeListener('end', this.#onClose);
    return this.#buffer;
  }
}
