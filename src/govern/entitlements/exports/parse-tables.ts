import { decodeCsv, inPieces, readTable, UnreadableCsv, type TableColumns } from '#kit/csv/index.ts';

/** Why an export cannot be taken: which file, which row counted from 1 below the header, what. */
export interface ExportProblem {
  readonly file: string;
  readonly row?: number | undefined;
  readonly detail: string;
}

/** One table of an export: rows as field → text. */
export type Table = readonly ReadonlyMap<string, string>[];

/** Problems named at most. */
const NAMED = 20;

/** Reads one file of an export through to the end, to name more than its first problem. See `readTable`. */
export async function parseTable(
  file: string,
  content: string,
  columns: TableColumns,
): Promise<{ readonly rows: Table; readonly problems: readonly ExportProblem[] }> {
  const problems: ExportProblem[] = [];
  const rows: ReadonlyMap<string, string>[] = [];
  const bad = (detail: string, row?: number): void => {
    if (problems.length < NAMED) problems.push({ file, row, detail });
  };
  const decoded = decodeCsv(Buffer.from(content));
  if (decoded.problem !== undefined) return { rows, problems: [{ file, detail: decoded.problem.detail }] };
  const known = [...columns.needed, ...columns.may];
  try {
    for await (const values of readTable(inPieces(decoded.text), columns, bad))
      rows.push(new Map(known.map((name, i) => [name, values[i] ?? ''])));
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    bad(error.problem.detail);
  }
  return { rows, problems };
}
