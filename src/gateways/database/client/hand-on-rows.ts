import type { Cell, RunEvents, RunLimits } from './contract.ts';

/** Rows of one result on their way to whoever asked: up to the limits, and by the chunk they came in. */
export class HandOnRows {
  readonly #limits: RunLimits;
  readonly #on: Pick<RunEvents, 'rows'>;
  #waiting: (readonly Cell[])[] = [];
  #bytes = 0;
  #handed = 0;
  #more = false;

  constructor(limits: RunLimits, on: Pick<RunEvents, 'rows'>) {
    this.#limits = limits;
    this.#on = on;
  }

  /** Rows that were handed on. */
  get handed(): number {
    return this.#handed;
  }

  /** There were rows beyond the limits. */
  get more(): boolean {
    return this.#more;
  }

  /** How much of the next value is kept; nothing once the limits are reached. */
  mostOfNext(keptOfRow: number): number {
    if (this.#full) return 0;
    // a row of very many long values is cut as a whole too
    return Math.max(0, Math.min(this.#limits.cellBytes, this.#limits.cellBytes * 4 - keptOfRow));
  }

  get #full(): boolean {
    return this.#handed >= this.#limits.rows || this.#bytes >= this.#limits.resultBytes;
  }

  row(cells: readonly Cell[], bytes: number): void {
    if (this.#full) {
      this.#more = true;
      return;
    }
    this.#handed += 1;
    this.#bytes += bytes + cells.length;
    this.#waiting.push(cells);
  }

  /** What came is handed on: at the end of a chunk, and of a result. */
  flush(): void {
    if (this.#waiting.length > 0) this.#on.rows(this.#waiting);
    this.#waiting = [];
  }
}
