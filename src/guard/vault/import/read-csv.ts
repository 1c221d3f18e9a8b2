import { decodeCsv, inPieces, readRows, UnreadableCsv } from '#kit/csv/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { SecretKind } from '../model.ts';
import { partOf, type Incoming, type ReadIn } from './model.ts';

/** Which column says what; a name that is not there is told. */
export interface CsvColumns {
  readonly name: string;
  readonly value: string;
  readonly username?: string | undefined;
  readonly description?: string | undefined;
  readonly kind?: string | undefined;
  /** Columns kept as labels, by their names. */
  readonly labels?: readonly string[] | undefined;
}

const KINDS: readonly string[] = [
  'password',
  'ssh_key',
  'api_key',
  'key_value',
  'database_credential',
  'tls_key',
  'totp_seed',
  'file',
];

/** Reads secrets out of a CSV as its columns were said to be. A value is taken to the letter, blanks included. */
export async function readCsvSecrets(
  bytes: Buffer,
  columns: CsvColumns,
  kind: SecretKind,
  most: number,
): Promise<readonly ReadIn[]> {
  const decoded = decodeCsv(bytes);
  if (decoded.problem !== undefined) throw invalid('/content', decoded.problem.detail, decoded.problem.fix);
  const found: ReadIn[] = [];
  let header: readonly string[] | undefined;
  try {
    for await (const fields of readRows(inPieces(decoded.text), ',')) {
      if (header === undefined) {
        header = fields.map((name) => name.trim());
        requireColumns(header, columns);
        continue;
      }
      found.push(readRow(header, fields, columns, kind, `row ${found.length + 1}`));
      if (found.length > most) return found;
    }
  } catch (error) {
    if (error instanceof UnreadableCsv) throw invalid('/content', error.message, 'export it again as CSV');
    throw error;
  }
  return found;
}

function requireColumns(header: readonly string[], columns: CsvColumns): void {
  const { labels = [], ...single } = columns;
  const wanted = [...Object.entries(single), ...labels.map((label) => ['labels', label] as const)];
  for (const [field, column] of wanted) {
    if (column !== undefined && !header.includes(column))
      throw invalid(`/columns/${field}`, `the file has no column ${column}`, `one of ${header.join(', ')}`);
  }
}

function readRow(
  header: readonly string[],
  fields: readonly string[],
  columns: CsvColumns,
  kind: SecretKind,
  at: string,
): ReadIn {
  if (fields.length !== header.length)
    return { at, problem: `has ${fields.length} values where the header has ${header.length}` };
  const cell = (column: string | undefined): string =>
    column === undefined ? '' : (fields[header.indexOf(column)] ?? '');
  const name = cell(columns.name).split('/').map(partOf).filter(Boolean).join('/');
  if (name === '') return { at, problem: `${columns.name} is empty` };
  if (cell(columns.value) === '') return { at, problem: `${columns.value} is empty` };
  const said = cell(columns.kind).trim() || kind;
  if (!KINDS.includes(said)) return { at, problem: `${said.slice(0, 40)} is no kind of secret` };
  const labels = (columns.labels ?? []).flatMap((label) => {
    const value = cell(label).trim();
    return value === '' ? [] : [[label.slice(0, 64), value.slice(0, 200)] as const];
  });
  return {
    at,
    name,
    kind: said as Incoming['kind'],
    value: cell(columns.value),
    username: cell(columns.username).trim() || undefined,
    description: cell(columns.description).trim().slice(0, 1000) || undefined,
    labels: Object.fromEntries(labels),
  };
}
