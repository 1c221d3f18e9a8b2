import type { Setting, TextClass } from './text-class.ts';
import { isNode, listOf, nameOf, nodeOf, textIn, type Node } from './parse-sql.ts';
import { readSettings } from './read-settings.ts';

const READS = new Set(
  (
    'Query Explain ExplainTable Use StartTransaction Commit Rollback Savepoint ReleaseSavepoint Set Kill UnlockTables ' +
    'Deallocate ShowCollation ShowColumns ShowCreate ShowDatabases ShowFunctions ShowSchemas ShowStatus ShowTables ' +
    'ShowVariable ShowVariables ShowViews ShowCharset ShowProcessList'
  ).split(' '),
);
const WRITES = new Set('Insert Update Delete Merge Truncate LockTables'.split(' '));
const DDL = new Set(
  (
    'AlterIndex AlterRole AlterTable AlterUser AlterView Analyze Comment CreateDatabase CreateIndex CreateRole CreateSchema ' +
    'CreateSequence CreateTable CreateUser CreateView Drop Flush Grant OptimizeTable RenameTable Revoke'
  ).split(' '),
);
/** Names that are of no table, by where they stand. */
const NO_TABLES = new Set(
  'ColumnName collation Collate variable data_type cast_type charset default_charset'.split(' '),
);
/** Functions that read files, or hand a text to something that runs it. */
const REACHES_FURTHER = /^(?:load_file|sys_(?:exec|eval|get|set)|lib_mysqludf\w*)$/;
const WRITES_WHEN_CALLED = /^(?:nextval|setval)$/;

type Found = Omit<TextClass, 'unreadable'>;

/** Walks parse trees and gathers what their statements do, wherever in them they are. */
export class TreeReader {
  #writes = false;
  #ddl = false;
  #unbounded = false;
  #opaque = false;
  #uses = false;
  readonly #tables = new Set<string>();
  readonly #sets: Setting[] = [];

  found(): Found {
    return {
      writes: this.#writes,
      ddl: this.#ddl,
      unbounded: this.#unbounded,
      opaque: this.#opaque,
      uses: this.#uses,
      tables: [...this.#tables],
      sets: this.#sets,
    };
  }

  /** A statement: one field, named by its kind. A kind that is not known is taken for the worst. */
  statement(tree: Node): void {
    const [entry, another] = Object.entries(tree);
    if (entry === undefined || another !== undefined) {
      this.#opaque = true;
      return;
    }
    const [kind, value] = entry;
    if (DDL.has(kind)) {
      this.#writes = true;
      this.#ddl = true;
    } else if (!READS.has(kind) && !WRITES.has(kind)) this.#opaque = true;
    if (kind === 'Use') this.#uses = true;
    else if (kind === 'Set') this.#set(nodeOf(value));
    else this.#meet(kind, value);
  }

  #walk(key: string, value: unknown): void {
    const name = NO_TABLES.has(key) ? undefined : nameOf(value);
    if (name !== undefined) this.#table(name);
    else if (Array.isArray(value)) for (const one of value as unknown[]) this.#walk(key, one);
    else if (isNode(value)) for (const [inner, below] of Object.entries(value)) this.#meet(inner, below);
  }

  #meet(key: string, value: unknown): void {
    if (NO_TABLES.has(key) && nameOf(value) !== undefined) return;
    const node = nodeOf(value);
    if (WRITES.has(key)) this.#writing(key, node);
    else if (key === 'Function') return this.#call(node);
    else if (key === 'statement') return isNode(value) ? this.statement(value) : undefined;
    else if (key === 'Table' && textIn(node['table_name']) !== undefined)
      // `TABLE name` of MySQL's, which has it as texts
      return this.#table([node['schema_name'], node['table_name']].map(textIn).filter((part) => part !== undefined));
    else if (key === 'into' && isNode(value)) return this.#into(node);
    else if (key === 'modes') this.#modes(listOf(value));
    else if (key === 'ShowVariable') for (const word of listOf(node['variable'])) this.#anyName(word);
    else if (key === 'Drop' && /Database|Schema/.test(String(node['object_type'])))
      for (const one of listOf(node['names'])) this.#tables.add(`${(nameOf(one) ?? ['*'])[0]?.toLowerCase()}.*`);
    this.#walk(key, value);
  }

  #writing(kind: string, node: Node): void {
    if (kind === 'LockTables') {
      for (const one of listOf(node['tables'])) {
        this.#anyName(nodeOf(one)['table']);
        if (isNode(nodeOf(nodeOf(one)['lock_type'])['Write'])) this.#writes = true;
      }
      return;
    }
    this.#writes = true;
    if (kind === 'Truncate') this.#unbounded = true;
    if ((kind === 'Update' || kind === 'Delete') && !picksRows(node['selection'])) this.#unbounded = true;
  }

  #call(node: Node): void {
    const name = (nameOf(node['name']) ?? []).at(-1)?.toLowerCase() ?? '';
    if (REACHES_FURTHER.test(name)) this.#opaque = true;
    if (WRITES_WHEN_CALLED.test(name)) this.#writes = true;
    for (const [key, value] of Object.entries(node)) if (key !== 'name') this.#meet(key, value);
  }

  /** Into a variable of the session it is a reading, into anything else not to be seen. */
  #into(node: Node): void {
    const name = nameOf(node['name']);
    if (name?.length !== 1 || name[0]?.startsWith('@') !== true) this.#opaque = true;
  }

  #modes(modes: readonly unknown[]): void {
    for (const mode of modes)
      if (nodeOf(mode)['AccessMode'] === 'ReadWrite') this.#sets.push(['transaction_read_only', 'off']);
  }

  #set(node: Node): void {
    const settings = readSettings(node);
    if (settings === undefined) this.#opaque = true;
    for (const [name, value] of settings ?? []) {
      if (name === 'password') {
        this.#writes = true;
        this.#ddl = true;
      } else this.#sets.push([name, value]);
    }
    // a value may be a query
    for (const [kind, body] of Object.entries(node))
      for (const [key, value] of Object.entries(nodeOf(body)))
        if (key === 'values') this.#walk(key, value);
        else if (key === 'assignments') for (const one of listOf(value)) this.#walk('value', nodeOf(one)['value']);
        else if (kind === 'SetTransaction' && key === 'modes') this.#modes(listOf(value));
  }

  /** No server takes an empty name: what reads as one was read otherwise than it is meant. */
  #table(name: readonly string[]): void {
    if (name.length === 0 || name.includes('')) this.#opaque = true;
    else this.#tables.add(name.slice(-2).join('.').toLowerCase());
  }

  /** A word that may be the name of a table or of a database. */
  #anyName(word: unknown): void {
    const name = textIn(nodeOf(word)['value'])?.toLowerCase();
    if (name !== undefined) this.#tables.add(`?${name}`);
  }
}

/** Whether a condition looks at the row at all: one of constants picks all or none. */
function picksRows(where: unknown): boolean {
  if (Array.isArray(where)) return (where as unknown[]).some(picksRows);
  if (!isNode(where)) return false;
  return Object.entries(where).some(([key, inner]) =>
    key === 'Identifier' || key === 'CompoundIdentifier' ? isColumn(inner) : picksRows(inner),
  );
}

/** Names that begin with @ are variables; those that call something stand as names of functions. */
function isColumn(value: unknown): boolean {
  const first = Array.isArray(value) ? nodeOf((value as unknown[])[0]) : nodeOf(value);
  const name = textIn(first['value']) ?? '';
  return !name.startsWith('@') && !/^(?:true|false|null|default)$/i.test(name);
}
