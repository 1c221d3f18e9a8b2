import { csvRow, decodeCsv, inPieces, plainCell, readTable, UnreadableCsv } from '#kit/csv/index.ts';
import { checkRules, unreadable, type FileRule } from './rules-file.ts';

const NEEDED = ['rule', 'severity', 'function', 'entitlement'] as const;
const MAY = [
  'mode',
  'description',
  'risk',
  'counts',
  'window_seconds',
  'owner',
  'systems',
  'org_units',
  'person_condition',
  'controls',
] as const;
const COLUMNS = { needed: NEEDED, may: MAY };
type Column = (typeof NEEDED)[number] | (typeof MAY)[number];
type Row = ReadonlyMap<Column, string>;

/** Several values of one cell stand each on a line of its own. */
const lines = (cell: string): string[] =>
  cell
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** `every 30 days by mara: Review of new vendors`. */
const CONTROL = /^every (?<days>\d{1,3}) days? by (?<owner>[^:]+): (?<name>.+)$/u;

const control = (line: string): { name: string; owner: string; everyDays: number } => {
  const said = CONTROL.exec(line)?.groups;
  if (said === undefined)
    throw unreadable(`"${line}" is no control; write: every 30 days by <username>: <what is done>`, '/csv');
  return { name: said['name'] ?? '', owner: said['owner'] ?? '', everyDays: Number(said['days']) };
};

const optional = <K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [name]: value } as Record<K, V>);
const textOf = (row: Row, column: Column): string | undefined => row.get(column) || undefined;
const listOf = <T>(row: Row, column: Column, of: (line: string) => T): T[] | undefined => {
  const found = lines(row.get(column) ?? '').map(of);
  return found.length === 0 ? undefined : found;
};

/**
 * Reads rules from CSV: a row an entitlement of a function of a rule. What a rule says of itself is in its first row,
 * and the others say the same or leave it empty. Throws `sod.file_unreadable` with the row.
 */
export const readRulesCsv = async (csv: string): Promise<FileRule[]> => {
  const rules = new Map<string, { first: Row; functions: Map<string, string[]> }>();
  const decoded = decodeCsv(Buffer.from(csv));
  if (decoded.problem !== undefined) throw unreadable(decoded.problem.detail, '/csv');
  const columns = [...NEEDED, ...MAY];
  const bad = (detail: string, row?: number): never => {
    throw unreadable(row === undefined ? detail : `row ${row}: ${detail}`, '/csv');
  };
  let at = 0;
  try {
    for await (const values of readTable(inPieces(decoded.text), COLUMNS, bad)) {
      at += 1;
      const row: Row = new Map(columns.map((name, i) => [name, plainCell(values[i] ?? '')]));
      const name = row.get('rule') ?? '';
      const known = rules.get(name) ?? { first: row, functions: new Map<string, string[]>() };
      rules.set(name, known);
      for (const column of [...MAY, 'severity'] as const)
        if (row.get(column) !== '' && row.get(column) !== known.first.get(column))
          bad(`${column} of "${name}" is another than in its first row`, at);
      const entitlements = known.functions.get(row.get('function') ?? '') ?? [];
      entitlements.push(row.get('entitlement') ?? '');
      known.functions.set(row.get('function') ?? '', entitlements);
    }
  } catch (error) {
    if (error instanceof UnreadableCsv) throw unreadable(error.problem.detail, '/csv');
    throw error;
  }
  return checkRules(
    { rules: [...rules].map(([name, { first, functions }]) => ruleOf(name, first, functions)) },
    '/csv',
  );
};

const ruleOf = (name: string, row: Row, functions: ReadonlyMap<string, string[]>): Record<string, unknown> => ({
  name,
  severity: row.get('severity'),
  ...optional('mode', textOf(row, 'mode')),
  ...optional('description', textOf(row, 'description')),
  ...optional('risk', textOf(row, 'risk')),
  ...optional('counts', textOf(row, 'counts')),
  ...optional('windowSeconds', textOf(row, 'window_seconds') && Number(textOf(row, 'window_seconds'))),
  ...optional('owner', textOf(row, 'owner')),
  ...optional('systems', listOf(row, 'systems', String)),
  ...optional('orgUnits', listOf(row, 'org_units', String)),
  ...optional('personCondition', textOf(row, 'person_condition')),
  ...optional('controls', listOf(row, 'controls', control)),
  functions: [...functions].map(([called, entitlements]) => ({ name: called, entitlements })),
});

/** Writes rules as CSV that `readRulesCsv` reads back, and that a spreadsheet opens without running any of it. */
export const writeRulesCsv = (rules: readonly FileRule[]): string =>
  [
    csvRow([...NEEDED, ...MAY]),
    ...rules.flatMap((rule) =>
      rule.functions.flatMap((f) =>
        f.entitlements.map((entitlement) =>
          csvRow([
            rule.name,
            rule.severity,
            f.name,
            entitlement,
            rule.mode,
            rule.description ?? '',
            rule.risk ?? '',
            rule.counts,
            rule.windowSeconds === undefined ? '' : String(rule.windowSeconds),
            rule.owner ?? '',
            (rule.systems ?? []).join('\n'),
            (rule.orgUnits ?? []).join('\n'),
            rule.personCondition ?? '',
            (rule.controls ?? [])
              .map((c) => `every ${c.everyDays} days by ${c.owner}: ${c.name.replaceAll('\n', ' ')}`)
              .join('\n'),
          ]),
        ),
      ),
    ),
  ].join('');
