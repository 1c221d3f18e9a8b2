import { BrokenFrame, CutCell, type Cell, type HandOnRows } from '../../database/index.ts';

const LEAST = 7;

/** Reads rows as their bytes come, and keeps of each value what is to be shown. */
export class ReadRows {
  readonly #cut = new CutCell();
  readonly #small = Buffer.alloc(5);
  #to: HandOnRows | undefined;
  #at: 'head' | 'count' | 'length' | 'value' = 'head';
  #have = 0;
  #frameLeft = 0;
  #cellsLeft = 0;
  #valueLeft = 0;
  #kept = 0;
  #cells: Cell[] = [];

  /** A row of so many bytes begins, its header counted. */
  begins(length: number, to: HandOnRows): void {
    if (length < LEAST) throw new BrokenFrame('a row is too short to be one');
    this.#to = to;
    this.#at = 'head';
    this.#have = 0;
    this.#frameLeft = length;
    this.#kept = 0;
    this.#cells = [];
  }

  take(buffer: Buffer, from: number, end: number): void {
    let at = from;
    while (at < end) {
      if (this.#at === 'value') {
        const count = Math.min(end - at, this.#valueLeft);
        this.#cut.take(buffer.subarray(at, at + count));
        this.#valueLeft -= count;
        this.#frameLeft -= count;
        at += count;
        if (this.#valueLeft === 0) this.#valueEnds();
      } else {
        this.#small[this.#have] = buffer[at] ?? 0;
        this.#have += 1;
        this.#frameLeft -= 1;
        at += 1;
        this.#smallCame();
      }
    }
  }

  #smallCame(): void {
    const wanted = this.#at === 'head' ? 5 : this.#at === 'count' ? 2 : 4;
    if (this.#have < wanted) return;
    this.#have = 0;
    if (this.#at === 'head') this.#at = 'count';
    else if (this.#at === 'count') {
      this.#cellsLeft = this.#small.readUInt16BE(0);
      this.#at = 'length';
      if (this.#cellsLeft === 0) this.#rowEnds();
    } else this.#valueBegins(this.#small.readInt32BE(0));
  }

  #valueBegins(length: number): void {
    if (length === -1) return this.#cellEnds(null);
    if (length < 0 || length > this.#frameLeft) throw new BrokenFrame('a value is longer than its row');
    this.#cut.begin(length, this.#to?.mostOfNext(this.#kept) ?? 0);
    this.#valueLeft = length;
    this.#at = 'value';
    if (length === 0) this.#valueEnds();
  }

  #valueEnds(): void {
    this.#kept += this.#cut.kept;
    this.#at = 'length';
    this.#cellEnds(this.#cut.cell(false));
  }

  #cellEnds(cell: Cell): void {
    this.#cells.push(cell);
    this.#cellsLeft -= 1;
    if (this.#cellsLeft === 0) this.#rowEnds();
  }

  #rowEnds(): void {
    if (this.#frameLeft !== 0) throw new BrokenFrame('a row does not end where it says');
    this.#to?.row(this.#cells, this.#kept);
    this.#cells = [];
  }
}
