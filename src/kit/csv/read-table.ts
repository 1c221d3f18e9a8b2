import { readRows } from './read-rows.ts';

/** Columns a table is read by. Needed ones are there and filled; others may be missing or empty; any other is let be. */
export interface TableColumns {
  readonly needed: readonly string[];
  readonly may: readonly string[];
}

/** Told of each problem: what, and in which row, counted from 1 below the header. It may throw to stop there. */
export type OnProblem = (detail: string, row?: number) => void;

// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const HOSTILE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
const LONGEST = 2000;

/**
 * The rows of a table as they flow: the values of the needed columns, then of the others, each trimmed and in NFC, empty
 * where a column is missing. A row of another width, control characters and overlong values are problems; after one in
 * the header no row comes. Throws UnreadableCsv where it stops being CSV.
 */
export async function* readTable(
  pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
  columns: TableColumns,
  bad: OnProblem,
): AsyncGenerator<readonly string[], void, void> {
  const known = [...columns.needed, ...columns.may];
  let places: readonly number[] | undefined;
  let width = 0;
  let row = 0;
  for await (const fields of readRows(pieces, ',')) {
    if (places === undefined) {
      const header = fields.map((name) => name.trim().toLowerCase());
      width = header.length;
      if (!isSound(header, columns, bad)) return;
      places = known.map((name) => header.indexOf(name));
      continue;
    }
    row += 1;
    if (fields.length !== width) bad(`has ${fields.length} values where the header has ${width}`, row);
    const values: string[] = [];
    for (const [i, place] of places.entries()) {
      const value = (fields[place] ?? '').trim().normalize('NFC');
      if (HOSTILE.test(value)) bad(`${known[i]} holds control or direction characters`, row);
      if (value.length > LONGEST) bad(`${known[i]} is longer than ${LONGEST} characters`, row);
      if (value === '' && i < columns.needed.length) bad(`${known[i]} is empty`, row);
      values.push(value);
    }
    yield values;
  }
}

function isSound(header: readonly string[], columns: TableColumns, bad: OnProblem): boolean {
  let sound = true;
  for (const name of [...columns.needed, ...columns.may]) {
    const times = header.filter((h) => h === name).length;
    if (times === 1 || (times === 0 && columns.may.includes(name))) continue;
    sound = false;
    bad(times === 0 ? `the column ${name} is missing` : `the column ${name} is there twice`);
  }
  return sound;
}
