import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UnreadableCsv } from './problem.ts';

/** Longest row that is read; anything longer is a file with a lost quote. */
const LONGEST_ROW = 64 * 1024;
/** Bytes handed to the parser at a time, so that a large file never holds up everybody else. */
const PIECE = 256 * 1024;

/** A long text in pieces of UTF-8. */
export function* inPieces(text: string): Generator<Buffer, void, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/**
 * The rows of a CSV (RFC 4180; CRLF or LF), header first, as they flow; memory does not grow with their number.
 * Blank lines are left out. Throws UnreadableCsv where quotes are lost or a row never ends.
 */
export async function* readRows(
  pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
  delimiter: string,
): AsyncGenerator<string[], void, void> {
  const parser = parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    record_delimiter: ['\r\n', '\n'],
  });
  const source = Readable.from(pieces, { objectMode: true });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let row = 0;
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      if (fields.length === 1 && fields[0]?.trim() === '') continue;
      yield fields;
      row += 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UnreadableCsv({
      code: 'csv.not_csv',
      detail: `the file stops being CSV after row ${Math.max(0, row - 1)}: ${sayWhy(error.code)}`,
      fix: 'export it again, with quotes doubled as RFC 4180 says',
    });
  } finally {
    source.destroy();
    parser.destroy();
  }
}

const sayWhy = (code: string): string =>
  ({
    CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
    CSV_MAX_RECORD_SIZE: 'a row does not end',
    CSV_INVALID_CLOSING_QUOTE: 'a quote ends in the middle of a value',
    INVALID_OPENING_QUOTE: 'a quote begins in the middle of a value',
  })[code] ?? 'a quote is out of place';
