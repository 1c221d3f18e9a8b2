import { decodeCsv, inPieces, readRows, UnreadableCsv } from '#kit/csv/index.ts';

/** Why an export cannot be taken: which file, which row counted from 1 below the header, what. */
export interface ExportProblem {
  readonly file: string;
  readonly row?: number | undefined;
  readonly detail: string;
}

/** One table of an export: rows as field → text. */
export type Table = readonly ReadonlyMap<string, string>[];

// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const HOSTILE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;
const LONGEST = 2000;
/** Problems named at most. */
const NAMED = 20;

/**
 * Reads one file of an export. Needed columns must be there and filled, others may be missing; a row of another width,
 * control characters and overlong values are problems. Reads through to the end, to name more than the first.
 */
export async function parseTable(
  file: string,
  content: string,
  columns: { readonly needed: readonly string[]; readonly may: readonly string[] },
): Promise<{ readonly rows: Table; readonly problems: readonly ExportProblem[] }> {
  const problems: ExportProblem[] = [];
  const rows: ReadonlyMap<string, string>[] = [];
  const bad = (detail: string, row?: number): void => {
    if (problems.length < NAMED) problems.push({ file, row, detail });
  };
  const decoded = decodeCsv(Buffer.from(content));
  if (decoded.problem !== undefined) return { rows, problems: [{ file, detail: decoded.problem.detail }] };
  const known = [...columns.needed, ...columns.may];
  let header: string[] | undefined;
  try {
    for await (const fields of readRows(inPieces(decoded.text), ',')) {
      if (header === undefined) {
        header = fields.map((name) => name.trim().toLowerCase());
        for (const name of columns.needed) if (!header.includes(name)) bad(`the column ${name} is missing`);
        for (const name of known)
          if (header.filter((h) => h === name).length > 1) bad(`the column ${name} is there twice`);
        if (problems.length > 0) break;
        continue;
      }
      const row = rows.length + 1;
      if (fields.length !== header.length)
        bad(`has ${fields.length} values where the header has ${header.length}`, row);
      const values = new Map<string, string>();
      for (const name of known) {
        const value = (fields[header.indexOf(name)] ?? '').trim().normalize('NFC');
        if (HOSTILE.test(value)) bad(`${name} holds control or direction characters`, row);
        if (value.length > LONGEST) bad(`${name} is longer than ${LONGEST} characters`, row);
        if (value === '' && columns.needed.includes(name)) bad(`${name} is empty`, row);
        values.set(name, value);
      }
      rows.push(values);
    }
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    bad(error.problem.detail);
  }
  return { rows, problems };
}
