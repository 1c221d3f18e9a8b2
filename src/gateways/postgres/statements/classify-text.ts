import { parseSync } from 'libpg-query';
import { rememberTexts } from '../../database/index.ts';
import { namedBeyondTables } from './named-beyond-tables.ts';
import { reachesFurther, writesWhenCalled } from './functions-that-reach-further.ts';

/** What a text of SQL does, by PostgreSQL's own parser; of several statements all that any of them does. */
export interface TextClass {
  /** Nothing is known of it: the parser takes it for no SQL, or it is too long or too deep to be read. */
  readonly unreadable: boolean;
  readonly writes: boolean;
  readonly ddl: boolean;
  /** Deletes or changes all rows there are. */
  readonly unbounded: boolean;
  /** Runs something that is not to be seen in it: code, a program, a file, a text. */
  readonly opaque: boolean;
  /** Tables it names, each as `schema.table`, or `table` where it names no schema; as catalogues keep them. */
  readonly tables: readonly string[];
  /** What it sets for the session or transaction, by small names; a value that is not plain is undefined. */
  readonly sets: readonly (readonly [name: string, value: string | undefined])[];
}

/** Longer ones would keep everybody else waiting while they are read. */
const LONGEST = 64 * 1024;

/** Reads a text; what was read lately is remembered. */
export const classifyText = rememberTexts(read);

const UNREADABLE: TextClass = {
  unreadable: true,
  writes: true,
  ddl: true,
  unbounded: true,
  opaque: true,
  tables: [],
  sets: [],
};

function read(text: string): TextClass {
  // a zero byte ends the text for a parser written in C, and not for who reads on
  if (text.length > LONGEST || text.includes('\0')) return UNREADABLE;
  try {
    const reader = new TreeReader();
    // the parser here has no answer for nothing, and the server has: an empty one
    if (text.trim() === '') return reader.found();
    for (const { stmt } of parseSync(text).stmts ?? []) reader.read(stmt);
    return reader.found();
  } catch {
    return UNREADABLE;
  }
}

const READS = new Set([
  'SelectStmt',
  'ExplainStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'TransactionStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'PrepareStmt',
  // what it runs was judged when it was prepared
  'ExecuteStmt',
  'DeallocateStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'ConstraintsSetStmt',
  'DiscardStmt',
  'CopyStmt',
  'ReturnStmt',
]);
const WRITES = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'TruncateStmt',
  'LockStmt',
  'CallStmt',
  'DoStmt',
]);
const OPAQUE = new Set([
  'DoStmt',
  'CallStmt',
  'LoadStmt',
  'CreateFunctionStmt',
  'AlterFunctionStmt',
  'CreateExtensionStmt',
  'CreatePLangStmt',
]);
/** What a DefineStmt makes by which a function is called without being named. */
const CALLS_LATER = new Set(['OBJECT_AGGREGATE', 'OBJECT_OPERATOR']);

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Names of a WITH that hold somewhere: none of them is a table there. */
type Names = ReadonlySet<string>;
const NO_NAMES: Names = new Set();
/** Fields with the table that a statement writes to. */
const TARGETS = new Set(['relation', 'rel']);

/** Walks a parse tree and gathers what its statements do, wherever in it they are. */
class TreeReader {
  #writes = false;
  #ddl = false;
  #unbounded = false;
  #opaque = false;
  #settings = false;
  readonly #tables = new Set<string>();
  readonly #sets: [string, string | undefined][] = [];

  found(): TextClass {
    return {
      unreadable: false,
      writes: this.#writes,
      ddl: this.#ddl,
      unbounded: this.#unbounded,
      opaque: this.#opaque || (this.#settings && this.#writes),
      tables: [...this.#tables],
      sets: this.#sets,
    };
  }

  read(value: unknown, names: Names = NO_NAMES): void {
    if (Array.isArray(value)) for (const one of value as unknown[]) this.read(one, names);
    else if (isNode(value)) {
      const within = this.#readWith(nodeOf(value['withClause']), names);
      for (const [name, inner] of Object.entries(value)) {
        // names in `for update of` are those of FROM
        if (name === 'withClause' || name === 'lockingClause') continue;
        if (isNode(inner)) this.#meet(name, inner, within);
        // what is written to is a table, whatever WITH names
        this.read(inner, TARGETS.has(name) ? NO_NAMES : within);
      }
    }
  }

  /** Reads the queries of a WITH; answers the names that hold where it does. Each holds from the next query on, or in all of a recursive one. */
  #readWith(clause: Node, outer: Names): Names {
    const queries = listOf(clause['ctes']).map((one) => nodeOf(nodeOf(one)['CommonTableExpr']));
    if (queries.length === 0) return outer;
    const names = new Set(outer);
    const take = (query: Node): void => void names.add(textOf(query['ctename']) ?? '');
    if (clause['recursive'] === true) for (const query of queries) take(query);
    for (const query of queries) {
      this.read(query, new Set(names));
      take(query);
    }
    return names;
  }

