type State = 'text' | 'escape' | 'csi' | 'string' | 'string escape';

/**
 * Makes a target's output safe to play in a terminal or a browser: it may move the cursor and colour text, and
 * nothing else. Follows the terminal's own state machine (ECMA-48; vt100.net/emu/dec_ansi_parser) and writes a
 * sequence only when it is whole and on the list of harmless ones, so that no sequence comes about by taking another
 * out of its middle. Gone: OSC (clipboard, titles, links), DCS, APC, PM and SOS strings, whatever a terminal would
 * answer as if somebody typed (attributes, status, window, mode and keyboard reports), printing, and modes that
 * change what keys and the mouse send. Keeps what is cut at the end of one piece until the next.
 */
export class InertOutput {
  #state: State = 'text';
  /** The sequence so far, without the controls in it. */
  #sequence = '';
  /** Characters of the string so far. */
  #swallowed = 0;

  write(text: string): string {
    let out = '';
    let at = 0;
    while (at < text.length) {
      if (this.#state === 'text') {
        SPECIAL.lastIndex = at;
        const special = SPECIAL.exec(text)?.index ?? text.length;
        out += text.slice(at, special);
        at = special + plainColour(text, special);
        out += text.slice(special, at);
        if (at > special || at === text.length) continue;
      }
      out += this.#take(text.charCodeAt(at), text.charAt(at));
      at += 1;
    }
    return out;
  }

  /** Takes one character that is, or may be, part of a sequence; what of it is shown. */
  #take(code: number, char: string): string {
    if (this.#state === 'string' || this.#state === 'string escape') return this.#inString(code);
    if (code === ESC) return this.#go('escape', char);
    if (code === CAN || code === SUB) return this.#go('text');
    if (code < 0x20) return SHOWN_CONTROLS.has(code) ? char : '';
    if (code === DEL) return '';
    if (code >= 0x80 && code < 0xa0) return this.#eightBit(code);
    if (this.#state === 'text') return char;
    if (this.#sequence.length > LONGEST) return this.#go('text');
    this.#sequence += char;
    return this.#state === 'escape' ? this.#inEscape(code) : this.#inCsi(code);
  }

  #inEscape(code: number): string {
    if (this.#sequence === `${ESCAPE}[`) return this.#go('csi', this.#sequence);
    if (STRING_OPENERS.has(code) && this.#sequence.length === 2) return this.#begin();
    if (code < 0x30) return '';
    return this.#end(HARMLESS_ESCAPES.test(this.#sequence));
  }

  #inCsi(code: number): string {
    if (code < 0x40) return '';
    return this.#end(code < DEL && isHarmless(this.#sequence.slice(2)));
  }

  /**
   * A string ends at BEL, ST, CAN or SUB; what an ESC begins in it that is not ST is a sequence again. One that goes on
   * and on is given up, so that nobody hides the rest of a session in it.
   */
  #inString(code: number): string {
    this.#swallowed += 1;
    if (this.#swallowed > LONGEST_STRING) return this.#go('text');
    if (this.#state === 'string escape' && code !== ESC) {
      this.#go('escape', ESCAPE);
      return code === BACKSLASH ? this.#go('text') : this.#take(code, String.fromCharCode(code));
    }
    if (code === ESC) return this.#go('string escape');
    return code === BEL || code === ST || code === CAN || code === SUB ? this.#go('text') : '';
  }

  /** The C1 controls as single characters; in UTF-8 output they have no honest use. */
  #eightBit(code: number): string {
    if (code === CSI) return this.#go('csi', `${ESCAPE}[`);
    return EIGHT_BIT_OPENERS.has(code) ? this.#begin() : this.#go('text');
  }

  #begin(): '' {
    this.#swallowed = 0;
    return this.#go('string');
  }

  #go(state: State, sequence = ''): '' {
    this.#state = state;
    this.#sequence = sequence;
    return '';
  }

  #end(harmless: boolean): string {
    const whole = this.#sequence;
    this.#go('text');
    return harmless ? whole : '';
  }
}

/** Whatever is not shown as it is. */
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const SPECIAL = /[\0-\u0006\u000e-\u001f\u007f-\u009f]/g;
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const PLAIN_COLOUR = /\u001b\[(?:[0-9]{0,5}[;:]){0,20}[0-9]{0,5}m/y;

/** How long the whole colour sequence is that begins here, by far the most frequent one; 0 where none does. */
function plainColour(text: string, at: number): number {
  PLAIN_COLOUR.lastIndex = at;
  return PLAIN_COLOUR.exec(text)?.[0].length ?? 0;
}

const ESCAPE = '\u001b';
const [BEL, CAN, SUB, ESC, BACKSLASH, DEL, CSI, ST] = [0x07, 0x18, 0x1a, 0x1b, 0x5c, 0x7f, 0x9b, 0x9c];
/** Bell, backspace, tab, line feed, vertical tab, form feed, return. Not ENQ, which a terminal answers. */
const SHOWN_CONTROLS = new Set([0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);
/** DCS, SOS, OSC, PM, APC, and the title string of screen and tmux (`ESC k`). */
const STRING_OPENERS = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f, 0x6b]);
const EIGHT_BIT_OPENERS = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]);
/** No honest sequence is longer. */
const LONGEST = 256;
const LONGEST_STRING = 65_536;

/** Save and restore the cursor, index, next line, set a tab stop, reverse index; character sets; double size. */
const HARMLESS_ESCAPES = new RegExp(`^${ESCAPE}(?:[78DEHM]|[()*+][0AB]|#[3-68])$`);
/** Cursor and text: insert, move, erase, scroll, delete, repeat, colour, tabs, margins, save and restore. */
const HARMLESS_FINALS = /^[0-9;:]*[@A-MPSXZ`abdefgmrsu]$|^[0-9]*T$/;
/** Nobody counts this far on a screen; a player that repeats a character so often is busy for long. */
const TOO_MANY = /[0-9]{6}/;
/** Whoever plays it keeps what was on their own screen before. */
const ERASES_SCROLLBACK = /^0*3J$/;
/** Reverse video, origin, wrapping, blinking and showing the cursor, the other screen. None changes what keys send. */
const HARMLESS_MODES = /^\?(?:(?:5|6|7|12|25|47|1047|1048|1049)(?:;(?=[0-9])|(?=[hl])))+[hl]$/;
/** Insert or replace; what a line feed does. */
const HARMLESS_ANSI_MODES = /^(?:4|20)[hl]$/;
const CURSOR_SHAPE = /^[0-9]* q$/;
const SELECTIVE_ERASE = /^\?[0-2]?[JK]$/;

const isHarmless = (sequence: string): boolean =>
  (HARMLESS_FINALS.test(sequence) && !ERASES_SCROLLBACK.test(sequence) && !TOO_MANY.test(sequence)) ||
  HARMLESS_MODES.test(sequence) ||
  HARMLESS_ANSI_MODES.test(sequence) ||
  CURSOR_SHAPE.test(sequence) ||
  SELECTIVE_ERASE.test(sequence);
