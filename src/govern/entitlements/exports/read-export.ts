import { readInstant, YES_NO } from '#kit/csv/index.ts';
import type { AccountKind, Risk, SystemReading } from '#spine/graph/index.ts';
import { parseTable, type ExportProblem, type Table } from './parse-tables.ts';

/** The files of an export, as text. */
export interface ExportFiles {
  readonly accounts: string;
  readonly entitlements: string;
  readonly holdings: string;
  readonly nesting?: string | undefined;
}

/** What an export says of an entitlement beside that it is there. */
export interface Described {
  readonly nativeId: string;
  readonly description: string;
  readonly ownerUsername: string;
  readonly risk: Risk | undefined;
  readonly requestable: boolean;
}

export interface ExportReading {
  readonly reading: SystemReading;
  readonly described: readonly Described[];
  readonly problems: readonly ExportProblem[];
}

/** Turns the files an administrator would hand over into a whole reading of the system. Pure but for the reading. */
export async function readExport(files: ExportFiles): Promise<ExportReading> {
  const accounts = await parseTable('accounts', files.accounts, {
    needed: ['account_id', 'account_name'],
    may: ['display_name', 'email', 'employee_id', 'kind', 'status', 'created_on', 'last_used_at', 'privileged'],
  });
  const entitlements = await parseTable('entitlements', files.entitlements, {
    needed: ['entitlement_id', 'kind', 'name'],
    may: ['description', 'owner_username', 'risk', 'privileged', 'requestable'],
  });
  const holdings = await parseTable('holdings', files.holdings, {
    needed: ['account_id', 'entitlement_id'],
    may: ['given_by'],
  });
  const nesting =
    files.nesting === undefined
      ? { rows: [], problems: [] }
      : await parseTable('nesting', files.nesting, { needed: ['parent_id', 'child_id'], may: [] });
  const problems = [...accounts.problems, ...entitlements.problems, ...holdings.problems, ...nesting.problems];
  const known = {
    account: idsOf('accounts', accounts.rows, 'account_id', problems),
    entitlement: idsOf('entitlements', entitlements.rows, 'entitlement_id', problems),
  };
  // What one file lacks, the others would repeat for each of their rows.
  if (problems.length === 0) {
    refer('holdings', holdings.rows, 'account_id', known.account, problems);
    refer('holdings', holdings.rows, 'entitlement_id', known.entitlement, problems);
    refer('nesting', nesting.rows, 'parent_id', known.entitlement, problems);
    refer('nesting', nesting.rows, 'child_id', known.entitlement, problems);
  }
  const words = wordsOf(problems);
  return {
    problems,
    reading: {
      accounts: accounts.rows.map((r, i) => ({
        nativeId: at(r, 'account_id'),
        name: at(r, 'account_name'),
        state: words('accounts', i, r, 'status', STATES) ?? 'active',
        kind: words('accounts', i, r, 'kind', KINDS) ?? 'unknown',
        attributes: present({
          displayName: at(r, 'display_name'),
          email: at(r, 'email'),
          employeeId: at(r, 'employee_id'),
          createdOn: at(r, 'created_on'),
        }),
        privilegedBecause:
          words('accounts', i, r, 'privileged', YES_NO) === true
            ? [{ reason: 'the system calls it privileged', evidence: 'the export: privileged' }]
            : [],
        ...instantOf(i, at(r, 'last_used_at'), problems),
      })),
      entitlements: entitlements.rows.map((r, i) => ({
        nativeId: at(r, 'entitlement_id'),
        kind: at(r, 'kind'),
        name: at(r, 'name'),
        privileged: words('entitlements', i, r, 'privileged', YES_NO) ?? false,
        attributes: {},
      })),
      holdings: holdings.rows.map((r) => ({
        account: at(r, 'account_id'),
        entitlement: at(r, 'entitlement_id'),
        ...(at(r, 'given_by') === '' ? {} : { by: at(r, 'given_by') }),
      })),
      nesting: nesting.rows.map((r) => ({ parent: at(r, 'parent_id'), child: at(r, 'child_id') })),
    },
    described: entitlements.rows.map((r, i) => ({
      nativeId: at(r, 'entitlement_id'),
      description: at(r, 'description'),
      ownerUsername: at(r, 'owner_username'),
      risk: words('entitlements', i, r, 'risk', RISKS),
      requestable: words('entitlements', i, r, 'requestable', YES_NO) ?? false,
    })),
  };
}

const KINDS: ReadonlyMap<string, AccountKind> = new Map(
  (['personal', 'service', 'shared', 'unknown'] as const).map((k) => [k, k]),
);
const STATES = new Map([
  ['active', 'active'],
  ['locked', 'locked'],
  ['disabled', 'locked'],
] as const);
const RISKS: ReadonlyMap<string, Risk> = new Map((['low', 'medium', 'high', 'critical'] as const).map((k) => [k, k]));
type Row = ReadonlyMap<string, string>;
const at = (row: Row, column: string): string => row.get(column) ?? '';
const present = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

function idsOf(file: string, rows: Table, column: string, problems: ExportProblem[]): ReadonlySet<string> {
  const seen = new Set<string>();
  rows.forEach((row, i) => {
    const id = at(row, column);
    if (seen.has(id)) problems.push({ file, row: i + 1, detail: `${column} is there twice` });
    seen.add(id);
  });
  return seen;
}

function refer(file: string, rows: Table, column: string, known: ReadonlySet<string>, problems: ExportProblem[]): void {
  rows.forEach((row, i) => {
    if (!known.has(at(row, column))) problems.push({ file, row: i + 1, detail: `${column} is in no other file` });
  });
}

/** Reads a word of a fixed list; another one is a problem, an empty one nothing said. */
const wordsOf =
  (problems: ExportProblem[]) =>
  <T>(file: string, index: number, row: Row, column: string, words: ReadonlyMap<string, T>): T | undefined => {
    const word = at(row, column).toLowerCase();
    if (word === '') return undefined;
    const meant = words.get(word);
    if (meant === undefined)
      problems.push({ file, row: index + 1, detail: `${column} is none of ${[...words.keys()].join(', ')}` });
    return meant;
  };

function instantOf(index: number, value: string, problems: ExportProblem[]): { lastUsedAt?: string } {
  if (value === '') return {};
  const lastUsedAt = readInstant(value);
  if (lastUsedAt !== undefined) return { lastUsedAt };
  problems.push({ file: 'accounts', row: index + 1, detail: 'last_used_at is no instant like 2026-01-12T10:48:00Z' });
  return {};
}
