import { BrokenFrame } from '../../database/index.ts';
import type { EndedStatement } from '../../port.ts';
import { STATUS } from '../wire/capabilities.ts';
import { Fields, readError, readOk } from '../wire/packets.ts';

/**
 * What kind of answer a command has: one packet that says yes or no, one of any text, results, what was prepared, columns
 * up to their end, or rows up to theirs.
 */
export type AnswerKind = 'yes' | 'text' | 'results' | 'prepared' | 'columns' | 'rows';

/** What the target prepared. */
export interface PreparedAnswer {
  readonly id: number;
  readonly parameters: number;
}

const broken = (): Error => new BrokenFrame('the target answers with a packet that is cut off');
const unasked = (): Error => new BrokenFrame('the target answers what was not asked');

/**
 * Follows one answer packet by packet, by the protocol's rules and no others: where it ends is where the next command may
 * go. Rows are counted and not looked into.
 */
export class FollowAnswer {
  readonly #kind: AnswerKind;
  #phase: 'first' | 'columns' | 'rows' | 'over';
  /** Definitions of columns that come before there is something else. */
  #columns = 0;
  /** Of what is prepared: definitions after these. */
  #thenColumns = 0;
  #rows: number | undefined;
  #tags = '';
  error: EndedStatement['error'];
  prepared: PreparedAnswer | undefined;
  /** The whole of it is an OK packet, to which words for a person can be added. */
  plainOk = false;

  constructor(kind: AnswerKind) {
    this.#kind = kind;
    this.#phase = kind === 'columns' ? 'columns' : kind === 'rows' ? 'rows' : 'first';
    if (kind === 'columns') this.#columns = Number.POSITIVE_INFINITY;
  }

  get over(): boolean {
    return this.#phase === 'over';
  }

  /** What it comes to, as it goes on the record. */
  get ended(): EndedStatement {
    return { tag: this.#tags === '' ? undefined : this.#tags, rows: this.#rows, error: this.error };
  }

  /** Whether a packet of the target's that begins so is held until it is whole. */
  begins(length: number, head: number): 'hold' | 'flow' {
    if (this.#phase === 'over') throw unasked();
    if (this.#phase === 'first' || head === 0xff) return 'hold';
    // a row that begins with this byte has nine of length before its first value
    if (head === 0xfe && length < 9) return 'hold';
    if (this.#phase === 'columns' && this.#columns === 0) throw unasked();
    return 'flow';
  }

  /** A packet that was not held is whole. */
  flowed(): void {
    if (this.#phase === 'columns') this.#columns -= 1;
    else this.#rows = (this.#rows ?? 0) + 1;
  }

  /** A packet that was held. */
  whole(content: Buffer): void {
    if (content[0] === 0xff) return this.#failed(content);
    if (this.#phase === 'first') return this.#first(content);
    const status = new Fields(content, 3, broken).uint16();
    if (this.#phase === 'rows') return this.#resultEnds(status);
    if (this.#columns > 0 && this.#columns !== Number.POSITIVE_INFINITY) throw unasked();
    this.#columnsEnd(status);
  }

  #first(content: Buffer): void {
    if (this.#kind === 'text') this.#phase = 'over';
    else if (this.#kind === 'yes') {
      if (content[0] !== 0x00 && content[0] !== 0xfe) throw unasked();
      this.#phase = 'over';
      this.plainOk = content[0] === 0x00;
    } else if (this.#kind === 'prepared') this.#isPrepared(content);
    else if (content[0] === 0x00) this.#ok(content);
    // K28: it would read a file of the client's
    else if (content[0] === 0xfb) throw new BrokenFrame('the target asks for a file of the client');
    else {
      const fields = new Fields(content, 0, broken);
      this.#columns = fields.packedInteger();
      if (this.#columns === 0 || fields.left > 0) throw unasked();
      this.#phase = 'columns';
    }
  }

  #ok(content: Buffer): void {
    const { changed, status } = readOk(content, broken);
    const first = this.#tags === '';
    this.#tag(changed === 0 ? 'OK' : `${changed} changed`);
    if (changed > 0) this.#rows = (this.#rows ?? 0) + changed;
    this.#goesOn(status);
    this.plainOk = first && this.over;
  }

  #isPrepared(content: Buffer): void {
    const fields = new Fields(content, 0, broken);
    if (fields.byte() !== 0x00) throw unasked();
    const id = fields.uint32();
    const columns = fields.uint16();
    const parameters = fields.uint16();
    this.prepared = { id, parameters };
    this.#columns = parameters === 0 ? columns : parameters;
    this.#thenColumns = parameters === 0 ? 0 : columns;
    this.#phase = this.#columns === 0 ? 'over' : 'columns';
  }

  #columnsEnd(status: number): void {
    if (this.#kind === 'results') {
      this.#phase = 'rows';
      this.#rows ??= 0;
      // a cursor's rows come when they are asked for
      if ((status & STATUS.cursorExists) !== 0) this.#resultEnds(status);
    } else if (this.#kind === 'prepared' && this.#thenColumns > 0) {
      this.#columns = this.#thenColumns;
      this.#thenColumns = 0;
    } else this.#phase = 'over';
  }

  #resultEnds(status: number): void {
    this.#tag('SELECT');
    this.#rows ??= 0;
    this.#goesOn(this.#kind === 'results' ? status : 0);
  }

  #goesOn(status: number): void {
    this.#phase = (status & STATUS.moreResults) === 0 ? 'over' : 'first';
  }

  #tag(tag: string): void {
    if (this.#tags.length < 1000) this.#tags += this.#tags === '' ? tag : `; ${tag}`;
  }

  #failed(content: Buffer): void {
    const { number, text } = readError(content);
    this.error = { code: String(number), message: text };
    this.#phase = 'over';
  }
}
