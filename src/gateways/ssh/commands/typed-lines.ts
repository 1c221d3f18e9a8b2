import type { CommandRule } from '../../port.ts';
import { holding, ruleFor } from './match-rule.ts';
import { ScreenLines } from './screen-lines.ts';

/** What somebody decided of a line, or that it may go on because nothing asks. */
export type Verdict = 'go on' | 'drop' | 'end';

export interface LineEdges {
  /** Passes bytes on to the target; false: ask the person for no more. */
  toTarget(bytes: Buffer): boolean;
  /** Nothing is held back any more: the person may send on. */
  resume(): void;
  /** Without a terminal a line was dropped: nothing more of the input goes on. */
  dropped(): void;
  /** A line matched. `go on` at once, or what somebody says later; meanwhile nothing the person types goes on. */
  matched(rule: CommandRule, line: string): Verdict | Promise<Verdict>;
}

/** How long the target has been quiet when what was typed is taken to be echoed, and how long that is waited for. */
const QUIET_MS = 40;
const PATIENCE_MS = 300;
/** Of pasted text, or of one line without a terminal, that is looked at. */
const LONGEST = 256 * 1024;
const [INTERRUPT, CTRL_E, LF, CR, CTRL_O, CTRL_W, CTRL_X, ESC] = [0x03, 0x05, 0x0a, 0x0d, 0x0f, 0x17, 0x18, 0x1b];
const PASTE_BEGINS = '\u001b[200~';
const PASTE_ENDS = '\u001b[201~';
/** Control characters, and a tab that completes a word. */
// oxlint-disable-next-line no-control-regex
const KEYS = /[\u0000-\u0008\u000b-\u001f\u007f]|\S\t/u;
const UNSHOWN = '(typed, and not shown on the screen)';
/** Gives up a line in every shell, and in what reads lines like one. */
const CTRL_C = Buffer.of(INTERRUPT);

/**
 * The lines somebody types in a terminal, each looked at when they press Enter. Where a rule may hold it back, the Enter
 * waits until the target has echoed what was typed; a line that may not run is given up with Ctrl-C, and what was typed
 * behind it is dropped. Only what the screen shows is looked at: what is typed at a prompt without echo is not. Without a
 * terminal nothing is echoed, and a line is what was sent; where a rule may hold it back all of it waits for its end, since
 * a shell also runs what is left of a line when its input ends. After one that may not run comes the end of the input.
 */
export class TypedLines {
  readonly #rules: readonly CommandRule[];
  readonly #edges: LineEdges;
  /** Undefined without a terminal. */
  readonly #screen: ScreenLines | undefined;
  #sent = '';
  readonly #holding: readonly CommandRule[];
  readonly #holds: boolean;
  /** What waits behind an Enter; no more than the window the person was granted. */
  #held: Buffer[] = [];
  /** Without a terminal: of a line whose end has not come. */
  #begun: Buffer[] = [];
  /** How much of what is held goes on with the line that is judged. */
  #judged = 1;
  #asked: ((verdict: 'given up') => void) | undefined;
  readonly #whenIdle: (() => void)[] = [];
  /** An Enter waits, or somebody is asked. */
  #waiting = false;
  #typedAt = -Infinity;
  #shownAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  /** An Enter went on unjudged: its line is whole when the target shows the next line feed. */
  #judgeAtLineFeed = false;
  #pasting = false;
  #pasted = '';
  /** The last line of it. */
  #pastedLine = '';
  #recent = '';
  #before = 0;
  /** What was typed of the line, shown or not. */
  #typed = '';
  #reached = false;
  #over = false;

  constructor(
    rules: readonly CommandRule[],
    terminal: { readonly cols: number | undefined } | undefined,
    edges: LineEdges,
  ) {
    this.#rules = rules;
    this.#edges = edges;
    this.#screen = terminal === undefined ? undefined : new ScreenLines(terminal.cols);
    this.#holding = rules.filter(({ does }) => does !== 'alert');
    this.#holds = this.#holding.length > 0;
  }

  /** The target is there: from now on it echoes. */
  reached(): void {
    this.#reached = true;
    this.#typedAt = Math.max(this.#typedAt, performance.now());
  }

  resize(cols: number): void {
    this.#screen?.resize(cols);
  }

