import { StringDecoder } from 'node:string_decoder';
import { TerminalScreen, type ScreenPlace } from './terminal-screen.ts';

/** While no line is typed only so much of the end of a piece of output is followed: there the next prompt is. */
const FOLLOWED = 1024;
/** So many lines go by without the prompt of those that were sent at once: then it does not come. */
const MOST_LINES = 200;
/** What may change which screen a program has. */
const MODE = '\u001b[?';
const MOST_ENTERS = 200;
/** What a terminal answers by itself, which nobody typed: positions, attributes, focus. */
// oxlint-disable-next-line no-control-regex
const ANSWER = /^(?:\u001b\[[0-9;?>]*[RcnIO]|\u001b[\]P][^\u0007\u001b]*(?:\u0007|\u001b\\))+$/u;
const [INTERRUPT, END, ENTER, LINE_FEED, SUSPEND] = [0x03, 0x04, 0x0d, 0x0a, 0x1a];
/** What a prompt shows in place of each character of a secret. */
const MASKED = /^[*•●]+$/u;

/**
 * Recovers the commands of one terminal: `found` is called with each line that was entered, as the terminal showed it.
 * What was typed is only counted, never kept.
 */
export class FollowCommands {
  readonly #screen: TerminalScreen;
  readonly #decoder = new StringDecoder('utf8');
  readonly #found: (command: string) => void;
  /** Where the line begins that is being typed. */
  #from: ScreenPlace | undefined;
  #enters = 0;
  #prompt: string | undefined;
  #lines = 0;

  constructor(size: { readonly cols: number; readonly rows: number }, found: (command: string) => void) {
    this.#found = found;
    this.#screen = new TerminalScreen(size, () => this.#lineEnds());
  }

  resize(cols: number, rows: number): void {
    this.#screen.resize(cols, rows);
  }

  /** The person typed something. Only whether a line begins, ends or is given up is looked at. */
  typed(data: Buffer): void {
    if (this.#screen.alternate || data.length === 0) return;
    if (data[0] === 0x1b && data.length < 100 && ANSWER.test(data.toString('latin1'))) return;
    for (const byte of data) {
      if (byte === INTERRUPT || byte === END || byte === SUSPEND) this.#giveUp();
      else if (byte === ENTER || byte === LINE_FEED) this.#enters = Math.min(MOST_ENTERS, this.#enters + 1);
      else if (this.#enters === 0) this.#from ??= this.#screen.cursor;
    }
  }

  /** The target sent something. */
  shown(data: Buffer): void {
    for (let at = 0; at < data.length;) {
      const idle = this.#from === undefined && this.#enters === 0;
      if (idle) at = this.#skip(data, at);
      const lineEnd = idle ? -1 : data.indexOf(LINE_FEED, at);
      const end = lineEnd < 0 ? data.length : lineEnd + 1;
      const wasAlternate = this.#screen.alternate;
      this.#screen.write(this.#decoder.write(data.subarray(at, end)));
      if (this.#screen.alternate !== wasAlternate) this.#giveUp();
      at = end;
    }
  }

  /** Where to go on in output that nobody's line is in. */
  #skip(data: Buffer, at: number): number {
    const from = data.length - at > FOLLOWED ? data.indexOf(LINE_FEED, data.length - FOLLOWED) : -1;
    if (from < 0 || data.subarray(at, from).includes(MODE)) return at;
    this.#decoder.end();
    return from;
  }

  #giveUp(): void {
    this.#from = undefined;
    this.#enters = 0;
    this.#lines = 0;
  }

  #lineEnds(): void {
    if (this.#enters === 0) return;
    const { text, from } = this.#screen.line(this.#from);
    // several lines were sent at once, or the screen was drawn anew: the prompt of before says where they begin
    const begins =
      from ?? (this.#prompt !== undefined && text.startsWith(this.#prompt) ? this.#prompt.length : undefined);
    if (begins === undefined) {
      this.#lines += 1;
      if (this.#from !== undefined || this.#lines > MOST_LINES) this.#giveUp();
      return;
    }
    this.#enters -= 1;
    this.#lines = 0;
    this.#from = undefined;
    const command = text.slice(begins).trim();
    if (command === '' || MASKED.test(command)) return;
    if (begins > 0) this.#prompt = text.slice(0, begins);
    this.#found(command);
  }
}
