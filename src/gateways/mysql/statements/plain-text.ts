import type { Word } from './cut-into-words.ts';

/**
 * How many operators may hang on each other without a comma or bracket between them, in all of the levels that are open.
 * Each is a level of the parser's tree, and it has a stack.
 */
const MOST_HANGING = 200;
const HANGS = new Set(
  'and or xor not is in like between regexp rlike div mod collate union except intersect escape binary sounds when'.split(
    ' ',
  ),
);
const SAFE_STRING = /^[\w .,:%+/-]{0,100}$/;
/** What stands for any other string: what it says is not known. */
export const SOME_STRING = '…';

/**
 * The same words written so that no two programs read them differently: no comments, strings in single quotes without
 * anything in them that a quote or backslash could be, names in backquotes where they are more than ASCII letters.
 * Undefined where they hang on each other so that they cannot be parsed.
 */
export function plainText(
  words: readonly Word[],
  versioned: 'in' | 'out',
  cut: (text: string) => readonly Word[],
): string | undefined {
  const parts: string[] = [];
  const hanging = [0];
  let sum = 0;
  const close = (): void => {
    sum -= hanging.pop() ?? 0;
    if (hanging.length === 0) hanging.push(0);
  };
  const hang = (): void => {
    hanging[hanging.length - 1] = (hanging.at(-1) ?? 0) + 1;
    sum += 1;
  };
  const write = (word: Word, glued: boolean): boolean => {
    if (word.kind === 'sign' && word.value === '(') hanging.push(0);
    else if (word.kind === 'sign' && word.value === ')') close();
    else if (word.kind === 'sign' && (word.value === ',' || word.value === ';')) {
      sum -= hanging.at(-1) ?? 0;
      hanging[hanging.length - 1] = 0;
    } else if (word.kind === 'sign' ? word.value !== '.' : HANGS.has(word.value.toLowerCase())) hang();
    parts.push(glued ? '' : ' ', written(word));
    return sum <= MOST_HANGING;
  };
  let end = -1;
  for (const word of words) {
    if (word.kind === 'comment') continue;
    if (word.kind === 'versioned') {
      if (versioned === 'in')
        for (const inner of cut(word.value)) if (inner.kind !== 'comment' && !write(inner, false)) return undefined;
      continue;
    }
    // two dashes that were apart would begin a comment
    const glued = word.start === end && !(word.value === '-' && parts.at(-1) === '-');
    if (!write(word, glued)) return undefined;
    end = word.end;
  }
  return parts.join('').trimStart();
}

function written(word: Word): string {
  switch (word.kind) {
    case 'string':
      return SAFE_STRING.test(word.value) ? `'${word.value}'` : `'${SOME_STRING}'`;
    case 'name':
      return `\`${word.value.replaceAll('`', '``')}\``;
    case 'word':
      return /^[A-Za-z_]\w*$/.test(word.value) ? word.value : `\`${word.value}\``;
    case 'variable':
      return /^@@?[\w.]+$/.test(word.value) ? word.value : '@v';
    default:
      return word.value;
  }
}
