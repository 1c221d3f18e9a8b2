import { sql, type Db } from '#kit/db/index.ts';

/** Every text in the database that holds `mark`, with the table it is in; texts within JSON and arrays one by one. */
export async function storedTexts(db: Db, mark: string): Promise<{ readonly table: string; readonly text: string }[]> {
  const found: { table: string; text: string }[] = [];
  const tables = await db.many<{ name: string }>(sql`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  for (const { name } of tables) {
    const rows = await db.many<{ row: unknown }>(
      sql`select to_jsonb(t) as row from ${sql.id(name)} t where to_jsonb(t)::text like ${`%${mark}%`}`,
    );
    for (const { row } of rows)
      for (const text of textsIn(row)) if (text.includes(mark)) found.push({ table: name, text });
  }
  return found;
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      yield name;
      yield* textsIn(inner);
    }
}
