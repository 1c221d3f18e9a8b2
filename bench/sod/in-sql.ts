import { sql, type Db } from '#kit/db/index.ts';
import type { SodWorld } from './make-world.ts';

const ROWS = 200_000;

/** The world as tables, closed already: what each holds is a row, so that SQL walks no groups. With indexes and statistics. */
export async function fillTables(db: Db, { columns, rules, now, excepted }: SodWorld): Promise<void> {
  await db.run(sql`create table bench_held (identity int, entitlement int, since float8, until float8)`);
  const held: [number, number, number, number | null][] = [];
  const flush = async (): Promise<void> => {
    const column = (i: 0 | 1 | 2 | 3): string => sql.array(held.map((row) => row[i]));
    await db.run(sql`insert into bench_held select i, e, s, coalesce(u, 'infinity')
      from unnest(${column(0)}::int[], ${column(1)}::int[], ${column(2)}::float8[], ${column(3)}::float8[]) as h(i, e, s, u)`);
    held.length = 0;
  };
  let t = 0;
  for (let identity = 0; identity < columns.identities; identity += 1) {
    for (let p = columns.offsets[identity] ?? 0; p < (columns.offsets[identity + 1] ?? 0); p += 1) {
      const isTimed = columns.timed[t] === p;
      const until = isTimed ? (columns.times[2 * t + 1] ?? 0) : Infinity;
      held.push([
        identity,
        columns.entitlements[p] ?? 0,
        isTimed ? (columns.times[2 * t] ?? 0) : now.getTime(),
        until === Infinity ? null : until,
      ]);
      if (isTimed) t += 1;
    }
    if (held.length >= ROWS) await flush();
  }
  await flush();
  const fills: [number, number][] = [];
  for (let e = 0; e < rules.entitlements.length; e += 1)
    for (let i = rules.functionOffsets[e] ?? 0; i < (rules.functionOffsets[e + 1] ?? 0); i += 1)
      fills.push([rules.functionsOf[i] ?? 0, e]);
  const sides = rules.rules.flatMap((_, r) => {
    const own = [...rules.sides.subarray(rules.sideOffsets[r], rules.sideOffsets[r + 1])];
    return own.map((f) => [r, f, own.length] as const);
  });
  const except = [...excepted].flatMap(([identity, list]) => list.map((r) => [identity, r] as const));
  const pairs = (rows: readonly (readonly number[])[], i: number): string => sql.array(rows.map((row) => row[i] ?? 0));
  await db.run(
    sql`create table bench_fills as select * from unnest(${pairs(fills, 0)}::int[], ${pairs(fills, 1)}::int[]) as f(function, entitlement)`,
  );
  await db.run(sql`create table bench_side as
    select * from unnest(${pairs(sides, 0)}::int[], ${pairs(sides, 1)}::int[], ${pairs(sides, 2)}::int[]) as s(rule, function, of)`);
  await db.run(
    sql`create table bench_excepted as select * from unnest(${pairs(except, 0)}::int[], ${pairs(except, 1)}::int[]) as x(identity, rule)`,
  );
  await db.run(sql`create index on bench_held (entitlement, identity)`);
  await db.run(sql`create index on bench_fills (entitlement)`);
  await db.run(sql`create index on bench_side (function)`);
  await db.run(sql`create index on bench_excepted (identity, rule)`);
  await db.run(sql`analyze`);
}

/** The whole pass as one query, written the way that is quickest for PostgreSQL (everything joined once and counted): how many pairs of identity and rule are in conflict now and not excepted. */
export const passInSql = async (db: Db, now: Date): Promise<number> =>
  await db.tx(
    async (tx) => {
      await tx.run(sql`set local work_mem = '512MB'`);
      const { count } = await tx.one<{ count: number }>(sql`
        select count(*) from (
          select h.identity, s.rule from bench_held h
            join bench_fills f on f.entitlement = h.entitlement join bench_side s on s.function = f.function
           where h.since <= ${now.getTime()}::float8 and h.until > ${now.getTime()}::float8
           group by h.identity, s.rule, s.of having count(distinct s.function) = s.of
          except select identity, rule from bench_excepted) found`);
      return count;
    },
    { statementTimeoutMs: 900_000 },
  );
