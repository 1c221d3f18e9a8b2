/**
 * Packets of the MariaDB/MySQL protocol over a byte stream: three bytes of length, one of sequence, then the content
 * (MariaDB docs, "0-packet"). One side asks, the other answers; a length is judged before anything of that length is kept.
 */
import type { Socket } from 'node:net';
import { TargetError } from '../../port.ts';

/** A packet that goes on in the next one has this length; none that Reeve asks for is as large. */
const CONTINUED = 0xffffff;
/** What has come but is not taken may be this much before the server is made to wait. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export class PacketStream {
  readonly #stream: Socket;
  readonly #at: string;
  #chunks: Buffer[] = [];
  #size = 0;
  #sequence: number;
  #largest: number;
  #deadline = 0;
  #lost: TargetError | undefined;
  #wake: (() => void) | undefined;

  /** `at` is `host:port` for messages; `sequence` the number of the next packet in either direction. */
  constructor(stream: Socket, at: string, sequence = 0, largest = 64 * 1024) {
    this.#stream = stream;
    this.#at = at;
    this.#sequence = sequence;
    this.#largest = largest;
    stream.on('data', this.#receive);
    stream.on('error', this.#end);
    stream.on('close', this.#end);
  }

  /** Bytes that have come and were not asked for. */
  get waiting(): number {
    return this.#size;
  }

  /** Everything read from now on has to be there in `ms`. */
  allow(ms: number): void {
    this.#deadline = performance.now() + ms;
  }

  /** The largest packet taken from now on, in bytes. */
  take(largest: number): void {
    this.#largest = largest;
  }

  /** Begins a new command: its packets are counted from nought. */
  begin(): void {
    if (this.#size > 0) throw new TargetError('failed', `${this.#at} sent more than it was asked for`);
    this.#sequence = 0;
  }

  write(content: Buffer): void {
    if (this.#lost) throw this.#lost;
    if (content.length >= CONTINUED) throw new TargetError('refused', 'that is more than one packet can carry');
    const head = Buffer.alloc(4);
    head.writeUIntLE(content.length, 0, 3);
    head.writeUInt8(this.#sequence, 3);
    this.#sequence = (this.#sequence + 1) % 256;
    this.#stream.write(Buffer.concat([head, content]));
  }

  /** The next packet. Throws `unreachable` when the connection ends or the time that was allowed is over. */
  async read(): Promise<Buffer> {
    for (;;) {
      const packet = this.#next();
      if (packet) return packet;
      if (this.#lost) throw this.#lost;
      await this.#more();
    }
  }

  /** Hands the stream over to somebody else; nothing more is read here. */
  release(): Socket {
    this.#stream.off('data', this.#receive);
    this.#stream.off('close', this.#end);
    this.#stream.pause();
    return this.#stream;
  }

  /** Ends it at once. */
  destroy(): void {
    this.#lost ??= new TargetError('failed', 'the connection was closed here');
    this.#stream.destroy();
  }

  /** Says what is given and hangs up; half a second later the line is cut. */
  goodbye(content: Buffer): void {
    if (this.#lost) return;
    this.#sequence = 0;
    this.write(content);
    this.#lost = new TargetError('failed', 'the connection was closed here');
    this.#stream.end();
    this.#stream.resume();
    setTimeout(() => this.#stream.destroy(), 500).unref();
  }

  readonly #receive = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > MAX_WAITING_BYTES) this.#stream.pause();
    this.#wake?.();
  };

  readonly #end = (): void => {
    this.#lost ??= new TargetError('unreachable', `the connection to ${this.#at} broke off`);
    this.#wake?.();
  };

  async #more(): Promise<void> {
    const left = this.#deadline - performance.now();
    if (left <= 0) {
      this.#lost = new TargetError('unreachable', `${this.#at} gave no answer in time`);
      this.#stream.destroy();
      throw this.#lost;
    }
    this.#stream.resume();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, left);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }

  #next(): Buffer | undefined {
    if (this.#size < 4) return undefined;
    const head = this.#joined(4);
    const length = head.readUIntLE(0, 3);
    if (length > this.#largest) this.#refuse(`sends a packet of ${length} bytes where ${this.#largest} are the most`);
    if (head.readUInt8(3) !== this.#sequence) this.#refuse('sends packets out of order');
    if (this.#size < 4 + length) return undefined;
    const whole = this.#joined(4 + length);
    const rest = whole.subarray(4 + length);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#size -= 4 + length;
    this.#sequence = (this.#sequence + 1) % 256;
    return whole.subarray(4, 4 + length);
  }

  /** The first chunk, made to hold at least that many bytes. */
  #joined(bytes: number): Buffer {
    if ((this.#chunks[0]?.length ?? 0) < bytes) this.#chunks = [Buffer.concat(this.#chunks, this.#size)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #refuse(what: string): never {
    this.#lost = new TargetError('failed', `${this.#at} ${what}`);
    this.#stream.destroy();
    throw this.#lost;
  }
}
