/** Words in whose neighbourhood a text may hold a password. */
export const MAY_HOLD_ONE = /passw|pwd|secret/i;
/** Within a string of its own: connection strings, and statements in the bodies of functions. */
const WITHIN =
  /(passw\w{0,30}|pwd|secret)(\s{0,20}(?:=>?|:=)?\s{0,20})(''[^']*''|'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s'";,)]{1,500})/gi;
/** What statements begin with, and what they are about: none of these is a password. */
const VERBS =
  /^(?:select|insert|update|delete|replace|merge|truncate|create|alter|drop|rename|grant|revoke|set|execute|prepare|call|do|copy|load|lock|kill|flush|shutdown|reset|handler|with)$/;
const WORDS =
  /\b(?:select|insert|update|delete|replace|merge|truncate|create|alter|drop|rename|grant|revoke|set|execute|immediate|prepare|call|do|copy|load|lock|kill|flush|shutdown|reset|handler|with|table|view|database|schema|index|function|procedure|trigger|event|user|role|global|session|from|into|where|outfile|dumpfile|infile|program|identified|values|privileges|superuser)\b/gi;
const MOST_SAID = 40;

/** The words of SQL in a text, and nothing else of it. */
function said(text: string): readonly string[] {
  const words = (text.match(WORDS) ?? []).map((word) => word.toLowerCase());
  return words.filter((word, at) => word !== words[at - 1]).slice(0, MOST_SAID);
}

/**
 * What stands in the place of text that is hidden: where it may be a statement, which words of SQL it has, so that nobody
 * hides what they did behind a word like `password`.
 */
export function inPlaceOf(text: string): string {
  const words = said(text);
  return words.length > 1 && words.some((word) => VERBS.test(word)) ? `(hidden: ${words.join(' ')})` : '(hidden)';
}

/** Text that cannot be cut into words, without what looks like the value of a password in it. */
export const hideWithin = (text: string): string =>
  text.replace(WITHIN, (all, word: string, between: string, value: string) =>
    // a word of SQL is none's value where nothing says so
    between.trim() === '' && said(value)[0] === value.toLowerCase() ? all : `${word}${between}${inPlaceOf(value)}`,
  );

/** Text in which nobody can say what is a string: without all that follows the first word that may stand before a password, but for the words of SQL in it. */
export const hideFrom = (text: string, word: RegExp): string => {
  const at = text.search(word);
  if (at < 0) return text;
  const end = at + (/^\w+/.exec(text.slice(at))?.[0].length ?? 0);
  const words = said(text.slice(end));
  return `${text.slice(0, end)} (what follows is not kept: it may be a password${words.length === 0 ? '' : `; it says: ${words.join(' ')}`})`;
};
