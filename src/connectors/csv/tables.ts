import { readInstant, YES_NO, type TableColumns } from '#kit/csv/index.ts';
import type { ReadAccount, ReadEntitlement, ReadHolding, ReadingPiece, ReadNesting } from '../port.ts';

/** The tables of a system, in the shape in which exports of systems are taken over. */
export type TableName = 'entitlements' | 'nesting' | 'accounts' | 'holdings';

interface TableShape extends TableColumns {
  readonly name: TableName;
  /** What becomes of the values of rows, in the order of the columns. */
  readonly toPiece: (rows: readonly (readonly string[])[], bad: Bad) => ReadingPiece;
}
/** Says what is wrong with a value of the row at that place; throws. */
export type Bad = (detail: string, row: number) => never;

const KINDS = new Map((['personal', 'service', 'shared', 'unknown'] as const).map((k) => [k as string, k]));
const STATES = new Map<string, 'active' | 'locked'>([
  ['active', 'active'],
  ['locked', 'locked'],
  ['disabled', 'locked'],
]);

/** Reads a word of a fixed list; nothing said is undefined. */
function word<T>(value: string, words: ReadonlyMap<string, T>, column: string, row: number, bad: Bad): T | undefined {
  const said = value.toLowerCase();
  if (said !== '' && !words.has(said)) bad(`${column} is none of ${[...words.keys()].join(', ')}`, row);
  return words.get(said);
}

const present = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

function accountOf(values: readonly string[], row: number, bad: Bad): ReadAccount {
  const [id = '', name = '', displayName = '', email = '', employeeId = '', kind = '', status = '', ...more] = values;
  const [createdOn = '', lastUsed = '', privileged = ''] = more;
  const lastUsedAt = lastUsed === '' ? undefined : readInstant(lastUsed);
  if (lastUsed !== '' && lastUsedAt === undefined) bad('last_used_at is no instant like 2026-01-12T10:48:00Z', row);
  return {
    nativeId: id,
    name,
    state: word(status, STATES, 'status', row, bad) ?? 'active',
    kind: word(kind, KINDS, 'kind', row, bad) ?? 'unknown',
    attributes: present({ displayName, email, employeeId, createdOn }),
    privilegedBecause:
      word(privileged, YES_NO, 'privileged', row, bad) === true
        ? [{ reason: 'the system calls it privileged', evidence: 'accounts.csv: privileged' }]
        : [],
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

function entitlementOf(values: readonly string[], row: number, bad: Bad): ReadEntitlement {
  const [id = '', kind = '', name = '', description = '', ownerUsername = '', risk = '', privileged = ''] = values;
  return {
    nativeId: id,
    kind,
    name,
    privileged: word(privileged, YES_NO, 'privileged', row, bad) ?? false,
    attributes: present({ description, ownerUsername, risk }),
  };
}

const holdingOf = ([account = '', entitlement = '', by = '']: readonly string[]): ReadHolding =>
  by === '' ? { account, entitlement } : { account, entitlement, by };
const nestingOf = ([parent = '', child = '']: readonly string[]): ReadNesting => ({ parent, child });

/** In the order in which they are read. */
export const TABLES: readonly TableShape[] = [
  {
    name: 'entitlements',
    needed: ['entitlement_id', 'kind', 'name'],
    may: ['description', 'owner_username', 'risk', 'privileged'],
    toPiece: (rows, bad) => ({ entitlements: rows.map((values, i) => entitlementOf(values, i, bad)) }),
  },
  {
    name: 'nesting',
    needed: ['parent_id', 'child_id'],
    may: [],
    toPiece: (rows) => ({ nesting: rows.map(nestingOf) }),
  },
  {
    name: 'accounts',
    needed: ['account_id', 'account_name'],
    may: ['display_name', 'email', 'employee_id', 'kind', 'status', 'created_on', 'last_used_at', 'privileged'],
    toPiece: (rows, bad) => ({ accounts: rows.map((values, i) => accountOf(values, i, bad)) }),
  },
  {
    name: 'holdings',
    needed: ['account_id', 'entitlement_id'],
    may: ['given_by'],
    toPiece: (rows) => ({ holdings: rows.map(holdingOf) }),
  },
];

export const tableOf = (name: TableName): TableShape => {
  const found = TABLES.find((table) => table.name === name);
  if (found === undefined) throw new Error(`there is no table ${name}`);
  return found;
};
