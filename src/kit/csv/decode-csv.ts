import { UnreadableCsv, type CsvProblem } from './problem.ts';

/** The text of a file, or why it is no CSV file at all. */
export type DecodedCsv = { readonly text: string; readonly problem?: undefined } | { readonly problem: CsvProblem };

const startsWith = (bytes: Uint8Array, mark: readonly number[]): boolean => mark.every((byte, i) => bytes[i] === byte);

/** UTF-8, or UTF-16 where a byte order mark says so. Nothing is guessed: a guess would mangle names for good. */
function encodingOf(bytes: Uint8Array): string {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  return 'utf-8';
}

/** Turns the bytes of a file into text without its byte order mark; refuses what is empty, not text, or a web page. */
export function decodeCsv(bytes: Uint8Array): DecodedCsv {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return {
      problem: {
        code: 'csv.encoding',
        detail: `the file is not ${encoding.toUpperCase()}: names would be mangled`,
        fix: 'export it as UTF-8',
      },
    };
  }
  return checkText(text);
}

const EMPTY: CsvProblem = {
  code: 'csv.empty',
  detail: 'the file is empty',
  fix: 'look at the export that wrote it',
};

/** What can be said about the text before it is read as rows. */
function checkText(text: string): DecodedCsv {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problem = body.trim() === '' ? EMPTY : (damageIn(body) ?? strangerIn(body));
  return problem === undefined ? { text: body } : { problem };
}

/** What any part of a text can show. */
function damageIn(text: string): CsvProblem | undefined {
  if (text.includes('\0'))
    return {
      code: 'csv.damaged',
      detail: 'the file holds NUL bytes: part of it was never written',
      fix: 'export it again',
    };
  if (text.includes('\uFFFD'))
    return {
      code: 'csv.encoding',
      detail: 'the file holds replacement characters: it was read in a wrong encoding once',
      fix: 'export it as UTF-8',
    };
  return undefined;
}

/** What the beginning of a text shows. */
function strangerIn(text: string): CsvProblem | undefined {
  const start = text.trimStart();
  if (start.startsWith('<'))
    return {
      code: 'csv.not_csv',
      detail: 'this is a web page or XML, not a CSV file',
      fix: 'check the sign-in of the download',
    };
  if (start.startsWith('{') || start.startsWith('['))
    return { code: 'csv.not_csv', detail: 'this is JSON, not a CSV file', fix: 'export it as CSV' };
  return undefined;
}

/**
 * The same for a file too large to be held: its text as it flows, UTF-8 only. Throws UnreadableCsv where `decodeCsv`
 * would answer a problem, at the part of the file that shows it.
 */
export async function* decodeFlowing(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new UnreadableCsv({
        code: 'csv.encoding',
        detail: 'the file is not UTF-8: names would be mangled',
        fix: 'export it as UTF-8',
      });
    }
  };
  let begun = false;
  const check = (text: string): string => {
    const problem = damageIn(text) ?? (begun ? undefined : strangerIn(text));
    if (problem !== undefined) throw new UnreadableCsv(problem);
    begun ||= text.trim() !== '';
    return text;
  };
  for await (const chunk of chunks) yield check(decode(chunk));
  yield check(decode());
  if (!begun) throw new UnreadableCsv(EMPTY);
}
