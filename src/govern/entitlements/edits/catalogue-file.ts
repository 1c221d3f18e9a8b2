import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { csvRow, inPieces, plainCell, readTable, UnreadableCsv } from '#kit/csv/index.ts';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import { nestsDeeper, text } from '#kit/http/index.ts';
import { alias, currencyIn, dataClassIn, label, licenceCostIn, riskIn } from '../catalogue/shapes.ts';

/** One entitlement of a file. A field that is not there says nothing; null takes away what was said. */
const entry = z.strictObject({
  system: text(200),
  native_id: text(1000),
  name: z.string().max(1000).optional(),
  description: text(2000).nullable().optional(),
  owner: text(200).nullable().optional(),
  risk: riskIn.optional(),
  requestable: z.boolean().optional(),
  max_seconds: z.int().min(60).max(31_622_400).nullable().optional(),
  marked_privileged: z.boolean().optional(),
  data_class: dataClassIn.nullable().optional(),
  regulated: z.array(label).max(20).optional(),
  tags: z.array(label).max(50).optional(),
  aliases: z.array(alias).max(20).optional(),
  licence: text(200).nullable().optional(),
  licence_cost: licenceCostIn.nullable().optional(),
  licence_currency: currencyIn.nullable().optional(),
});
export type FileEntry = z.output<typeof entry>;

/** Entries a file may have. */
const MOST = 100_000;
const DEEPEST = 20;
const NEEDED = ['system', 'native_id'] as const;
const MAY = [
  'name',
  'description',
  'owner',
  'risk',
  'requestable',
  'max_seconds',
  'marked_privileged',
  'data_class',
  'regulated',
  'tags',
  'aliases',
  'licence',
  'licence_cost',
  'licence_currency',
] as const;
const LISTS: ReadonlySet<string> = new Set(['regulated', 'tags', 'aliases']);
const NULLABLE: ReadonlySet<string> = new Set([
  'description',
  'owner',
  'max_seconds',
  'data_class',
  'licence',
  'licence_cost',
  'licence_currency',
]);

const refuse = (problems: readonly FieldProblem[]): AppError =>
  new AppError({
    code: 'catalogue.file_unreadable',
    status: 422,
    detail: `this is no file of the catalogue; nothing was changed. First: ${problems[0]?.pointer ?? ''} ${problems[0]?.detail ?? ''}`,
    fix: 'see the file that `reeve catalogue export` writes',
    errors: problems.slice(0, 100),
  });

const checked = (raw: readonly unknown[], at: (i: number) => string): FileEntry[] => {
  const problems: FieldProblem[] = [];
  const entries = raw.flatMap((one, i) => {
    const read = entry.safeParse(one);
    if (read.success) return [read.data];
    for (const issue of read.error.issues)
      problems.push({ pointer: `${at(i)}/${issue.path.join('/')}`, detail: issue.message });
    return [];
  });
  const seen = new Set<string>();
  for (const [i, { system, native_id }] of entries.entries()) {
    const key = JSON.stringify([system, native_id]);
    if (seen.has(key)) problems.push({ pointer: at(i), detail: `${system}:${native_id} is there twice` });
    seen.add(key);
  }
  if (problems.length > 0) throw refuse(problems);
  return entries;
};

/** Reads a file that `writeYaml` wrote, or one like it. Aliases are not followed. Throws `catalogue.file_unreadable`. */
export function readYaml(yaml: string): FileEntry[] {
  const bad = (detail: string): AppError => refuse([{ pointer: '/file', detail }]);
  if (nestsDeeper(yaml, DEEPEST) || /(?:[-?:][ \t]+){20}/.test(yaml)) throw bad('is nested too deep');
  let raw: unknown;
  try {
    raw = parse(yaml, { maxAliasCount: 0, uniqueKeys: true, schema: 'core' });
  } catch (error) {
    throw bad(`is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it cannot be read'}`);
  }
  const file = z.strictObject({ entitlements: z.array(z.unknown()).max(MOST) }).safeParse(raw);
  if (!file.success) throw bad('has no list called entitlements, or more beside it');
  return checked(file.data.entitlements, (i) => `/entitlements/${i}`);
}

const split = (cell: string): string[] =>
  cell
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** What a cell says in the words of `entry`; what cannot be read stays text, and is refused as such. */
function valueOf(column: string, cell: string): unknown {
  if (LISTS.has(column)) return split(cell);
  if (cell === '') return NULLABLE.has(column) ? null : undefined;
  if (column === 'requestable' || column === 'marked_privileged')
    return cell === 'yes' || cell === 'true' ? true : cell === 'no' || cell === 'false' ? false : cell;
  if (column === 'licence_cost' && /^\d+(\.\d{1,2})?$/.test(cell)) return Number(cell);
  return column === 'max_seconds' && /^\d+$/.test(cell) ? Number(cell) : cell;
}

/** Reads a CSV that `writeCsv` wrote, or one like it; a column that is not there says nothing. Throws `catalogue.file_unreadable`. */
export async function readCsv(csv: string): Promise<FileEntry[]> {
  const problems: FieldProblem[] = [];
  const bad = (detail: string, row?: number): void =>
    void problems.push({ pointer: row === undefined ? '/file' : `/rows/${row}`, detail });
  const header = new Set(
    (csv.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '')
      .split(',')
      .map((h) => h.trim().replaceAll('"', '').toLowerCase()),
  );
  const raw: unknown[] = [];
  try {
    for await (const cells of readTable(inPieces(csv), { needed: [...NEEDED], may: [...MAY] }, bad)) {
      if (raw.length >= MOST) throw refuse([{ pointer: '/file', detail: `has more than ${MOST} rows` }]);
      const pairs = [...NEEDED, ...MAY].flatMap((column, i) => {
        if (!header.has(column)) return [];
        const value = valueOf(column, plainCell(cells[i] ?? ''));
        return value === undefined ? [] : [[column, value]];
      });
      raw.push(Object.fromEntries(pairs));
    }
  } catch (error) {
    if (error instanceof UnreadableCsv) throw refuse([{ pointer: '/file', detail: error.message }]);
    throw error;
  }
  if (problems.length > 0) throw refuse(problems);
  return checked(raw, (i) => `/rows/${i + 1}`);
}

const cellOf = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : Array.isArray(value)
      ? value.join(';')
      : typeof value === 'boolean'
        ? value
          ? 'yes'
          : 'no'
        : String(value as string | number);

/** Entries as CSV that no spreadsheet runs anything of, and that `readCsv` reads back to the same. */
export const writeCsv = (entries: readonly FileEntry[]): string =>
  [[...NEEDED, ...MAY], ...entries.map((e) => [...NEEDED, ...MAY].map((column) => cellOf(e[column])))]
    .map(csvRow)
    .join('');

/** Entries as YAML that `readYaml` reads back to the same. */
export const writeYaml = (entries: readonly FileEntry[]): string =>
  stringify({ entitlements: entries }, { lineWidth: 100, aliasDuplicateObjects: false });
