import type { EndedStatement } from '../../port.ts';

/** What the target still has to answer, one for each message of the client's that is answered. */
export type Pending =
  | ({
      readonly op: 'parse';
      readonly text: string;
      /** Of a statement with a name, which is on the record as it is prepared. */
      readonly n?: number;
      readonly refused?: string;
    } & Undone)
  | ({ readonly op: 'bind' | 'close' | 'describe'; readonly text: string } & Undone)
  | { readonly op: 'execute'; readonly n: number }
  | { readonly op: 'query' | 'function'; readonly n: number; readonly refused?: string; readonly came: Came }
  | { readonly op: 'sync' }
  /** The client ended its copy; the target does not answer that by itself. */
  | { readonly op: 'copy_end' };

/** What is done on seeing a message whose target may skip it. */
interface Undone {
  /** Takes that back; answers the text that holds again, where that is on no record. */
  readonly undo?: () => string | undefined;
}

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
