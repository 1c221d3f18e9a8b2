import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import { changeLog } from '../search/change-log.ts';
import { byBoth, found, heldLog, NOBODY, sound, type HeldLog } from '../search/held-log.ts';

let log: HeldLog;
beforeAll(async () => {
  log = await heldLog();
}, 180_000);
afterAll(() => log?.close());
beforeEach(() => log.restore());
afterEach(() => log.restore());

/** Another value of that type, by the type's name in the catalogue. */
const another: Readonly<Record<string, (column: Sql) => Sql>> = {
  uuid: () => sql`${NOBODY}::uuid`,
  text: (column) => sql`coalesce(${column}, '') || 'x'`,
  'timestamp with time zone': (column) => sql`${column} - interval '1 second'`,
  jsonb: (column) =>
    sql`case when jsonb_typeof(${column}) = 'array' then ${column} || '["x"]' else ${column} || '{"x":"eA=="}' end`,
  bytea: (column) => sql`set_byte(${column}, 0, (get_byte(${column}, 0) + 1) % 256)`,
  bigint: (column) => sql`${column} + 1000000`,
  smallint: (column) => sql`${column} + 8`,
  xid8: () => sql`'1'::xid8`,
};
/** Where the numbering goes on, which nobody reads and nothing proves: what they would hide is told of by itself. */
const BOOKKEEPING = new Set(['audit_event.xid', 'audit_checkpoint.last_xid', 'audit_checkpoint.last_id']);
/** Only the database has them: a copy is sound without, and says so. */
const NOT_IN_A_COPY = new Set([
  'audit_event.leaf',
  'audit_event.stamp',
  'audit_leaf.hash',
  'audit_checkpoint.root',
  'audit_checkpoint.edge',
  'audit_checkpoint.at',
]);

async function columnsOf(table: string): Promise<{ readonly name: string; readonly type: string }[]> {
  return await log.db.many(sql`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = ${table} order by ordinal_position`);
}

test('every column of an entry: another value is found, and the first entry that has one is named', async () => {
  const verdictOf: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const { name, type } of await columnsOf('audit_event')) {
    const column = sql.id(name);
    const value = another[type]?.(column);
    if (value === undefined) throw new Error(`no other value for ${name} ${type}`);
    const which = name === 'id' || name === 'actor_kind' ? [7] : [7, 12];
    await changeLog(log.db, async (tx) => {
      for (const n of which)
        await tx.run(
          name === 'actor_kind'
            ? sql`update audit_event set actor_kind = case actor_kind when 'component' then 'anonymous' else 'component' end where id = ${log.ids[n]}`
            : sql`update audit_event set ${column} = ${value} where id = ${log.ids[n]}`,
        );
    });
    verdictOf[name] = await log.verdicts();
    await log.restore();
    const full = `audit_event.${name}`;
    const altered = name === 'id' ? found('removed', 7, log.ids[7]) : found('altered', 7, log.ids[7]);
    expected[name] = BOOKKEEPING.has(full)
      ? byBoth(sound)
      : { online: altered, offline: NOT_IN_A_COPY.has(full) ? sound : altered };
  }
  expect(Object.keys(verdictOf).length).toBeGreaterThan(16);
  expect(verdictOf).toEqual(expected);
});

test('every column of the numbering and of a checkpoint', async () => {
  const verdictOf: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  const [before = 0, at = 0] = log.sizes.slice(1, 3);
  for (const table of ['audit_leaf', 'audit_checkpoint']) {
    for (const { name, type } of await columnsOf(table)) {
      const column = sql.id(name);
      const value = another[type]?.(column);
      if (value === undefined) throw new Error(`no other value for ${name} ${type}`);
      const row = table === 'audit_leaf' ? sql`seq = 7` : sql`size = ${at}`;
      await changeLog(log.db, (tx) => tx.run(sql`update ${sql.id(table)} set ${column} = ${value} where ${row}`));
      const full = `${table}.${name}`;
      verdictOf[full] = await log.verdicts();
      await log.restore();
      const wrong =
        table === 'audit_checkpoint' ? found('checkpoint', before) : found(name === 'hash' ? 'altered' : 'removed', 7);
      expected[full] = BOOKKEEPING.has(full)
        ? byBoth(sound)
        : { online: wrong, offline: NOT_IN_A_COPY.has(full) ? sound : wrong };
    }
  }
  expect(Object.keys(verdictOf)).toHaveLength(10);
  expect(verdictOf).toEqual(expected);
});
