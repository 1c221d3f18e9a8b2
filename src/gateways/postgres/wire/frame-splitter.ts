import { BrokenFrame } from '../../database/index.ts';

/**
 * Cuts a byte stream of the PostgreSQL protocol (one type byte, a length of four that counts itself) into messages. Of
 * the types it is told to hold, each is handed over whole; of all others the bytes flow on as they come, so that a
 * row of a gigabyte takes no memory.
 */

/** PostgreSQL takes no message over a gigabyte (MaxAllocSize), neither do we. */
const LONGEST = 0x3fff_ffff;

export interface FrameTaker {
  /** A held message, header and all: `buffer[start..end)`. Lent for the call. */
  whole(type: number, buffer: Buffer, start: number, end: number): void;
  /** A message that flows begins; `length` counts its header. */
  begins(type: number, length: number): void;
  /** Bytes of a message that flows. */
  flows(buffer: Buffer, start: number, end: number): void;
}

export interface FrameRules {
  /** How a message of this type is handled; undefined: there is none, and the stream is broken. */
  readonly of: (type: number) => 'hold' | 'flow' | undefined;
  /** Longest message that is held. Nothing is allocated before its bytes are there. */
  readonly longestHeld: number;
}

export class FrameSplitter {
  readonly #rules: FrameRules;
  readonly #taker: FrameTaker;
  /** Pieces of a message that is not whole yet, or of its header. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Bytes of a flowing message still to come. */
  #flowing = 0;

  constructor(rules: FrameRules, taker: FrameTaker) {
    this.#rules = rules;
    this.#taker = taker;
  }

  /** Nothing is half there. */
  get atBoundary(): boolean {
    return this.#flowing === 0 && this.#pieceBytes === 0;
  }

  /** Bytes of a message that flows still to come; none: what was handed on so far are whole messages. */
  get flowing(): number {
    return this.#flowing;
  }

  /** Takes bytes. Throws BrokenFrame at the first that cannot be a message; nothing after it is looked at. */
  push(chunk: Buffer): void {
    let at = 0;
    if (this.#flowing > 0) at = this.#flowOn(chunk, 0);
    if (this.#pieceBytes > 0 && at < chunk.length) at = this.#complete(chunk, at);
    while (at < chunk.length) {
      if (chunk.length - at < 5) return this.#keep(chunk, at);
      const type = chunk[at] ?? 0;
      const length = this.#lengthOf(type, chunk, at);
      if (this.#rules.of(type) === 'flow') {
        this.#flowing = length;
        this.#taker.begins(type, length);
        at = this.#flowOn(chunk, at);
      } else if (chunk.length - at < length) return this.#keep(chunk, at);
      else {
        this.#taker.whole(type, chunk, at, at + length);
        at += length;
      }
    }
  }

  #flowOn(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#flowing);
    this.#flowing -= end - at;
    this.#taker.flows(chunk, at, end);
    return end;
  }

  #lengthOf(type: number, buffer: Buffer, at: number): number {
    const how = this.#rules.of(type);
    if (how === undefined) throw new BrokenFrame(`no message has the type 0x${type.toString(16)}`);
    const said = buffer.readUInt32BE(at + 1);
    if (said < 4 || said > LONGEST) throw new BrokenFrame(`a message says it has ${said} bytes`);
    if (how === 'hold' && said > this.#rules.longestHeld)
      throw new BrokenFrame(`a message of ${said} bytes is more than is taken`);
    return said + 1;
  }

  #keep(chunk: Buffer, at: number): void {
    // copied: the socket's buffer is not ours to keep
    const piece = Buffer.from(chunk.subarray(at));
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
  }

  /** Completes what was half there with as much of the chunk as it needs; answers where the chunk goes on. */
  #complete(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#pieceBytes < 5) {
      const take = Math.min(5 - this.#pieceBytes, chunk.length - at);
      this.#pieces = [Buffer.concat([...this.#pieces, chunk.subarray(at, at + take)])];
      this.#pieceBytes += take;
      at += take;
      if (this.#pieceBytes < 5) return at;
    }
    const head = this.#pieces[0] ?? chunk;
    const type = head[0] ?? 0;
    const length = this.#lengthOf(type, head, 0);
    if (this.#rules.of(type) === 'flow') {
      const begun = Buffer.concat(this.#pieces);
      this.#clear();
      this.#flowing = length;
      this.#taker.begins(type, length);
      this.#flowOn(begun, 0);
      return this.#flowing === 0 ? at : this.#flowOn(chunk, at);
    }
    const take = Math.min(length - this.#pieceBytes, chunk.length - at);
    if (this.#pieceBytes + take < length) {
      this.#keep(chunk, at);
      return chunk.length;
    }
    const whole = Buffer.concat([...this.#pieces, chunk.subarray(at, at + take)], length);
    this.#clear();
    this.#taker.whole(type, whole, 0, length);
    return at + take;
  }

  #clear(): void {
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}
