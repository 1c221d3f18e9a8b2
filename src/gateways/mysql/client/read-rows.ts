import { BrokenFrame, CutCell, type Cell, type HandOnRows } from '../../database/index.ts';

const NULL = 0xfb;
/** How many bytes of length follow the first. */
const LONGER: Readonly<Record<number, number>> = { 0xfc: 2, 0xfd: 3, 0xfe: 8 };

/** Reads rows as their bytes come, packet headers and all, and keeps of each value what is to be shown. */
export class ReadRows {
  readonly #cut = new CutCell();
  readonly #small = Buffer.alloc(9);
  readonly #binary: readonly boolean[];
  readonly #to: HandOnRows;
  #have = 0;
  #at: 'length' | 'value' = 'length';
  /** Bytes of the packet at hand still to come; its header is to come where there are none. */
  #packetLeft = 0;
  readonly #header = Buffer.alloc(4);
  #headerHave = 0;
  #valueLeft = 0;
  #kept = 0;
  #cells: Cell[] = [];

  constructor(binary: readonly boolean[], to: HandOnRows) {
    this.#binary = binary;
    this.#to = to;
  }

  take(buffer: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#packetLeft === 0) {
        this.#header[this.#headerHave] = buffer[at] ?? 0;
        this.#headerHave += 1;
        at += 1;
        if (this.#headerHave < 4) continue;
        this.#headerHave = 0;
        this.#packetLeft = this.#header.readUIntLE(0, 3);
        continue;
      }
      const until = Math.min(end, at + this.#packetLeft);
      this.#packetLeft -= until - at;
      this.#content(buffer, at, until);
      at = until;
    }
  }

  /** The row is whole. */
  ends(): void {
    if (this.#at !== 'length' || this.#have !== 0 || this.#cells.length !== this.#binary.length)
      throw new BrokenFrame('a row has other values than its result has columns');
    this.#to.row(this.#cells, this.#kept);
    this.#cells = [];
    this.#kept = 0;
    this.#headerHave = 0;
  }

  #content(buffer: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#at === 'value') {
        const count = Math.min(end - at, this.#valueLeft);
        this.#cut.take(buffer.subarray(at, at + count));
        this.#valueLeft -= count;
        at += count;
        if (this.#valueLeft === 0) this.#valueEnds();
      } else {
        this.#small[this.#have] = buffer[at] ?? 0;
        this.#have += 1;
        at += 1;
        this.#lengthCame();
      }
    }
  }

  #lengthCame(): void {
    const first = this.#small[0] ?? 0;
    if (this.#cells.length >= this.#binary.length) throw new BrokenFrame('a row has more values than columns');
    if (first === NULL) {
      this.#have = 0;
      this.#cells.push(null);
      return;
    }
    const more = LONGER[first];
    if (more === undefined && first > NULL) throw new BrokenFrame('a value has no length');
    if (this.#have <= (more ?? 0)) return;
    this.#have = 0;
    const length =
      more === undefined
        ? first
        : more === 8
          ? Number(this.#small.readBigUInt64LE(1))
          : this.#small.readUIntLE(1, more);
    this.#cut.begin(length, this.#to.mostOfNext(this.#kept));
    this.#valueLeft = length;
    this.#at = 'value';
    if (length === 0) this.#valueEnds();
  }

  #valueEnds(): void {
    this.#at = 'length';
    this.#kept += this.#cut.kept;
    this.#cells.push(this.#cut.cell(this.#binary[this.#cells.length] ?? false));
  }
}