  #meet(name: string, node: Node, names: Names): void {
    // a relation stands without its type's name where only one type can be
    if (typeof node['relname'] === 'string') this.#table(node, TARGETS.has(name) ? NO_NAMES : names);
    if (name === 'FuncCall') this.#call(node);
    // settings that `alter role` and the like keep for the next session
    else if (name === 'setstmt') this.#set(node);
    else if (name === 'ColumnRef') this.#dotted(listOf(node['fields']).slice(1));
    else if (name === 'A_Indirection') this.#dotted(listOf(node['indirection']));
    else if (name.endsWith('Stmt') || name.endsWith('Query')) this.#statement(name, node);
    else if (name === 'IntoClause' || name === 'intoClause') this.#changes();
  }

  #statement(name: string, node: Node): void {
    // `query` and the like are fields, whose statement comes below
    if (!/^[A-Z]/.test(name)) return;
    if (OPAQUE.has(name) || CALLS_LATER.has(textOf(node['kind']) ?? '')) this.#opaque = true;
    if (name === 'TruncateStmt') this.#unbounded = true;
    if ((name === 'UpdateStmt' || name === 'DeleteStmt') && !picksRows(node['whereClause'])) this.#unbounded = true;
    for (const one of namedBeyondTables(name, node)) this.#tables.add(one);
    if (name === 'MergeStmt' && mergesEveryRow(node)) this.#unbounded = true;
    if (name === 'CopyStmt') this.#copy(node);
    else if (name === 'VariableSetStmt') this.#set(node);
    else if (name === 'TransactionStmt') this.#options(listOf(node['options']));
    else if (WRITES.has(name)) this.#writes = true;
    else if (!READS.has(name)) this.#changes();
  }

  #changes(): void {
    this.#writes = true;
    this.#ddl = true;
  }

  #copy(node: Node): void {
    if (node['is_from'] === true) this.#writes = true;
    if (node['is_program'] === true || node['filename'] !== undefined) {
      this.#writes = true;
      this.#opaque = true;
    }
  }

  #table(node: Node, names: Names): void {
    const schema = textOf(node['schemaname']);
    const name = textOf(node['relname']) ?? '';
    if (schema === undefined && names.has(name)) return;
    // an update of it, or of a view on it, sets what SET sets
    if (name === 'pg_settings') this.#settings = true;
    this.#tables.add(schema === undefined ? name : `${schema}.${name}`);
  }

  /** `(value).name` calls the function of that name where there is no such column. */
  #dotted(parts: readonly unknown[]): void {
    for (const part of parts) this.#calls(stringOf(part).toLowerCase());
  }

  #calls(name: string): void {
    if (reachesFurther(name)) this.#opaque = true;
    if (writesWhenCalled(name)) this.#writes = true;
  }

  #call(node: Node): void {
    const name = stringOf(listOf(node['funcname']).at(-1)).toLowerCase();
    this.#calls(name);
    if (name !== 'set_config') return;
    const [setting, value] = listOf(node['args']).map(plainValue);
    if (setting === undefined) this.#opaque = true;
    else this.#sets.push([setting.toLowerCase(), value]);
  }

  #set(node: Node): void {
    const name = (textOf(node['name']) ?? '').toLowerCase();
    const args = listOf(node['args']);
    if (node['kind'] === 'VAR_SET_MULTI') this.#options(args);
    else if (node['kind'] === 'VAR_SET_VALUE')
      this.#sets.push([name, args.length === 1 ? plainValue(args[0]) : args.map(plainValue).join(', ')]);
    else if (name === 'transaction_read_only') this.#sets.push([name, undefined]);
  }

  #options(options: readonly unknown[]): void {
    for (const option of options) {
      const element = nodeOf(nodeOf(option)['DefElem']);
      const name = textOf(element['defname']);
      if (name === 'transaction_snapshot') continue;
      if (name !== undefined) this.#sets.push([name, plainValue(element['arg'])]);
    }
  }
}

const stringOf = (value: unknown): string => textOf(nodeOf(nodeOf(value)['String'])['sval']) ?? '';

/** A constant as text; undefined for anything that has to be worked out. */
function plainValue(value: unknown): string | undefined {
  const constant = nodeOf(nodeOf(value)['A_Const']);
  const text = textOf(nodeOf(constant['sval'])['sval']);
  if (text !== undefined) return text;
  // zero and false are left out of the tree
  if (isNode(constant['ival'])) return String(constant['ival']['ival'] ?? 0);
  if (isNode(constant['boolval'])) return String(constant['boolval']['boolval'] ?? false);
  if (isNode(constant['fval'])) return textOf(constant['fval']['fval']);
  return undefined;
}

/** Whether a condition looks at the row at all: one of constants picks all or none. */
function picksRows(where: unknown): boolean {
  if (Array.isArray(where)) return (where as unknown[]).some(picksRows);
  if (!isNode(where)) return false;
  return Object.entries(where).some(
    ([name, inner]) => name === 'ColumnRef' || name === 'CurrentOfExpr' || picksRows(inner),
  );
}

/** Whether a merge deletes or changes rows by a condition that looks at none of them. */
function mergesEveryRow(merge: Node): boolean {
  const joined = picksRows(merge['joinCondition']);
  return listOf(merge['mergeWhenClauses'])
    .map((one) => nodeOf(nodeOf(one)['MergeWhenClause']))
    .some(({ commandType, matchKind, condition }) => {
      const changes = commandType === 'CMD_UPDATE' || commandType === 'CMD_DELETE';
      return changes && !picksRows(condition) && (matchKind !== 'MERGE_WHEN_MATCHED' || !joined);
    });
}
