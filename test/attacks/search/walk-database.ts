import { sql, type Db } from '#kit/db/index.ts';

/** One value of one column, as text; bytes as hex. */
export interface Leaf {
  readonly table: string;
  readonly column: string;
  readonly value: string;
}

/**
 * Every value of every column of every table of every schema, members of JSON one by one. Found in the catalogue, so
 * that a table added tomorrow is looked through too.
 */
export async function walkDatabase(db: Db): Promise<Leaf[]> {
  const tables = await db.many<{ name: string; from: string }>(sql`
    select n.nspname || '.' || c.relname as name, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as from
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`);
  const leaves: Leaf[] = [];
  for (const table of tables) {
    // The name is the catalogue's own, quoted by it; it cannot be a parameter.
    const rows = await db.many<{ row: Record<string, unknown> }>({
      text: `select to_jsonb(t) as row from ${table.from} t`,
      values: [],
    });
    for (const { row } of rows)
      for (const [column, value] of Object.entries(row))
        for (const leaf of leavesOf(value)) leaves.push({ table: table.name, column, value: leaf });
  }
  return leaves;
}

function* leavesOf(value: unknown): Generator<string> {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) for (const each of value) yield* leavesOf(each);
  else if (typeof value === 'object')
    for (const [name, each] of Object.entries(value)) {
      yield name;
      yield* leavesOf(each);
    }
  else if (typeof value === 'string') yield value.startsWith('\\x') ? value.slice(2) : value;
  else yield String(value);
}
