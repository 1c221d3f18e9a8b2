import { cutIntoWords, type Word } from './cut-into-words.ts';

/** Longer texts are not cut into words: that would keep everybody else waiting. */
const LONGEST = 1024 * 1024;
/** Where a statement may begin, read without words: after another, a comment, or what a block begins with. */
const BEGINS_SO = /(?:^|[;/\n(]|\b(?:begin|atomic|then|else|do|loop|repeat))\s*kill[\s(@/#-]/i;
/** Under another `sql_mode` or character set the quote behind it ends a string that goes on here, or the other way round. */
const READ_IN_TWO_WAYS = /\\['"`]/;

/**
 * Whether a text has a `KILL` among its statements, or something that would run one. The word is reserved, so that it is no
 * name unless it is quoted or stands behind a dot. A text that cannot be cut into words is taken for one that has.
 */
export function mayKill(text: string): boolean {
  if (!/kill/i.test(text)) return false;
  if (text.length > LONGEST) return BEGINS_SO.test(text);
  let words: readonly Word[];
  try {
    words = cutIntoWords(text);
    words = words.flatMap((word) => (word.kind === 'versioned' ? cutIntoWords(word.value) : word));
  } catch {
    return true;
  }
  const runsTexts = words.some(({ kind, value }) => kind === 'word' && /^(?:prepare|immediate)$/i.test(value));
  return (
    (READ_IN_TWO_WAYS.test(text) && BEGINS_SO.test(text)) ||
    words.some(
      ({ kind, value }, at) =>
        (kind === 'word' && /^kill$/i.test(value) && words[at - 1]?.value !== '.') ||
        (runsTexts && kind === 'string' && /kill/i.test(value)),
    )
  );
}

export const STOPS_OTHERS =
  'others use this account too, so only what you run yourself may be stopped: kill a number of your own, as a statement of its own';
