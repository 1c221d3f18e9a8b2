/**
 * Makes a target's output safe to play in a terminal or a browser: it may move the cursor and colour text, and
 * nothing else. Removed: OSC (clipboard, titles, links), DCS, APC, PM and SOS strings, and the requests a terminal
 * would answer as if somebody typed (device attributes, status and window reports). Keeps what is cut at the end of
 * one piece until the next.
 */
export class InertOutput {
  #carry = '';

  write(text: string): string {
    const all = this.#carry + text;
    const cut = unfinishedFrom(all);
    this.#carry = all.slice(cut);
    // A string that never ends must not be kept for ever.
    if (this.#carry.length > 65_536) this.#carry = '';
    return all
      .slice(0, cut)
      .replaceAll(STRINGS, '')
      .replaceAll(C1_STRINGS, '')
      .replaceAll(CSI, keepHarmless)
      .replaceAll(OTHER, '');
  }
}

const ESC = '\u001b';
const BEL = '\u0007';
// OSC, DCS, SOS, PM, APC up to BEL or ST.
const STRINGS = new RegExp(`${ESC}[\\]PX^_][^${BEL}${ESC}\u009c]*(?:${BEL}|${ESC}\\\\|\u009c)?`, 'g');
const C1_STRINGS = new RegExp(
  `[\u009d\u0090\u0098\u009e\u009f][^${BEL}${ESC}\u009c]*(?:${BEL}|${ESC}\\\\|\u009c)?`,
  'g',
);
const CSI = new RegExp(`(?:${ESC}\\[|\u009b)([0-?]*)([ -/]*)([@-~])`, 'g');
/** ENQ answers back; the remaining C1 controls have no place in UTF-8 output. */
const OTHER = new RegExp(`\u0005|[\u0080-\u009f]|${ESC}Z`, 'g');

const OPEN_CSI = new RegExp(`^(?:${ESC}\\[|\u009b)[0-?]*[ -/]*$`);
const OPEN_STRING = new RegExp(`^(?:${ESC}[\\]PX^_]|[\u009d\u0090])[^${BEL}\u009c]*$`);
const STRING_BEFORE = new RegExp(`(?:${ESC}[\\]PX^_]|[\u009d\u0090])[^${BEL}${ESC}\u009c]*$`);

const keepHarmless = (whole: string, parameters: string, intermediate: string, final: string): string => {
  const answers = 'cntxR'.includes(final);
  const privateMode =
    (final === 'h' || final === 'l') &&
    parameters.startsWith('?') &&
    !/^\?(1|7|12|25|47|1047|1048|1049|2004)(;|$)/.test(parameters);
  return answers || privateMode || (intermediate !== '' && final !== 'q') ? '' : whole;
};

/** Where an escape sequence begins that this piece does not end; the length when all are whole. */
function unfinishedFrom(text: string): number {
  const last = Math.max(
    text.lastIndexOf(ESC),
    text.lastIndexOf('\u009b'),
    text.lastIndexOf('\u009d'),
    text.lastIndexOf('\u0090'),
  );
  if (last < 0) return text.length;
  const tail = text.slice(last);
  if (tail === ESC) return startOfString(text, last);
  if (OPEN_CSI.test(tail) || OPEN_STRING.test(tail)) return last;
  return text.length;
}

/** A lone ESC may be the end of a string's terminator: then the whole string waits. */
function startOfString(text: string, at: number): number {
  const before = text.slice(0, at);
  const open = STRING_BEFORE.exec(before);
  return open === null ? at : open.index;
}
