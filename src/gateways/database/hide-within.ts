/** Words in whose neighbourhood a text may hold a password. */
export const MAY_HOLD_ONE = /passw|pwd|secret/i;
/** Within a string of its own: connection strings, and statements in the bodies of functions. */
const WITHIN =
  /(passw\w{0,30}|pwd|secret)(\s{0,20}(?:=>?|:=)?\s{0,20})(''[^']*''|'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s'";,)]{1,500})/gi;

/** Text that cannot be cut into words, without what looks like the value of a password in it. */
export const hideWithin = (text: string): string => text.replace(WITHIN, '$1$2(hidden)');
