/** Reads the fields of one packet. What a packet does not hold is never read. */
import { TargetError } from '../../port.ts';

export class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Buffer {
    if (count < 0 || count > this.left) throw new TargetError('failed', 'a packet of the server ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint16(): number {
    return this.take(2).readUInt16LE();
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  rest(): Buffer {
    return this.take(this.left);
  }

  /** Up to the next NUL, which is passed over; everything where there is none. */
  untilNul(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) return this.rest();
    const found = this.take(end - this.#at);
    this.#at += 1;
    return found;
  }

  /** An integer whose first byte tells its length. */
  packedInteger(): number {
    const first = this.byte();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.uint16();
    if (first === 0xfd) return this.take(3).readUIntLE(0, 3);
    if (first === 0xfe) {
      const value = this.take(8).readBigUInt64LE();
      if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    }
    throw new TargetError('failed', 'a packet of the server holds a length that is none');
  }

  /** A value of a row: null, or bytes behind their length. */
  value(): Buffer | null {
    if (this.left > 0 && this.#bytes[this.#at] === 0xfb) {
      this.#at += 1;
      return null;
    }
    return this.take(this.packedInteger());
  }
}
