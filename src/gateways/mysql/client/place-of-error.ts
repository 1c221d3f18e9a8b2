const SAID = /near '([^]*)' at line (\d+)/;

/** Where in a text a syntax error is, by the line and the beginning of the rest that the server repeats. */
export function placeOf(text: string, message: string): number | undefined {
  const [, rest = '', line = ''] = SAID.exec(message) ?? [];
  if (line === '') return undefined;
  let start = 0;
  for (let n = 1; n < Number(line); n += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  if (rest === '') return text.trimEnd().length;
  const found = text.indexOf(rest, start);
  if (found >= 0) return found;
  // the server counts the lines of a statement, and this one may not be the first
  const anywhere = text.indexOf(rest);
  return anywhere < 0 ? undefined : anywhere;
}
