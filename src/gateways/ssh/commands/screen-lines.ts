import { StringDecoder } from 'node:string_decoder';

const MOST_ROWS = 200;
const MOST_COLS = 1_000;
const LONGEST_SEQUENCE = 256;
/** What a prompt ends in, where nobody saw it being printed. */
const PROMPT = /^.*?[$#%>] /u;

interface Row {
  cells: string[];
  /** It goes on in the row below, because the terminal was no wider. */
  goesOn: boolean;
}

/**
 * What a person sees of the line they are typing: the last rows of a terminal, followed as far as editing a line needs
 * it. The text is what the target echoes, so that history, completion and editing keys are in it, and what is typed at a
 * prompt without echo is not. It is a model: wide letters and what full-screen programs do come out roughly.
 */
export class ScreenLines {
  readonly #decoder = new StringDecoder('utf8');
  #rows: Row[] = [{ cells: [], goesOn: false }];
  #at = 0;
  #col = 0;
  #cols: number;
  #state: 'text' | 'escape' | 'csi' | 'string' = 'text';
  #sequence = '';
  /** Where typing began. */
  #mark: { readonly row: Row; readonly col: number } | undefined;
  #bracketed = false;

  constructor(cols: number | undefined) {
    this.#cols = widthOf(cols);
  }

  /** The target asked for pasted text to be marked: a line feed in it runs nothing by itself. */
  get marksPastes(): boolean {
    return this.#bracketed;
  }

  resize(cols: number): void {
    this.#cols = widthOf(cols);
  }

  /** Typing begins here, if it did not before. */
  typing(): void {
    this.#mark ??= { row: this.#row, col: this.#col };
  }

  /** The line is done; the next begins where typing does. */
  entered(): void {
    this.#mark = undefined;
  }

  /** The line as it stands: from where typing began, or behind what looks like a prompt. */
  get line(): string {
    let first = this.#at;
    while (first > 0 && this.#rows[first - 1]?.goesOn === true) first -= 1;
    let last = this.#at;
    while (this.#rows[last]?.goesOn === true && last + 1 < this.#rows.length) last += 1;
    const rows = this.#rows.slice(first, last + 1);
    const marked = rows.findIndex((row) => row === this.#mark?.row);
    const text = (row: Row, from: number): string => Array.from(row.cells.slice(from), (cell) => cell ?? ' ').join('');
    if (marked >= 0)
      return rows
        .slice(marked)
        .map((row, i) => text(row, i === 0 ? (this.#mark?.col ?? 0) : 0))
        .join('')
        .trim();
    return rows
      .map((row) => text(row, 0))
      .join('')
      .replace(PROMPT, '')
      .trim();
  }

  /** Takes what the target shows. */
  take(bytes: Buffer): void {
    for (const char of this.#decoder.write(bytes)) this.#char(char, char.codePointAt(0) ?? 0);
  }

  get #row(): Row {
    return this.#rows[this.#at] ?? this.#newRow();
  }

  #newRow(): Row {
    const row: Row = { cells: [], goesOn: false };
    this.#rows.push(row);
    if (this.#rows.length > MOST_ROWS) this.#rows.shift();
    this.#at = this.#rows.length - 1;
    return row;
  }

  #down(): void {
    if (this.#at + 1 < this.#rows.length) this.#at += 1;
    else this.#newRow();
  }

  #char(char: string, code: number): void {
    if (this.#state === 'string') {
      // ended by BEL, or by ESC \ whose ESC begins a sequence of one letter
      if (code === 7 || code === 0x9c || code === 0x1b) this.#state = code === 0x1b ? 'escape' : 'text';
      return;
    }
    if (code === 0x1b) {
      this.#state = 'escape';
      this.#sequence = '';
    } else if (this.#state !== 'text') this.#inSequence(char, code);
    else if (code >= 0x20 && code !== 0x7f) this.#print(char);
    else this.#control(code);
  }

  #print(char: string): void {
    if (this.#col >= this.#cols) {
      this.#row.goesOn = true;
      this.#down();
      this.#col = 0;
    }
    this.#row.cells[this.#col] = char;
    this.#col += 1;
  }

  #control(code: number): void {
    if (code === 8) this.#col = Math.max(0, this.#col - 1);
    else if (code === 9) this.#col = Math.min(this.#cols - 1, (Math.floor(this.#col / 8) + 1) * 8);
    else if (code === 13) this.#col = 0;
    else if (code === 10 || code === 11 || code === 12) {
      this.#row.goesOn = false;
      this.#down();
    }
  }

  #inSequence(char: string, code: number): void {
    if (this.#state === 'escape') {
      if (char === '[') this.#state = 'csi';
      else this.#state = ']PX^_k'.includes(char) ? 'string' : code < 0x30 ? 'escape' : 'text';
      return;
    }
    if (code < 0x40 && this.#sequence.length < LONGEST_SEQUENCE) {
      this.#sequence += char;
      return;
    }
    this.#state = 'text';
    if (code >= 0x40) this.#csi(char, this.#sequence);
  }

  #csi(final: string, given: string): void {
    if (given === '?2004') this.#bracketed = final === 'h';
    const [one = 0, two = 0] = given.split(';').map((n) => Math.min(MOST_COLS, Number.parseInt(n, 10) || 0));
    const { cells } = this.#row;
    const n = Math.max(1, one);
    if (final === 'C') this.#col = Math.min(this.#cols - 1, this.#col + n);
    else if (final === 'D') this.#col = Math.max(0, this.#col - n);
    else if (final === 'G') this.#col = n - 1;
    else if (final === 'A') this.#at = Math.max(0, this.#at - n);
    else if (final === 'B') this.#at = Math.min(this.#rows.length - 1, this.#at + n);
    else if (final === 'H' || final === 'f') this.#moveTo(Math.max(1, two) - 1);
    else if (final === 'P') cells.splice(this.#col, n);
    else if (final === '@') cells.splice(this.#col, 0, ...Array.from({ length: n }, () => ' '));
    else if (final === 'X') cells.fill(' ', this.#col, Math.min(cells.length, this.#col + n));
    else if (final === 'K') this.#erase(one);
    else if (final === 'J') this.#eraseBelow(one);
  }

  /** To another row of the screen, which of those is not followed: a fresh one. */
  #moveTo(col: number): void {
    this.#newRow();
    this.#col = Math.min(this.#cols - 1, col);
  }

  #erase(what: number): void {
    const row = this.#row;
    if (what === 0) row.cells.length = Math.min(row.cells.length, this.#col);
    else row.cells.fill(' ', 0, what === 1 ? this.#col + 1 : undefined);
    if (what !== 1) row.goesOn = false;
  }

  #eraseBelow(what: number): void {
    this.#erase(what === 0 ? 0 : 2);
    if (what === 0) this.#rows.length = this.#at + 1;
  }
}

const widthOf = (cols: number | undefined): number => (cols === undefined || cols < 1 ? 80 : Math.min(MOST_COLS, cols));
