import { AppError } from '#kit/errors/index.ts';

/** How deep a body may nest. */
export const MAX_DEPTH = 32;

/**
 * Reads the bytes of a body as JSON (RFC 8259), strictly where JSON.parse is lenient: what is not UTF-8 is refused
 * rather than mended, a name given twice in one object is refused rather than read as its last value (another reader
 * of the same bytes may take the first), and nesting has a limit that is looked at before anything is built.
 * Throws 400 `body.malformed`, 422 `input.given_twice`, 422 `input.too_deep`.
 */
export function readJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('the body is not UTF-8');
  }
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed('the body is not valid JSON');
  }
}

const malformed = (detail: string): AppError =>
  new AppError({ code: 'body.malformed', status: 400, detail, fix: 'send JSON in UTF-8 (RFC 8259)' });

/** An object or array that is open where the scan stands. `names` is absent for an array. */
interface Open {
  readonly names: Set<string> | undefined;
  /** The next string is a name, not a value. */
  naming: boolean;
  name: string;
  n: number;
}

/** Walks over the structure only; whether it is JSON at all is for the parser to say. */
function checkStructure(text: string): void {
  const open: Open[] = [];
  const marks = /["{}[\],]/g;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const here = open.at(-1);
    switch (mark[0]) {
      case '"': {
        const end = endOfString(text, mark.index);
        if (here?.names !== undefined && here.naming) {
          here.name = nameIn(text.slice(mark.index, end));
          here.naming = false;
          if (here.names.has(here.name)) throw givenTwice(pointerOf(open));
          here.names.add(here.name);
        }
        marks.lastIndex = end;
        break;
      }
      case '{':
      case '[':
        if (open.length >= MAX_DEPTH) throw tooDeep();
        open.push({ names: mark[0] === '{' ? new Set() : undefined, naming: true, name: '', n: 0 });
        break;
      case ',':
        if (here !== undefined) {
          here.naming = true;
          here.n += 1;
        }
        break;
      default:
        open.pop();
    }
  }
}

/** Where a string that begins at `from` ends, past its closing quote. */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** Two spellings of one name (`a` and `\u0061`) are one name. */
function nameIn(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw malformed('the body is not valid JSON');
  }
}

const tooDeep = (): AppError =>
  new AppError({ code: 'input.too_deep', status: 422, detail: `JSON may nest ${MAX_DEPTH} deep` });

/** 422: which of the two is meant cannot be told. */
export const givenTwice = (pointer: string): AppError =>
  new AppError({
    code: 'input.given_twice',
    status: 422,
    detail: `${pointer.slice(1)} is given twice`,
    errors: [{ pointer, detail: 'is given twice' }],
    fix: 'name every field once',
  });

/** Where the scan stands, as a JSON pointer (RFC 6901). */
const pointerOf = (open: readonly Open[]): string =>
  open
    .map(({ names, name, n }) => (names === undefined ? String(n) : name).slice(0, 100))
    .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
