import type { CsvProblem } from './problem.ts';

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

/** What can be said about the text before it is read as rows. */
function checkText(text: string): DecodedCsv {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const problem = (code: string, detail: string, fix: string): DecodedCsv => ({ problem: { code, detail, fix } });
  if (body.trim() === '') return problem('csv.empty', 'the file is empty', 'look at the export that wrote it');
  if (body.includes('\0'))
    return problem('csv.damaged', 'the file holds NUL bytes: part of it was never written', 'export it again');
  if (body.includes('\uFFFD'))
    return problem(
      'csv.encoding',
      'the file holds replacement characters: it was read in a wrong encoding once',
      'export it as UTF-8',
    );
  const start = body.trimStart();
  if (start.startsWith('<'))
    return problem('csv.not_csv', 'this is a web page or XML, not a CSV file', 'check the sign-in of the download');
  if (start.startsWith('{') || start.startsWith('['))
    return problem('csv.not_csv', 'this is JSON, not a CSV file', 'export it as CSV');
  return { text: body };
}
