/** A row as drawn. `joins`: the line goes on in the next one. */
interface Row {
  readonly cells: string[];
  joins: boolean;
}

/** A place on the screen that stays the same when it scrolls. */
export interface ScreenPlace {
  readonly row: Row;
  readonly col: number;
}

type State = 'ground' | 'escape' | 'charset' | 'csi' | 'string' | 'string escape';

/** A parameter of a control sequence is not longer; what is, is not drawn by any program. */
const LONGEST_SEQUENCE = 64;
const MOST = 1_000;
const ALTERNATE = new Set(['47', '1047', '1049']);

/**
 * What a terminal shows, as far as it takes to read the line somebody edits (ECMA-48 and what shells use of xterm).
 * `leaves` is called each time the cursor is about to leave a line by a line feed.
 */
export class TerminalScreen {
  #cols: number;
  #rows: number;
  #lines: Row[] = [newRow()];
  #row = 0;
  #col = 0;
  #saved = { row: 0, col: 0 };
  #state: State = 'ground';
  #sequence = '';
  #alternate = false;
  readonly #leaves: () => void;

  constructor(size: { readonly cols: number; readonly rows: number }, leaves: () => void) {
    this.#cols = bounded(size.cols, 80);
    this.#rows = bounded(size.rows, 24);
    this.#leaves = leaves;
  }

  /** A program has the whole screen. */
  get alternate(): boolean {
    return this.#alternate;
  }

