import { StringDecoder } from 'node:string_decoder';
import { TerminalScreen, type ScreenPlace } from './terminal-screen.ts';

/** Of one piece of output only so much is followed: more is no line that somebody edits. */
const MOST_FOLLOWED = 16 * 1024;
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
    const followed = data.length > MOST_FOLLOWED ? data.subarray(data.length - MOST_FOLLOWED) : data;
    const wasAlternate = this.#screen.alternate;
    this.#screen.write(this.#decoder.write(followed));
    if (this.#screen.alternate !== wasAlternate) this.#giveUp();
  }

  #giveUp(): void {
    this.#from = undefined;
    this.#enters = 0;
  }

  #lineEnds(): void {
    if (this.#enters === 0) return;
    const { text, from } = this.#screen.line(this.#from);
    // several lines were sent at once, or the screen was drawn anew: the prompt of before says where they begin
    const begins =
      from ?? (this.#prompt !== undefined && text.startsWith(this.#prompt) ? this.#prompt.length : undefined);
    if (begins === undefined) {
      if (this.#from !== undefined) this.#giveUp();
      return;
    }
    this.#enters -= 1;
    this.#from = undefined;
    const command = text.slice(begins).trim();
    if (command === '' || MASKED.test(command)) return;
    if (begins > 0) this.#prompt = text.slice(0, begins);
    this.#found(command);
  }
}
