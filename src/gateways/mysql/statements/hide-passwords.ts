import { hideFrom, hideWithin, inPlaceOf, MAY_HOLD_ONE, type Prepared } from '../../database/index.ts';
import { cutIntoWords, type Word } from './cut-into-words.ts';

const BEFORE_ONE = /passw|pwd|secret|identified/i;
/** So many words after such a one a string is taken for its value: `identified via ed25519 using password('…')`. */
const NEAR = 6;
/** Longer texts would keep everybody else waiting while they are cut into words. */
const LONGEST = 64 * 1024;

/**
 * A statement's text as it is kept: without the strings that follow a word like `password`. Where the text cannot be cut
 * into words, everything after the first such word goes. Words of SQL stay, wherever they are. Of such a statement the values are not kept either.
 */
export function hidePasswords(text: string): Prepared {
  if (!MAY_HOLD_ONE.test(text) && !BEFORE_ONE.test(text)) return { text, hidesValues: false };
  return { text: hidden(text), hidesValues: true };
}

function hidden(text: string): string {
  if (text.length > LONGEST) return hideWithin(text);
  let words: readonly Word[];
  try {
    words = cutIntoWords(text);
  } catch {
    return hideFrom(text, BEFORE_ONE);
  }
  const parts: string[] = [];
  let from = 0;
  let near = 0;
  const instead = (word: Word, by: string): void => {
    parts.push(text.slice(from, word.start), by);
    from = word.end;
  };
  for (const word of words) {
    // what is in a versioned one is run, and has no string in it
    if (word.kind === 'comment') {
      if (BEFORE_ONE.test(word.value)) instead(word, `/* ${inPlaceOf(word.value)} */`);
    } else if (word.kind === 'string') {
      instead(word, near > 0 ? `'${inPlaceOf(word.value)}'` : hideWithin(text.slice(word.start, word.end)));
      near = 0;
      // what is of another statement is none's value
    } else if (word.kind === 'sign' && word.value === ';') near = 0;
    else near = BEFORE_ONE.test(word.value) ? NEAR : near - 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}
