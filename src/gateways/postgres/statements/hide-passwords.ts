import { scanSync } from 'libpg-query';
import { hideFrom, hideWithin, inPlaceOf, MAY_HOLD_ONE, type Prepared } from '../../database/index.ts';

const STRINGS = new Set(['SCONST', 'USCONST', 'BCONST', 'XCONST']);
/** So many tokens after such a word a string is taken for its value: `encrypted password = E'…'`. */
const NEAR = 3;
/** Longer texts would keep everybody else waiting while they are cut into words. */
const LONGEST = 64 * 1024;

/**
 * A statement's text as it is kept: without the strings that follow a word like `password`. Where the text cannot be cut
 * into words, everything after the first such word goes. Words of SQL stay, wherever they are. Of such a statement the
 * values are not kept either.
 */
export function hidePasswords(text: string): Prepared {
  if (!MAY_HOLD_ONE.test(text)) return { text, hidesValues: false };
  return { text: hidden(text), hidesValues: true };
}

function hidden(text: string): string {
  if (text.length > LONGEST) return hideWithin(text);
  const bytes = Buffer.from(text);
  let tokens: ReturnType<typeof scanSync>['tokens'];
  try {
    ({ tokens } = scanSync(text));
  } catch {
    return hideFrom(text, MAY_HOLD_ONE);
  }
  const parts: string[] = [];
  let from = 0;
  let near = 0;
  for (const token of tokens) {
    if (token.tokenName.endsWith('COMMENT')) {
      if (!MAY_HOLD_ONE.test(token.text)) continue;
      parts.push(bytes.toString('utf8', from, token.start), `/* ${inPlaceOf(token.text)} */`);
      from = token.end;
    } else if (STRINGS.has(token.tokenName)) {
      const instead = near > 0 ? `'${inPlaceOf(token.text)}'` : hideWithin(token.text);
      parts.push(bytes.toString('utf8', from, token.start), instead);
      from = token.end;
      near = 0;
      // what is of another statement is none's value
    } else if (token.text === ';') near = 0;
    else near = MAY_HOLD_ONE.test(token.text) ? NEAR : near - 1;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.join('');
}
