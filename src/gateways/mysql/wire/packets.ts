/** Packets of the MySQL protocol as Reeve itself says them: three bytes of length, one of sequence, then the content. */

/** A packet that goes on in the next one has this length. */
export const CONTINUED = 0xff_ffff;

/** One packet; its content is shorter than what would go on in a next one. */
export function packet(sequence: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  if (length >= CONTINUED) throw new Error('that is more than one packet can carry');
  const head = Buffer.allocUnsafe(4);
  head.writeUIntLE(length, 0, 3);
  head[3] = sequence & 0xff;
  return Buffer.concat([head, ...content]);
}

/** What went wrong, in the protocol's terms. `number` is one of MariaDB's error numbers. */
export interface Problem {
  readonly number: number;
  readonly state: string;
  readonly message: string;
}

/** Error numbers that Reeve says itself. None is of 2000 to 2999: those are a client's own, and it takes them from nobody. */
export const ERROR = {
  accessDenied: { number: 1045, state: '28000' },
  tooManyConnections: { number: 1040, state: '08004' },
  unknownCommand: { number: 1047, state: '08S01' },
  statementDenied: { number: 1227, state: '42000' },
  insecureTransport: { number: 3159, state: '08004' },
  connectionKilled: { number: 1927, state: '70100' },
  targetGone: { number: 1429, state: 'HY000' },
  noSuchThread: { number: 1094, state: 'HY000' },
} as const;

// oxlint-disable-next-line no-control-regex -- what must not be in a text is what it looks for
const clean = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 500);

export const errorContent = ({ number, state, message }: Problem): Buffer => {
  const head = Buffer.from([0xff, number & 0xff, number >> 8]);
  return Buffer.concat([head, Buffer.from(`#${state}${clean(message)}`)]);
};
export const errorPacket = (sequence: number, problem: Problem): Buffer => packet(sequence, errorContent(problem));
/** OK with nothing changed, and words for a person. */
export const okPacket = (sequence: number, status: number, words: string): Buffer =>
  packet(sequence, withWords(Buffer.from([0, 0, 0, status & 0xff, status >> 8, 0, 0]), words));

const MOST_WORDS = 2_000;

/** An OK or error packet with words for a person behind those it has: the protocol has no notices. */
export function withWords(content: Buffer, words: string): Buffer {
  const said = clean(words).slice(0, MOST_WORDS);
  if (content[0] === 0xff) return Buffer.concat([content, Buffer.from(` (${said})`)]);
  const fields = new Fields(content, 1, () => new Error('an OK packet is cut off'));
  fields.packedInteger();
  fields.packedInteger();
  fields.take(4);
  const head = content.subarray(0, content.length - fields.left);
  const before = fields.left === 0 ? '' : fields.packedBytes().toString('utf8');
  const info = Buffer.from(before === '' ? said : `${before}  ${said}`);
  return Buffer.concat([head, lengthOf(info), info, fields.rest()]);
}

/** The length that stands before bytes. */
export function lengthOf({ length }: Buffer): Buffer {
  if (length < 0xfb) return Buffer.from([length]);
  if (length < 0x1_0000) return Buffer.from([0xfc, length & 0xff, length >> 8]);
  return Buffer.from([0xfd, length & 0xff, (length >> 8) & 0xff, length >> 16]);
}

/** The number and text of an error, without its state. */
export function readError(content: Buffer): { readonly number: number; readonly state: string; readonly text: string } {
  const text = content.toString('utf8', 3);
  const marked = /^#(.{5})/su.exec(text);
  return {
    number: content.length >= 3 ? content.readUInt16LE(1) : 0,
    state: marked?.[1] ?? 'HY000',
    text: (marked === null ? text : text.slice(6)).slice(0, 2000),
  };
}

/** Reads the fields of one packet. What a packet does not hold is never read. */
export class Fields {
  readonly #bytes: Buffer;
  #at: number;
  readonly #broken: () => Error;

  constructor(bytes: Buffer, at: number, broken: () => Error) {
    this.#bytes = bytes;
    this.#at = at;
    this.#broken = broken;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }
  take(count: number): Buffer {
    if (count < 0 || count > this.left) throw this.#broken();
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
  /** Up to the next zero byte, which has to be there and is passed over. */
  untilZero(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw this.#broken();
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
      // a count of rows may be larger than a number holds; a length never is
      return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.MAX_SAFE_INTEGER;
    }
    throw this.#broken();
  }
  packedBytes(): Buffer {
    return this.take(this.packedInteger());
  }
  rest(): Buffer {
    return this.take(this.left);
  }
}

/** What an OK packet says. */
export function readOk(
  content: Buffer,
  broken: () => Error,
): { readonly changed: number; readonly status: number; readonly warnings: number } {
  const fields = new Fields(content, 1, broken);
  const changed = fields.packedInteger();
  fields.packedInteger();
  const status = fields.uint16();
  return { changed, status, warnings: fields.uint16() };
}
