import { parseSync } from 'libpg-query';

/** One statement of a text, and where it is in it, in UTF-16 units. */
export interface OneStatement {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It wants rows of the client's, which a browser has not. */
  readonly wantsRows: boolean;
}

/**
 * The statements of a text, as PostgreSQL's own parser finds them. What that cannot read is one: the server says what it
 * thinks of it.
 */
export function splitStatements(text: string): readonly OneStatement[] {
  if (text.trim() === '') return [];
  const bytes = Buffer.from(text);
  try {
    return (parseSync(text).stmts ?? []).map((one) => {
      const from = one.stmt_location ?? 0;
      const to = one.stmt_len === undefined || one.stmt_len === 0 ? bytes.length : from + one.stmt_len;
      const raw = bytes.subarray(from, to).toString('utf8');
      const lead = raw.length - raw.trimStart().length;
      const start = bytes.subarray(0, from).toString('utf8').length + lead;
      const said = raw.trim();
      return { text: said, start, end: start + said.length, wantsRows: wantsRows(one.stmt) };
    });
  } catch {
    const said = text.trim();
    const start = text.length - text.trimStart().length;
    return [{ text: said, start, end: start + said.length, wantsRows: false }];
  }
}

function wantsRows(statement: unknown): boolean {
  const copy = (statement as { CopyStmt?: { is_from?: boolean; filename?: string; is_program?: boolean } } | undefined)
    ?.CopyStmt;
  return copy?.is_from === true && copy.filename === undefined && copy.is_program !== true;
}
