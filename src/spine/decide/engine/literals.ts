/**
 * Cedar hands its JSON through JavaScript numbers, which round integers beyond 2^53 while Cedar counts to 2^63.
 * Such literals are therefore set aside before parsing: each becomes a marked string in the text, and turns back
 * into the exact integer when the JSON is read.
 */
export interface SetAside {
  readonly text: string;
  /** The integer a marked string stands for; undefined for any other string. */
  readonly integer: (text: string) => bigint | undefined;
}

// What can hold digits without being an integer literal is matched first and kept: strings, comments, names.
const TOKENS = /"(?:[^"\\]|\\[\s\S])*"|\/\/[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9]+/g;

/** Needs text that Cedar has already accepted; on anything else the result is of no use, but still terminates. */
export const setAsideLiterals = (policies: string): SetAside => {
  let mark = 'long#';
  while (policies.includes(mark)) mark += '#';
  const text = policies.replace(TOKENS, (token) => {
    const digits = token.charCodeAt(0);
    if (digits < 0x30 || digits > 0x39 || BigInt(token) <= BigInt(Number.MAX_SAFE_INTEGER)) return token;
    return `"${mark}${token}"`;
  });
  return {
    text,
    integer: (s) =>
      s.startsWith(mark) && /^[0-9]+$/.test(s.slice(mark.length)) ? BigInt(s.slice(mark.length)) : undefined,
  };
};