  /** Bytes of the person, lent. False: ask for no more. */
  fromPerson(chunk: Buffer): boolean {
    if (!this.#waiting) return this.#pass(chunk);
    const givenUp = this.#screen === undefined ? -1 : chunk.indexOf(INTERRUPT);
    if (givenUp < 0 || this.#asked === undefined) this.#held.push(Buffer.from(chunk));
    else {
      // what was typed before it goes with the line, what comes after it does not
      this.#held = [Buffer.from(chunk.subarray(givenUp + 1))];
      this.#asked('given up');
    }
    return false;
  }

  /** Runs when nothing waits any more; now, where nothing does. */
  whenIdle(run: () => void): void {
    if (this.#waiting) this.#whenIdle.push(run);
    else run();
  }

  /** The person says nothing more: runs when all they said went on. A line that has no end is one all the same. */
  whenSaid(run: () => void): void {
    this.whenIdle(() => {
      if (this.#begun.length > 0) this.#holdLine();
      this.whenIdle(run);
    });
  }

  /** Bytes of the target, lent, before they are shown. */
  shown(chunk: Buffer): void {
    this.#shownAt = performance.now();
    if (!this.#judgeAtLineFeed) return this.#screen?.take(chunk);
    const at = chunk.indexOf(LF);
    this.#screen?.take(at < 0 ? chunk : chunk.subarray(0, at));
    if (at < 0) return;
    this.#judgeAtLineFeed = false;
    void this.#judge();
    this.#screen?.take(chunk.subarray(at));
  }

  end(): void {
    if (!this.#over && !this.#holds && this.#sent !== '') void this.#judge();
    this.#over = true;
    clearTimeout(this.#timer);
    this.#held = [];
    this.#begun = [];
  }

  /** Passes on up to the first Enter, and from there on what may. */
  #pass(chunk: Buffer): boolean {
    if (this.#screen === undefined && this.#holds) return this.#gather(chunk);
    let at = 0;
    let room = true;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i] ?? 0;
      this.#follow(byte);
      // Opens the line in an editor, and runs what that leaves: one that ends at once leaves the line as it is.
      const edits = byte === CTRL_E && this.#before === CTRL_X && this.#screen !== undefined;
      this.#before = byte;
      const inPaste = this.#pasting && !(this.#holds && (byte === CR || byte === LF) && this.#pastedLineWaits());
      if (inPaste || (byte !== CR && byte !== LF && byte !== CTRL_O && !edits)) {
        if (byte !== CR && byte !== LF) this.#screen?.typing();
        continue;
      }
      if (!this.#holds) {
        if (this.#screen === undefined) void this.#judge();
        else this.#judgeAtLineFeed = true;
        continue;
      }
      if (i > at) room = this.#send(chunk.subarray(at, i));
      this.#waiting = true;
      this.#judged = 1;
      this.#held.unshift(Buffer.from(chunk.subarray(i)));
      this.#whenEchoed(() => void this.#judge().then((verdict) => this.#settle(verdict)));
      return false;
    }
    if (at < chunk.length) room = this.#send(chunk.subarray(at));
    return room;
  }

  /** Keeps a line back until its end is here, or more of it than is looked at. */
  #gather(chunk: Buffer): boolean {
    const lineFeed = chunk.indexOf(LF);
    const piece = Buffer.from(lineFeed < 0 ? chunk : chunk.subarray(0, lineFeed + 1));
    if (piece.length > 0) this.#begun.push(piece);
    for (const byte of piece) this.#follow(byte);
    if (lineFeed < 0 && this.#sent.length < LONGEST) return true;
    this.#held.unshift(Buffer.from(chunk.subarray(piece.length)));
    this.#holdLine();
    return false;
  }

  #holdLine(): void {
    const line = Buffer.concat(this.#begun.splice(0));
    this.#held.unshift(line);
    this.#judged = line.length;
    this.#waiting = true;
    void this.#judge().then((verdict) => this.#settle(verdict));
  }

  #send(bytes: Buffer): boolean {
    this.#typedAt = performance.now();
    return this.#edges.toTarget(bytes);
  }

  /** Pasted text, where the target asked for it to be marked, runs at the Enter after it. */
  #follow(byte: number): void {
    if (this.#screen === undefined) {
      if (byte !== LF && this.#sent.length < LONGEST) this.#sent += String.fromCharCode(byte);
      return;
    }
    if (byte === 0x7f || byte === 8) this.#typed = this.#typed.slice(0, -1);
    else if (byte === 0x15) this.#typed = '';
    else if (byte === CTRL_W) this.#typed = withoutLastWord(this.#typed);
    else if (byte >= 0x20 && this.#typed.length < LONGEST) this.#typed += String.fromCharCode(byte);
    if (byte === ESC) this.#recent = '';
    this.#recent = (this.#recent + String.fromCharCode(byte)).slice(-PASTE_BEGINS.length);
    if (this.#pasting && byte !== CR && byte !== LF && this.#pastedLine.length < LONGEST)
      this.#pastedLine += String.fromCharCode(byte);
    if (this.#pasting && this.#pasted.length < LONGEST) this.#pasted += String.fromCharCode(byte === CR ? LF : byte);
    if (this.#recent === PASTE_BEGINS && this.#screen.marksPastes) this.#pasting = true;
    else if (this.#recent === PASTE_ENDS) [this.#pasting, this.#pastedLine] = [false, ''];
  }

  /**
   * Whether the line of a paste that ends here waits as a typed one does. A terminal may have been told that pastes are
   * marked by what is there no more, and then each line of one runs; keys in it may make another line than they spell.
   */
  #pastedLineWaits(): boolean {
    if (this.#pasted.length >= LONGEST) return true;
    const line = this.#pastedLine;
    this.#pastedLine = '';
    return KEYS.test(line) || ruleFor(this.#holding, utf8(line)) !== undefined;
  }

  /** Once the target has echoed what it was sent last, or did not for so long. */
  #whenEchoed(run: () => void): void {
    const now = performance.now();
    const echoed = this.#shownAt > this.#typedAt && now - this.#shownAt >= QUIET_MS;
    if (this.#screen === undefined || echoed || (this.#reached && now - this.#typedAt >= PATIENCE_MS)) return run();
    this.#timer = setTimeout(() => this.#whenEchoed(run), QUIET_MS / 2);
  }

  async #judge(): Promise<Verdict | 'given up'> {
    const texts = [this.#screen?.line ?? '', utf8(this.#pasted), utf8(this.#sent)];
    const unread = [this.#pasted, this.#sent, this.#typed].some(({ length }) => length >= LONGEST);
    this.#screen?.entered();
    this.#pasted = '';
    this.#sent = '';
    const typed = utf8(this.#typed);
    this.#typed = '';
    const line = texts.filter((one) => one.trim() !== '').join('\n');
    const shown = line === '' ? undefined : ruleFor(this.#rules, line);
    const rule =
      shown ?? (typed === '' ? undefined : ruleFor(this.#rules, typed)) ?? (unread ? holding(this.#rules) : undefined);
    if (rule === undefined) return 'go on';
    // what was typed and not shown may be a password: that it matched is all that is said of it
    const verdict = this.#edges.matched(rule, shown === undefined ? UNSHOWN : line);
    if (!(verdict instanceof Promise)) return verdict;
    const givenUp = new Promise<'given up'>((resolve) => (this.#asked = resolve));
    return await Promise.race([verdict, givenUp]);
  }

  #settle(verdict: Verdict | 'given up'): void {
    this.#asked = undefined;
    if (this.#over || verdict === 'end') return;
    if (verdict === 'go on') return this.#goOn(this.#judged);
    // without a terminal: nothing more of it is a script anybody wrote
    if (this.#screen === undefined) return this.#edges.dropped();
    // what was typed behind a line that was refused may have been meant for it
    if (verdict === 'drop') this.#held = [];
    this.#pasting = false;
    this.#pastedLine = '';
    this.#send(CTRL_C);
    // a terminal forgets what it is sent before it has heard of the interrupt
    this.#whenEchoed(() => this.#goOn(0));
  }

  /** Nothing waits any more: so many bytes go on as they are, and what is behind them as if it came now. */
  #goOn(judged: number): void {
    if (this.#over) return;
    const held = Buffer.concat(this.#held);
    this.#held = [];
    this.#waiting = false;
    let room = true;
    if (judged > 0) room = this.#send(held.subarray(0, judged));
    if (held.length > judged) room = this.#pass(held.subarray(judged)) && room;
    if (this.#waiting) return;
    for (const run of this.#whenIdle.splice(0)) run();
    if (room) this.#edges.resume();
  }
}

/** In one pass: what is typed may be long, and is in the hands of whoever types. */
const withoutLastWord = (text: string): string => {
  const rest = text.trimEnd();
  return rest.slice(0, rest.lastIndexOf(' ') + 1);
};

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString();
