import type { EndedStatement } from '../../port.ts';

/** What the target still has to answer, one for each message of the client's that is answered. All of one shape: see `pending`. */
export interface Pending {
  /** `copy_end`: the client ended its copy; the target does not answer that by itself. */
  readonly op: 'parse' | 'bind' | 'close' | 'describe' | 'execute' | 'query' | 'function' | 'sync' | 'copy_end';
  /** Of what a Parse, Bind or Describe is about. */
  readonly text: string;
  /** On the record by this number; of a Parse only where the statement has a name. */
  readonly n: number | undefined;
  /** Why it was not passed on. */
  readonly refused: string | undefined;
  /** Of what may be several statements. */
  readonly came: Came | undefined;
  /** Takes back what was done on seeing a message whose target may skip it; answers the text that holds again, where that is on no record. */
  readonly undo: (() => string | undefined) | undefined;
}

/** Fields in one order, present or not: engines look things up faster in objects of one shape. */
export const pending = (op: Pending['op'], parts: Partial<Omit<Pending, 'op'>> = NOTHING): Pending => ({
  op,
  text: parts.text ?? '',
  n: parts.n,
  refused: parts.refused,
  came: parts.came,
  undo: parts.undo,
});
const NOTHING = {};

/** What came of a simple query so far: it may be several statements. */
export interface Came {
  tags: string;
  rows: number | undefined;
  error: EndedStatement['error'];
}

/** First in, first out, without moving what is there: pipelines are long. */
export class Queue<Item> {
  readonly #weigh: (item: Item) => number;
  #items: (Item | undefined)[] = [];
  #head = 0;
  /** Of all that is in it. */
  weight = 0;

  constructor(weigh: (item: Item) => number) {
    this.#weigh = weigh;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }
  get first(): Item | undefined {
    return this.#items[this.#head];
  }
  push(item: Item): void {
    this.#items.push(item);
    this.weight += this.#weigh(item);
  }
  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (this.#head >= this.#items.length || item === undefined) return undefined;
    this.weight -= this.#weigh(item);
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.weight = 0;
  }
  /** The item after the first. */
  get second(): Item | undefined {
    return this.#items[this.#head + 1];
  }
  /** Takes out the item after the first. */
  dropSecond(): void {
    const [dropped] = this.#items.splice(this.#head + 1, 1);
    if (dropped !== undefined) this.weight -= this.#weigh(dropped);
  }
}
