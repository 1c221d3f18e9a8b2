/**
 * Cuts SQL into words as MariaDB and MySQL do with backslashes in strings and double quotes for strings, which is how both
 * come: comments of each kind, strings, quoted names, variables. Nothing is looked up in a text by pattern but here.
 */
export interface Word {
  readonly kind: 'word' | 'number' | 'string' | 'name' | 'variable' | 'sign' | 'comment' | 'versioned';
  /** Where it is in the text. */
  readonly start: number;
  readonly end: number;
  /** Of a string or quoted name what it stands for; of a versioned comment what is in it; else itself. */
  readonly value: string;
  /** Of a versioned comment its opening, such as `/*!40101`. */
  readonly opening?: string;
}

/** A text that ends within a string, a name or a comment, or has a character that no text has. */
export class NoWords extends Error {}

const letter = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === 0x24 ||
  code >= 0x80;
const space = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);
/** What `\n` and the like stand for; of any other character itself. `\%` and `\_` keep their backslash. */
const ESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001a',
  '%': String.raw`\%`,
  _: String.raw`\_`,
};

/** Cuts a text. Throws NoWords. */
export function cutIntoWords(text: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  const code = (offset = 0): number => text.charCodeAt(at + offset);
  const add = (kind: Word['kind'], start: number, value?: string): void =>
    void words.push({ kind, start, end: at, value: value ?? text.slice(start, at) });
  while (at < text.length) {
    const start = at;
    const c = code();
    if (space(c)) at += 1;
    else if (c === 0x23 || (c === 0x2d && code(1) === 0x2d && endsDashes(text, at + 2))) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
      add('comment', start);
    } else if (c === 0x2f && code(1) === 0x2a) {
      const comment = blockComment(text, at);
      at = comment.end;
      words.push({ start, ...comment });
    } else if (c === 0x27 || c === 0x22 || c === 0x60) {
      const { value, end } = quoted(text, at);
      at = end;
      add(c === 0x60 ? 'name' : 'string', start, value);
    } else if (c === 0x40) {
      at = variableEnd(text, at);
      add('variable', start);
    } else if (letter(c)) {
      at = wordEnd(text, at);
      add(isNumber(text.slice(start, at), text[at] ?? '') ? 'number' : 'word', start);
    } else if (c < 0x20 || c === 0x7f) throw new NoWords('a control character');
    else {
      at += 1;
      add('sign', start);
    }
  }
  return words;
}

/** `5e` is one where a sign follows: it is of `1.5e-3`. */
const isNumber = (run: string, next: string): boolean =>
  /^(?:\d+(?:e\d+)?|0x[\da-f]+|0b[01]+)$/i.test(run) || (/^\d+e$/i.test(run) && (next === '-' || next === '+'));

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && letter(text.charCodeAt(at))) at += 1;
  return at;
}

/** Two dashes begin a comment only before a space, a control character or the end. */
function endsDashes(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0x7f;
}

function blockComment(
  text: string,
  from: number,
): { readonly kind: 'comment' | 'versioned'; readonly end: number; readonly value: string; readonly opening?: string } {
  const close = text.indexOf('*/', from + 2);
  if (close < 0) throw new NoWords('a comment without its end');
  const end = close + 2;
  if (text[from + 2] !== '!' && !text.startsWith('M!', from + 2))
    return { kind: 'comment', end, value: text.slice(from, end) };
  // servers do not agree on how many figures a version has where a space does not say
  const opening = /^\/\*(?:!(?:\d{5})?|M!(?:\d{5,6})?)(?=\s)/.exec(text.slice(from, from + 12))?.[0];
  if (opening === undefined) throw new NoWords('a versioned comment that cannot be read for sure');
  // the server ends it elsewhere where there is another in it, or a string with its end
  const value = text.slice(from + opening.length, close);
  if (/\/\*|\*\/|['"`#]|--/.test(value)) throw new NoWords('what is in a versioned comment cannot be read for sure');
  return { kind: 'versioned', end, value, opening };
}

function quoted(text: string, from: number): { readonly value: string; readonly end: number } {
  const quote = text[from] ?? '';
  let value = '';
  for (let at = from + 1; at < text.length; at += 1) {
    const c = text[at] ?? '';
    if (c === quote) {
      if (text[at + 1] !== quote) return { value, end: at + 1 };
      value += quote;
      at += 1;
    } else if (c === '\\' && quote !== '`') {
      at += 1;
      const next = text[at] ?? '';
      value += ESCAPED[next] ?? next;
    } else value += c;
  }
  throw new NoWords('a string or name without its end');
}

/** `@name`, `@'name'`, `@@name` and `@@scope.name` each are one word. Throws NoWords where one of the server's is in quotes: it would be taken for one of the session's. */
function variableEnd(text: string, from: number): number {
  const at = from + (text[from + 1] === '@' ? 2 : 1);
  const next = text[at] ?? '';
  if (next === "'" || next === '"' || next === '`') {
    if (at === from + 2) throw new NoWords('a system variable in quotes');
    return quoted(text, at).end;
  }
  let end = wordEnd(text, at);
  while (text[end] === '.' && letter(text.charCodeAt(end + 1))) end = wordEnd(text, end + 1);
  return end;
}
