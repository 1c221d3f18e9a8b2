import {
  BrokenFrame,
  HandOnRows,
  type ResultColumn,
  type RunEvents,
  type RunLimits,
  type StatementProblem,
} from '../../database/index.ts';
import { fieldsOf, T } from '../wire/messages.ts';
import { ReadRows } from './read-rows.ts';
import type { OneStatement } from './split-statements.ts';
import { columnsOf } from './type-names.ts';

/** Lines of a copy are shown as a column. */
const COPY: ResultColumn = { name: 'copy', type: 'text', isNumber: false };

/** What a server answers to one statement, told as it comes. */
export class OneAnswer {
  readonly #one: OneStatement;
  readonly #on: RunEvents;
  readonly #reader = new ReadRows();
  readonly #rows: HandOnRows;
  readonly whole: Promise<boolean>;
  #resolve: (goesOn: boolean) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #ended: 'done' | 'failed' | undefined;
  #columns = false;
  #copyLine: { left: number; head: number; parts: Buffer[]; kept: number } | undefined;

  constructor(one: OneStatement, limits: RunLimits, on: RunEvents) {
    this.#one = one;
    this.#on = on;
    this.#rows = new HandOnRows(limits, on);
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  heard(type: number, message: Buffer): void {
    this.#rows.flush();
    switch (type) {
      case T.parseComplete:
      case T.bindComplete:
      case T.closeComplete:
      case T.noData:
      case T.copyDone:
        return;
      case T.rowDescription:
        this.#columns = true;
        return this.#on.columns(columnsOf(message));
      case T.copyOut:
        this.#columns = true;
        return this.#on.columns([COPY]);
      case T.commandComplete:
        return this.#done(message.toString('utf8', 5, message.length - 1));
      case T.emptyQuery:
        return this.#done('');
      case T.portalSuspended:
        return this.#done(`SELECT ${this.#rows.handed}`);
      case T.error:
        return this.#failed(message);
      default:
        throw new BrokenFrame('it answers what was not asked');
    }
  }

  flowBegins(type: number, length: number): void {
    if (!this.#columns || this.#ended !== undefined) throw new BrokenFrame('rows come that belong to nothing');
    if (type === T.dataRow) return this.#reader.begins(length, this.#rows);
    this.#copyLine = { left: length, head: 5, parts: [], kept: 0 };
  }

  flows(buffer: Buffer, start: number, end: number): void {
    const line = this.#copyLine;
    if (line === undefined) return this.#reader.take(buffer, start, end);
    const past = Math.min(line.head, end - start);
    line.head -= past;
    line.left -= end - start;
    const room = Math.max(0, this.#rows.mostOfNext(0) - line.kept);
    const part = buffer.subarray(start + past, Math.min(end, start + past + room));
    if (part.length > 0) line.parts.push(Buffer.from(part));
    line.kept += part.length;
    if (line.left > 0) return;
    this.#copyLine = undefined;
    this.#rows.row([Buffer.concat(line.parts).toString('utf8').replace(/\n$/, '')], line.kept);
  }

  flush(): void {
    this.#rows.flush();
  }

  /** The server takes the next one. */
  ready(): void {
    if (this.#ended === undefined) this.#done('');
    this.#resolve(this.#ended === 'done');
  }

  broke(error: Error): void {
    this.#reject(error);
  }

  #done(tag: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = 'done';
    const { more, handed } = this.#rows;
    const said = /(?:^| )(\d+)$/.exec(tag)?.[1];
    this.#on.done({
      tag,
      rows: this.#columns && said === undefined ? handed : said === undefined ? null : Number(said),
      more,
    });
  }

  #failed(message: Buffer): void {
    const fields = fieldsOf(message);
    // what comes after the first error of a pipeline is of its end
    if (this.#ended === 'failed') return;
    this.#ended = 'failed';
    this.#on.failed({
      code: fields.get('C') ?? '',
      message: fields.get('M') ?? 'it failed',
      ...this.#more(fields),
    });
  }

  #more(fields: ReadonlyMap<string, string>): Partial<StatementProblem> {
    const detail = fields.get('D');
    const hint = fields.get('H');
    const position = Number(fields.get('P'));
    return {
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
      ...(Number.isInteger(position) && position > 0
        ? { at: this.#one.start + unitsOf(this.#one.text, position - 1) }
        : {}),
    };
  }
}

/** How many UTF-16 units so many letters are; a server counts letters. */
function unitsOf(text: string, letters: number): number {
  let units = 0;
  let left = letters;
  for (const letter of text) {
    if (left === 0) break;
    left -= 1;
    units += letter.length;
  }
  return units;
}
