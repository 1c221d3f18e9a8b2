/** Cuts a sudoers file into logical lines: comments gone, continuations joined, physical line numbers kept as evidence. */

export interface LogicalLine {
  readonly text: string;
  /** First and last physical line, from 1. */
  readonly line: number;
  readonly endLine: number;
}

/**
 * sudoers(5): `#` begins a comment unless a digit follows (then it is a user id) or it is escaped or quoted; a backslash before
 * the line end continues the line. Include directives are dropped here: the read script has already followed them.
 */
export function splitLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let current = '';
  let started = 1;
  let line = 1;
  let quoted = false;
  const flush = (): void => {
    const trimmed = current.trim();
    if (trimmed !== '') lines.push({ text: trimmed, line: started, endLine: line });
    current = '';
    quoted = false;
  };
  const source = text.replaceAll('\r\n', '\n');
  for (let i = 0; i < source.length; i += 1) {
    const char = source[i] ?? '';
    const next = source[i + 1];
    if (char === '\n') {
      flush();
      line += 1;
      started = line;
    } else if (char === '\\' && next === '\n') {
      current += ' ';
      line += 1;
      i += 1;
    } else if (char === '\\' && next !== undefined) {
      current += char + next;
      i += 1;
    } else if (!quoted && (char === '#' || char === '@') && current.trim() === '' && isInclude(source, i)) {
      i = lineEnd(source, i) - 1;
    } else if (!quoted && char === '#' && !/^-?\d/u.test(source.slice(i + 1, i + 3))) {
      i = lineEnd(source, i) - 1;
    } else {
      if (char === '"') quoted = !quoted;
      current += char;
    }
  }
  flush();
  return lines;
}

const isInclude = (source: string, at: number): boolean => /^[@#]include(?:dir)?[ \t]/u.test(source.slice(at, at + 13));

function lineEnd(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}
