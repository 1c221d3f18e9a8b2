import { invalid } from '#kit/errors/index.ts';

/** How results reach the person or the pipe: see docs/reference/cli.md, "Output". */
export interface PrintOptions {
  /** true: whole JSON; a list: only these fields. */
  readonly json: boolean | readonly string[];
  readonly quiet: boolean;
  readonly columns: readonly string[] | undefined;
}

type Row = Readonly<Record<string, unknown>>;

const words = (value: unknown): string => {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(words).join(', ');
  return JSON.stringify(value);
};

/** Makes control characters visible, so that no name in the data can steer the reader's terminal. */
export const inert = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (c) => (c === '\t' ? ' ' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));

const pick = (row: Row, fields: readonly string[]): Row => Object.fromEntries(fields.map((f) => [f, row[f] ?? null]));

/** Prints an answer to stdout: a list as a table (TAB-separated when piped), one thing as `field: value` lines. */
export function printAnswer(answer: unknown, options: PrintOptions, out: NodeJS.WriteStream = process.stdout): void {
  if (Buffer.isBuffer(answer)) {
    // somebody's bytes may hold what steers a terminal
    if (out.isTTY === true)
      throw invalid('/file', 'what is fetched is not text and is not shown', 'send it into a file: > FILE');
    out.write(answer);
    return;
  }
  const page = answer as { items?: Row[]; nextCursor?: string | null };
  const isPage = typeof answer === 'object' && answer !== null && Array.isArray(page.items);
  const rows = isPage ? (page.items ?? []) : undefined;

  if (typeof answer === 'string') {
    out.write(answer.endsWith('\n') ? answer : `${answer}\n`);
    return;
  }
  if (options.json !== false) {
    const fields = options.json === true ? undefined : options.json;
    const shaped =
      rows === undefined
        ? fields
          ? pick(answer as Row, fields)
          : answer
        : fields
          ? rows.map((r) => pick(r, fields))
          : rows;
    out.write(`${JSON.stringify(shaped, null, 2)}\n`);
    warnMore(page.nextCursor);
    return;
  }
  if (rows === undefined) {
    const thing = (answer ?? {}) as Row;
    if (options.quiet) out.write(`${inert(words(thing['id'] ?? ''))}\n`);
    else for (const [field, value] of Object.entries(thing)) out.write(`${field}: ${inert(words(value))}\n`);
    return;
  }
  if (options.quiet) for (const row of rows) out.write(`${inert(words(row['id']))}\n`);
  else printTable(rows, options.columns ?? Object.keys(rows[0] ?? {}), out);
  warnMore(page.nextCursor);
}

function printTable(rows: readonly Row[], columns: readonly string[], out: NodeJS.WriteStream): void {
  const cells = rows.map((row) => columns.map((c) => inert(words(row[c]))));
  if (out.isTTY !== true) {
    for (const row of cells) out.write(`${row.join('\t')}\n`);
    return;
  }
  const widths = columns.map((c, i) => Math.min(48, Math.max(c.length, ...cells.map((r) => r[i]?.length ?? 0))));
  const line = (row: readonly string[]): string =>
    row
      .map((c, i) => c.slice(0, 48).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const dim =
    process.env['NO_COLOR'] === undefined ? (t: string): string => `\u001b[2m${t}\u001b[0m` : (t: string): string => t;
  out.write(`${dim(line(columns))}\n`);
  for (const row of cells) out.write(`${line(row)}\n`);
}

function warnMore(cursor: string | null | undefined): void {
  if (cursor) process.stderr.write(`more follows: --cursor ${cursor}\n`);
}
