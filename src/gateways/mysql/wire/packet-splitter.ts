import { BrokenFrame } from '../../database/index.ts';
import { CONTINUED } from './packets.ts';

const NOTHING = Buffer.alloc(0);

/** Takes what a stream is cut into. Bytes are lent for the call. */
export interface PacketTaker {
  /**
   * A packet begins that is the first of its message: whether it is held until it is whole, or flows on. `head` is its first
   * byte, -1 where it is empty.
   */
  begins(length: number, head: number, sequence: number): 'hold' | 'flow';
  /** A held message: its content without headers, those of all its packets put together. */
  whole(content: Buffer, sequence: number): void;
  /** Bytes of a message that flows, headers and all. */
  flows(buffer: Buffer, start: number, end: number): void;
  /** A message that flowed is whole. `sequence` is its last packet's. */
  flowed(sequence: number): void;
}

/**
 * Cuts a byte stream of the MySQL protocol into messages: packets of which each that has the largest length goes on in the
 * next. Messages that are held are handed over whole and others flow, so that a row of a gigabyte takes no memory.
 * Sequence numbers are held to: within a message each is one more than the one before.
 */
export class PacketSplitter {
  readonly #taker: PacketTaker;
  readonly #longestHeld: number;
  /** Header and first byte of a packet that is not told from others yet. */
  #head: Buffer = NOTHING;
  /** Bytes of the packet at hand still to come. */
  #left = 0;
  #within: 'nothing' | 'hold' | 'flow' = 'nothing';
  #goesOn = false;
  #sequence = 0;
  #pieces: Buffer[] = [];
  #held = 0;

  constructor(longestHeld: number, taker: PacketTaker) {
    this.#longestHeld = longestHeld;
    this.#taker = taker;
  }

  /** Nothing is half there. */
  get atBoundary(): boolean {
    return this.#within === 'nothing' && this.#head.length === 0;
  }

  /** Takes bytes until there are none left or `enough` says so; answers how many. Throws BrokenFrame at the first that cannot be a packet. */
  push(chunk: Buffer, enough: () => boolean = () => false): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#within !== 'nothing' && this.#left > 0) at = this.#body(chunk, at);
      else if (this.#head.length === 0 && chunk.length - at >= 5) at = this.#headerWithin(chunk, at);
      else at = this.#header(chunk, at);
      if (this.#within === 'nothing' && this.#head.length === 0 && enough()) break;
    }
    return at;
  }

  #body(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    if (this.#within === 'flow') this.#taker.flows(chunk, at, end);
    else this.#keep(chunk.subarray(at, end));
    if (this.#left === 0) this.#packetEnded();
    return end;
  }

  /** As `#header`, where all of it and a byte more are there: mostly, and without copying. */
  #headerWithin(chunk: Buffer, at: number): number {
    const length = chunk.readUIntLE(at, 3);
    this.#begin(length, chunk[at + 3] ?? 0, length === 0 ? -1 : (chunk[at + 4] ?? 0));
    const end = at + 4 + length;
    if (this.#within === 'flow' && end <= chunk.length) {
      // a row, mostly: of many in one chunk each is passed on by one call
      this.#left = 0;
      this.#taker.flows(chunk, at, end);
      this.#packetEnded();
      return end;
    }
    if (this.#within === 'flow') this.#taker.flows(chunk, at, at + 4);
    if (length === 0) this.#packetEnded();
    return at + 4;
  }

  #header(chunk: Buffer, from: number): number {
    // a packet is told from others by its first byte, where it has one
    const known = this.#head.length >= 4 ? this.#head.readUIntLE(0, 3) : undefined;
    const want = known === undefined ? 4 : 5;
    const take = Math.min(want - this.#head.length, chunk.length - from);
    this.#head = Buffer.concat([this.#head, chunk.subarray(from, from + take)]);
    const at = from + take;
    if (this.#head.length < 4) return at;
    const length = this.#head.readUIntLE(0, 3);
    const goingOn = this.#within !== 'nothing';
    if (this.#head.length === 4 && length > 0 && !goingOn) return at;
    const head = this.#head;
    this.#head = NOTHING;
    this.#begin(length, head[3] ?? 0, head[4] ?? -1);
    const first = head.length - 4;
    this.#left -= first;
    if (this.#within === 'flow') this.#taker.flows(head, 0, head.length);
    else this.#keep(head.subarray(4));
    if (this.#left === 0) this.#packetEnded();
    return at;
  }

  #begin(length: number, sequence: number, head: number): void {
    const goingOn = this.#within !== 'nothing';
    if (goingOn && sequence !== ((this.#sequence + 1) & 0xff)) throw new BrokenFrame('packets come out of order');
    this.#sequence = sequence;
    this.#goesOn = length === CONTINUED;
    this.#left = length;
    if (!goingOn) this.#within = this.#taker.begins(length, head, sequence);
    if (this.#within === 'hold' && this.#held + length > this.#longestHeld)
      throw new BrokenFrame(`a message of more than ${this.#longestHeld} bytes is more than is taken`);
  }

  #keep(piece: Buffer): void {
    // copied: the socket's buffer is not ours to keep
    if (piece.length > 0) this.#pieces.push(Buffer.from(piece));
    this.#held += piece.length;
  }

  #packetEnded(): void {
    if (this.#goesOn) return;
    const within = this.#within;
    this.#within = 'nothing';
    if (within === 'flow') return this.#taker.flowed(this.#sequence);
    const content = Buffer.concat(this.#pieces, this.#held);
    this.#pieces = [];
    this.#held = 0;
    this.#taker.whole(content, this.#sequence);
  }
}

/** A held message as it goes out again, from this sequence number on. */
export function packetsOf(content: Buffer, from: number): Buffer {
  const parts: Buffer[] = [];
  let sequence = from;
  for (let at = 0; ; at += CONTINUED) {
    const piece = content.subarray(at, at + CONTINUED);
    const head = Buffer.allocUnsafe(4);
    head.writeUIntLE(piece.length, 0, 3);
    head[3] = sequence & 0xff;
    sequence += 1;
    parts.push(head, piece);
    if (piece.length < CONTINUED) return Buffer.concat(parts);
  }
}

/** Of how many packets a message is. */
export const packetCount = (content: Buffer): number => Math.floor(content.length / CONTINUED) + 1;