  get cursor(): ScreenPlace {
    return { row: this.#at(this.#row), col: this.#col };
  }

  resize(cols: number, rows: number): void {
    this.#cols = bounded(cols, this.#cols);
    this.#rows = bounded(rows, this.#rows);
    while (this.#lines.length > this.#rows) {
      this.#lines.shift();
      this.#row = Math.max(0, this.#row - 1);
    }
    this.#col = Math.min(this.#col, this.#cols);
  }

  /** The line the cursor is in, however many rows it has; `from` is where in it a place is, if it is there. */
  line(place: ScreenPlace | undefined): { readonly text: string; readonly from: number | undefined } {
    let first = this.#row;
    while (first > 0 && this.#lines[first - 1]?.joins === true) first -= 1;
    let text = '';
    let from: number | undefined;
    for (let at = first; ; at += 1) {
      const row = this.#at(at);
      if (row === place?.row) from = text.length + place.col;
      text += Array.from(row.cells, (cell) => cell ?? ' ').join('');
      if (!row.joins || at + 1 >= this.#lines.length) return { text, from };
      text = text.padEnd((at - first + 1) * this.#cols);
    }
  }

  write(text: string): void {
    for (const char of text) this.#take(char);
  }

  #at(n: number): Row {
    while (this.#lines.length <= n) this.#lines.push(newRow());
    return this.#lines[n] ?? newRow();
  }

  #take(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (this.#state === 'string' || this.#state === 'string escape') {
      if (code === 0x07 || (this.#state === 'string escape' && char === '\\')) this.#state = 'ground';
      else this.#state = code === 0x1b ? 'string escape' : 'string';
      return;
    }
    if (code === 0x1b) {
      this.#state = 'escape';
      return;
    }
    if (code < 0x20) return this.#control(code);
    if (this.#state === 'ground') return this.#draw(char);
    if (this.#state === 'charset') this.#state = 'ground';
    else if (this.#state === 'escape') this.#escape(char);
    else if (code >= 0x40) {
      this.#state = 'ground';
      this.#csi(char, this.#sequence);
    } else if (this.#sequence.length < LONGEST_SEQUENCE) this.#sequence += char;
  }

  #control(code: number): void {
    if (code === 0x0d) this.#col = 0;
    else if (code === 0x08) this.#col = Math.max(0, Math.min(this.#col, this.#cols - 1) - 1);
    else if (code === 0x09) this.#col = Math.min(this.#cols - 1, (Math.floor(this.#col / 8) + 1) * 8);
    else if (code >= 0x0a && code <= 0x0c) {
      if (!this.#alternate) this.#leaves();
      this.#at(this.#row).joins = false;
      this.#down();
    }
  }

  #escape(char: string): void {
    this.#state = 'ground';
    if (char === '[') {
      this.#state = 'csi';
      this.#sequence = '';
    } else if (']PX^_'.includes(char)) this.#state = 'string';
    else if ('()*+-./ #%'.includes(char)) this.#state = 'charset';
    else if (char === '7') this.#saved = { row: this.#row, col: this.#col };
    else if (char === '8') ({ row: this.#row, col: this.#col } = this.#saved);
    else if (char === 'D' || char === 'E') {
      if (char === 'E') this.#col = 0;
      this.#down();
    } else if (char === 'M') this.#row = Math.max(0, this.#row - 1);
    else if (char === 'c') this.#clear();
  }

  #draw(char: string): void {
    if (this.#col >= this.#cols) {
      this.#at(this.#row).joins = true;
      this.#down();
      this.#col = 0;
    }
    const { cells } = this.#at(this.#row);
    while (cells.length < this.#col) cells.push(' ');
    cells[this.#col] = char;
    this.#col += 1;
  }

  #down(): void {
    if (this.#row + 1 < this.#rows) this.#row += 1;
    else {
      this.#lines.shift();
      this.#at(this.#row);
    }
    this.#at(this.#row);
  }

  #clear(): void {
    this.#lines = [newRow()];
    [this.#row, this.#col] = [0, 0];
  }

  #csi(final: string, sequence: string): void {
    if (sequence.startsWith('?')) {
      if (
        (final === 'h' || final === 'l') &&
        sequence
          .slice(1)
          .split(';')
          .some((mode) => ALTERNATE.has(mode))
      )
        this.#alternate = final === 'h';
      return;
    }
    const numbers = sequence.split(';').map((part) => Math.min(MOST, Number.parseInt(part, 10) || 0));
    const n = Math.max(1, numbers[0] ?? 0);
    const toRow = (row: number): void => {
      this.#row = Math.max(0, Math.min(this.#rows - 1, row));
      this.#at(this.#row);
    };
    const toCol = (col: number): void => {
      this.#col = Math.max(0, Math.min(this.#cols - 1, col));
    };
    const { cells } = this.#at(this.#row);
    if (final === 'A') toRow(this.#row - n);
    else if (final === 'B') toRow(this.#row + n);
    else if (final === 'C') toCol(this.#col + n);
    else if (final === 'D') toCol(Math.min(this.#col, this.#cols - 1) - n);
    else if (final === 'G') toCol(n - 1);
    else if (final === 'd') toRow(n - 1);
    else if (final === 'H' || final === 'f') {
      toRow(n - 1);
      toCol(Math.max(1, numbers[1] ?? 0) - 1);
    } else if (final === 'K') this.#eraseLine(numbers[0] ?? 0);
    else if (final === 'J') this.#eraseScreen(numbers[0] ?? 0);
    else if (final === 'P') cells.splice(this.#col, n);
    else if (final === 'X') cells.fill(' ', this.#col, this.#col + n);
    else if (final === '@' && this.#col < cells.length)
      cells.splice(this.#col, 0, ...Array.from({ length: Math.min(n, this.#cols) }, () => ' '));
    cells.length = Math.min(cells.length, this.#cols);
  }

  #eraseLine(which: number): void {
    const row = this.#at(this.#row);
    if (which === 0) row.cells.length = Math.min(row.cells.length, this.#col);
    else row.cells.fill(' ', 0, which === 1 ? this.#col + 1 : row.cells.length);
    if (which !== 1) row.joins = false;
  }

  #eraseScreen(which: number): void {
    if (which === 2 || which === 3) {
      // what is drawn next is drawn anew: no place of before is in it
      this.#lines = Array.from({ length: this.#lines.length }, newRow);
      return;
    }
    this.#eraseLine(which);
    for (const [at, row] of this.#lines.entries())
      if (which === 0 ? at > this.#row : at < this.#row) [row.cells.length, row.joins] = [0, false];
  }
}

const newRow = (): Row => ({ cells: [], joins: false });
const bounded = (n: number, otherwise: number): number =>
  Number.isSafeInteger(n) && n > 0 ? Math.min(n, MOST) : otherwise;
