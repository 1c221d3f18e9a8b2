import {
  BrokenFrame,
  HandOnRows,
  type ResultColumn,
  type RunEvents,
  type RunLimits,
  type SaidBeside,
  type TransactionState,
} from '../../database/index.ts';
import { Fields, readError } from '../wire/packets.ts';
import { placeOf } from './place-of-error.ts';
import { readColumn } from './read-column.ts';
import { cutOff, goesOn, readOutcome, transactionOf } from './read-outcome.ts';
import { ReadRows } from './read-rows.ts';

/** What a server answers to one text, of one statement or several, told as it comes. */
export class OneAnswer {
  readonly #text: string;
  readonly #limits: RunLimits;
  readonly #on: RunEvents;
  readonly #beside: (words: SaidBeside) => void;
  #at: 'first' | 'columns' | 'rows' | 'over' = 'first';
  #columnsLeft = 0;
  #columns: (ResultColumn & { readonly binary: boolean })[] = [];
  #rows: HandOnRows | undefined;
  #reader: ReadRows | undefined;
  /** As far as the answer so far says; undefined: as before. */
  transaction: TransactionState | undefined;
  /** What the server says went wrong, for whoever asked without looking. */
  error: string | undefined;

  constructor(text: string, limits: RunLimits, on: RunEvents, beside: (words: SaidBeside) => void) {
    this.#text = text;
    this.#limits = limits;
    this.#on = on;
    this.#beside = beside;
    on.begins(undefined);
  }

  get over(): boolean {
    return this.#at === 'over';
  }

  begins(length: number, head: number): 'hold' | 'flow' {
    if (this.#at !== 'rows' || head === 0xff) return 'hold';
    return head === 0xfe && length < 9 ? 'hold' : 'flow';
  }

  flows(buffer: Buffer, start: number, end: number): void {
    this.#reader?.take(buffer, start, end);
  }

  flowed(): void {
    this.#reader?.ends();
  }

  flush(): void {
    this.#rows?.flush();
  }

  whole(content: Buffer): void {
    this.flush();
    if (content[0] === 0xff) return this.#failed(content);
    if (this.#at === 'first') return this.#first(content);
    if (this.#at === 'columns') return this.#column(content);
    if (this.#at === 'over') throw new BrokenFrame('it answers what was not asked');
    this.#resultEnds(new Fields(content, 3, cutOff).uint16());
  }

  #first(content: Buffer): void {
    if (content[0] === 0xfb) throw new BrokenFrame('it asks for a file');
    if (content[0] === 0x00) {
      const { changed, status, warnings, words } = readOutcome(content);
      if (words !== '') this.#beside({ severity: 'note', text: words });
      this.#warn(warnings);
      this.#on.done({ tag: 'OK', rows: changed, more: false });
      return this.#next(status);
    }
    const fields = new Fields(content, 0, cutOff);
    this.#columnsLeft = fields.packedInteger();
    if (this.#columnsLeft === 0 || fields.left > 0) throw cutOff();
    this.#columns = [];
    this.#at = 'columns';
  }

  #column(content: Buffer): void {
    if (this.#columnsLeft > 0) {
      this.#columnsLeft -= 1;
      this.#columns.push(readColumn(content));
      return;
    }
    if (content[0] !== 0xfe) throw cutOff();
    this.#on.columns(this.#columns.map(({ name, type, isNumber }) => ({ name, type, isNumber })));
    this.#rows = new HandOnRows(this.#limits, this.#on);
    this.#reader = new ReadRows(
      this.#columns.map(({ binary }) => binary),
      this.#rows,
    );
    this.#at = 'rows';
  }

  #resultEnds(status: number): void {
    const { handed = 0, more = false } = this.#rows ?? {};
    this.#on.done({ tag: `${String(handed)} rows`, rows: handed, more });
    this.#next(status);
  }

  #next(status: number): void {
    this.transaction = transactionOf(status);
    this.#at = goesOn(status) ? 'first' : 'over';
    if (this.#at === 'first') this.#on.begins(undefined);
  }

  #warn(warnings: number): void {
    if (warnings > 0) this.#beside({ severity: 'warning', text: `${String(warnings)} warnings: show warnings` });
  }

  #failed(content: Buffer): void {
    const { number, text } = readError(content);
    const at = placeOf(this.#text, text);
    this.error = text;
    this.#at = 'over';
    this.#on.failed({ code: String(number), message: text, ...(at === undefined ? {} : { at }) });
  }
}
