/** A piece of SQL with its values apart from its text. Values never become text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Set for hot paths: PostgreSQL prepares the statement once a connection under this name. */
  readonly name?: string;
  /** Its text may go on with a `where`. */
  readonly takesWhere?: boolean;
}

const NEEDS_ESCAPE = /["\\]/;

class Fragment implements Sql {
  readonly name?: string;
  readonly strings: readonly string[];
  readonly params: readonly unknown[];
  constructor(strings: readonly string[], params: readonly unknown[], name?: string) {
    this.strings = strings;
    this.params = params;
    if (name !== undefined) this.name = name;
  }
  get text(): string {
    return this.#build().text;
  }
  get values(): readonly unknown[] {
    return this.#build().values;
  }
  #built: { text: string; values: unknown[] } | undefined;
  #build(): { text: string; values: unknown[] } {
    if (this.#built !== undefined) return this.#built;
    const values: unknown[] = [];
    const write = (f: Fragment): string => {
      let out = f.strings[0] ?? '';
      f.params.forEach((p, i) => {
        if (p instanceof Fragment) out += write(p);
        else {
          values.push(p);
          out += `$${values.length}`;
        }
        out += f.strings[i + 1] ?? '';
      });
      return out;
    };
    this.#built = { text: write(this), values };
    return this.#built;
  }
}

/**
 * Writes SQL as SQL: sql`select * from grant where id = ${id}`. Values become parameters; a nested
 * sql`` fragment is spliced in. There is no way to splice a string but `sql.id`, which quotes it.
 */
export function sql(strings: TemplateStringsArray, ...params: unknown[]): Sql {
  return new Fragment(strings, params);
}

/** A quoted identifier. */
sql.id = (name: string): Sql => new Fragment([`"${name.replaceAll('"', '""')}"`], []);
/** A jsonb parameter; `pg` would otherwise turn arrays into PostgreSQL arrays. */
sql.json = (value: unknown): string => JSON.stringify(value);
/**
 * An array parameter, as PostgreSQL writes one (manual, §8.15.2); cast it where it stands: `${sql.array(ids)}::uuid[]`.
 * For thousands of values: the driver's own takes several times as long, and `unnest` of a few columns half of what
 * `jsonb_to_recordset` does.
 */
sql.array = (values: readonly (string | number | boolean | Date | null)[]): string => {
  let out = '{';
  for (const value of values) {
    if (out.length > 1) out += ',';
    if (value === null) out += 'NULL';
    else if (typeof value === 'string')
      out += `"${NEEDS_ESCAPE.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
    else out += value instanceof Date ? `"${value.toISOString()}"` : String(value);
  }
  return `${out}}`;
};
/** Fragments joined by a separator such as sql`, ` or sql` and `. */
sql.join = (parts: readonly Sql[], separator: Sql): Sql =>
  parts.length === 0
    ? new Fragment([''], [])
    : new Fragment(
        ['', ...Array.from({ length: parts.length * 2 - 1 }, () => '')],
        parts.flatMap((p, i) => (i === 0 ? [p] : [separator, p])),
      );
/** Marks a statement as prepared under a name. */
sql.named = (name: string, statement: Sql): Sql =>
  statement instanceof Fragment ? new Fragment(statement.strings, statement.params, name) : { ...statement, name };
/**
 * A prepared statement about rows with these ids; `are` says which of a column they are. About one it is another statement
 * than about several: of one id the planner knows as much without it as with it, and plans once a connection. An array it
 * does not see it takes for ten, finds each that it sees cheaper, and plans anew each time, which may take longer than running.
 */
sql.aboutIds = (name: string, ids: readonly string[], write: (are: (column: Sql) => Sql) => Sql): Sql =>
  ids.length === 1
    ? sql.named(
        `${name}:one`,
        write((column) => sql`${column} = ${ids[0]}::uuid`),
      )
    : sql.named(
        name,
        write((column) => sql`${column} = any(${sql.array(ids)}::uuid[])`),
      );
