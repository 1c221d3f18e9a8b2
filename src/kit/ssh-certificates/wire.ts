/** The data types of the SSH protocol (RFC 4251 §5) that certificates and revocation lists are made of. */

/** `uint32`. */
export function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

/** `uint64`. */
export function uint64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(value);
  return out;
}

/** `string`: its length, then its bytes. */
export function text(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** `mpint`, of a number that is not negative: big-endian, without leading zeros but for one where the top bit is set. */
export function mpint(number: Buffer): Buffer {
  let from = 0;
  while (from < number.length && number[from] === 0) from += 1;
  const bytes = number.subarray(from);
  return text((bytes[0] ?? 0) >= 128 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
}

/** Reads what {@link text} and its neighbours wrote. Throws `RangeError` where bytes are missing. */
export class Reader {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  /** Whether everything was read. */
  get done(): boolean {
    return this.#at === this.#bytes.length;
  }
  /** How many bytes were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  uint32(): number {
    return this.#take(4).readUInt32BE();
  }
  uint64(): bigint {
    return this.#take(8).readBigUInt64BE();
  }
  text(): Buffer {
    return this.#take(this.uint32());
  }
  /** All that is left. */
  rest(): Buffer {
    return this.#take(this.#bytes.length - this.#at);
  }
  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError('bytes are missing');
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
