import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

type Row = Record<string, string>;
type Table = 'accounts' | 'entitlements' | 'holdings' | 'nesting';

const HEADS: Readonly<Record<Table, readonly string[]>> = {
  accounts: [
    'account_id',
    'account_name',
    'display_name',
    'email',
    'employee_id',
    'kind',
    'status',
    'last_used_at',
    'privileged',
  ],
  entitlements: ['entitlement_id', 'kind', 'name', 'privileged'],
  holdings: ['account_id', 'entitlement_id', 'given_by'],
  nesting: ['parent_id', 'child_id'],
};

const quoted = (value: string): string =>
  /[",\r\n]|^\s|\s$/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/**
 * The people behind a system with no API, for tests: they export its tables, and carry out orders when they get to it.
 * They read orders as README.md says one should, with nothing of Reeve's code.
 */
export class Office {
  readonly folder: string;
  readonly tables: Record<Table, Row[]>;
  /** Orders carried out, by file name. */
  readonly done = new Set<string>();
  readonly #sums: boolean;

  constructor(folder: string, tables: Record<Table, Row[]>, options: { readonly sums?: boolean } = {}) {
    this.folder = folder;
    this.tables = tables;
    this.#sums = options.sums ?? true;
    mkdirSync(folder, { recursive: true });
  }

  textOf(table: Table): string {
    const rows = this.tables[table].map((row) => HEADS[table].map((column) => quoted(row[column] ?? '')).join(','));
    return [HEADS[table].join(','), ...rows, ''].join('\n');
  }

  /** Writes the tables, each whole before it gets its name, and what they sum up to last. */
  export(): void {
    const sums: string[] = [];
    for (const table of Object.keys(HEADS) as Table[]) {
      const text = this.textOf(table);
      this.#put(`${table}.csv`, text);
      sums.push(`${createHash('sha256').update(text).digest('hex')}  ${table}.csv`);
    }
    if (this.#sums) this.#put('SHA256SUMS', `${sums.join('\n')}\n`);
  }

  #put(name: string, text: string): void {
    writeFileSync(join(this.folder, `.${name}.new`), text);
    renameSync(join(this.folder, `.${name}.new`), join(this.folder, name));
  }

  /** Names of orders that were given, oldest first. */
  orders(): string[] {
    const folder = join(this.folder, 'changes');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  linesOf(order: string): Row[] {
    const text = readFileSync(join(this.folder, 'changes', order), 'utf8');
    const rows = parse<Row>(text, { columns: true });
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value.replace(/^'/u, '')])),
    );
  }

  /** Carries out what was ordered and not done yet, and exports. */
  carryOut(): void {
    for (const order of this.orders()) {
      if (this.done.has(order)) continue;
      for (const line of this.linesOf(order)) this.#do(line);
      this.done.add(order);
    }
    this.export();
  }

  #do(line: Row): void {
    const { accounts, holdings } = this.tables;
    const name = line['account_name'] ?? '';
    const found = accounts.find((a) => a['account_name'] === name);
    const id = found?.['account_id'] ?? name;
    const entitlement = line['entitlement_id'] ?? '';
    const ofIt = (row: Row): boolean => row['account_id'] === id;
    switch (line['do']) {
      case 'create_account':
        if (found === undefined)
          accounts.push({
            account_id: name,
            account_name: name,
            display_name: line['full_name'] ?? '',
            kind: 'personal',
            status: 'active',
          });
        break;
      case 'delete_account':
        this.tables.accounts = accounts.filter((a) => !ofIt(a));
        this.tables.holdings = holdings.filter((h) => !ofIt(h));
        break;
      case 'grant':
        if (!holdings.some((h) => ofIt(h) && h['entitlement_id'] === entitlement))
          holdings.push({ account_id: id, entitlement_id: entitlement, given_by: 'the office' });
        break;
      case 'revoke':
        this.tables.holdings = holdings.filter((h) => !(ofIt(h) && h['entitlement_id'] === entitlement));
        break;
      case 'lock_account':
      case 'unlock_account':
        if (found !== undefined) found['status'] = line['do'] === 'lock_account' ? 'locked' : 'active';
        break;
      case 'set_attribute':
      case 'clear_attribute':
        if (found !== undefined) found[line['attribute'] ?? ''] = line['value'] ?? '';
        break;
      default:
        throw new Error(`nobody knows how to ${line['do'] ?? 'do nothing'}`);
    }
  }
}

/** A small ledger system: four people, four entitlements of which two are nested. */
export const ledger = (): Record<Table, Row[]> => ({
  accounts: [
    {
      account_id: 'E-1',
      account_name: 'lena',
      display_name: 'Lena Öst',
      email: 'lena@example.org',
      kind: 'personal',
      status: 'active',
    },
    {
      account_id: 'E-2',
      account_name: 'omar',
      display_name: 'Omar "O" Haddad',
      kind: 'personal',
      status: 'disabled',
      last_used_at: '2026-01-12T10:48:00Z',
    },
    {
      account_id: 'E-3',
      account_name: 'priya',
      display_name: '=1+1',
      kind: 'personal',
      status: 'active',
      employee_id: '77',
    },
    { account_id: 'ROOT', account_name: 'root', kind: 'shared', status: 'active', privileged: 'yes' },
  ],
  entitlements: [
    { entitlement_id: 'view_ledger', kind: 'role', name: 'View, ledger' },
    { entitlement_id: 'post_journal', kind: 'role', name: 'Post journal' },
    { entitlement_id: '-all', kind: 'role', name: 'All', privileged: 'yes' },
    { entitlement_id: 'pay_vendor', kind: 'role', name: 'Pay vendor' },
  ],
  holdings: [
    { account_id: 'E-1', entitlement_id: 'view_ledger', given_by: 'root' },
    { account_id: 'E-2', entitlement_id: 'post_journal' },
    { account_id: 'ROOT', entitlement_id: '-all' },
  ],
  nesting: [{ parent_id: 'post_journal', child_id: 'view_ledger' }],
});
