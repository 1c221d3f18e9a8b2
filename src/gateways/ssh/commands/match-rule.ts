import type { CommandRule } from '../../port.ts';

/** Where one command ends and another begins, as far as a text shows it. */
const BETWEEN = /[;&|\n\r(){}`]/u;
/** More words are not looked at one by one: what is so long matches whatever would hold it. */
const MOST_WORDS = 2_000;

/**
 * The first rule that a text matches, the strictest first: as it is written, and with quotes and backslashes left out,
 * so that `cu""rl` is `curl`. A rule is words with `*` for anything; it may match from any word on, so that `sudo`, `sh
 * -c` and `xargs` before it hide nothing, and the first word is also taken without its path.
 */
export function ruleFor(rules: readonly CommandRule[], text: string): CommandRule | undefined {
  const parts = new Set([text, text.replaceAll(/["'\\]/gu, '')].flatMap((one) => one.split(BETWEEN)));
  const words = [...parts].map((part) => part.split(/\s+/u).filter((word) => word !== ''));
  const tooLong = words.some((one) => one.length > MOST_WORDS);
  return strictestFirst(rules).find(
    (rule) => (tooLong && rule.does !== 'alert') || words.some((one) => matchesWords(rule.pattern, one)),
  );
}

/** The strictest rule that holds anything back: it holds what is too long to be looked at. */
export const holding = (rules: readonly CommandRule[]): CommandRule | undefined =>
  strictestFirst(rules).find(({ does }) => does !== 'alert');

const ORDER = { end: 0, ask: 1, alert: 2 } as const;
const strictestFirst = (rules: readonly CommandRule[]): readonly CommandRule[] =>
  [...rules].sort((a, b) => ORDER[a.does] - ORDER[b.does]);

function matchesWords(pattern: string, words: readonly string[]): boolean {
  for (let from = 0; from < Math.min(words.length, MOST_WORDS); from += 1) {
    const first = words[from] ?? '';
    const rest = words.slice(from + 1);
    const slash = first.lastIndexOf('/');
    if (isLike(pattern, [first, ...rest].join(' '))) return true;
    if (slash >= 0 && isLike(pattern, [first.slice(slash + 1), ...rest].join(' '))) return true;
    if (pattern.startsWith('*')) return false; // from the first word on is from every word on
  }
  return false;
}

/** Whether a text is like a pattern in which `*` is anything. Takes no longer than both are long, times each other. */
function isLike(pattern: string, text: string): boolean {
  let [p, t, star, retry] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') [star, retry, p] = [p, t, p + 1];
    else if (p < pattern.length && pattern[p] === text[t]) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, t, retry] = [star + 1, retry + 1, retry + 1];
    else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
