import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { openDb, sql, type Db } from '../index.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
let t: TestDatabase;
let db: Db;
/** Another process, as far as the database can tell. */
let other: Db;

beforeAll(async () => {
  t = await testDatabase();
  await t.db.run(sql`create table pet (name text)`);
  for (const [table, topic] of [
    ['pet', 'secrets'],
    ['toy', 'tokens'],
  ] as const) {
    await t.db.run(sql`create table if not exists ${sql.id(table)} (name text)`);
    await t.db.run({
      text: `create trigger mark_change after insert or update or delete or truncate on ${table} for each statement execute function mark_change('${topic}')`,
      values: [],
    });
  }
});
beforeEach(async () => {
  await db?.close();
  await other?.close();
  db = await openDb({ url: t.url, clock: systemClock, log: silentLog });
  other = await openDb({ url: t.url, clock: systemClock, log: silentLog });
});
afterAll(async () => {
  await db.close();
  await other.close();
  await t.drop();
});

const keep = async (key = 'pets', when: { until?: Date; bytes?: number } = {}): Promise<void> =>
  await db.tx(async (tx) => {
    const kept = await tx.kept('secrets');
    kept.keep(key, await tx.many(sql`select name from pet`), { now: NOW, ...when });
  });
const stands = async (key = 'pets', at = NOW): Promise<boolean> =>
  (await db.tx(async (tx) => (await tx.kept('secrets')).get(key, at))) !== undefined;

test('what was read stands until a transaction that changes its table has committed', async () => {
  await keep();
  expect(await stands()).toBe(true);
  for (const change of [
    sql`insert into pet (name) values ('a')`,
    sql`update pet set name = 'b'`,
    sql`delete from pet`,
    sql`truncate pet`,
  ]) {
    await keep();
    await other.tx(async (tx) => {
      await tx.run(change);
      expect(await stands()).toBe(true);
    });
    expect(await stands()).toBe(false);
  }
});

test('a change of another topic, and one that is rolled back, leave it', async () => {
  await keep();
  await other.run(sql`insert into toy (name) values ('ball')`);
  await other
    .tx(async (tx) => {
      await tx.run(sql`insert into pet (name) values ('never')`);
      throw new Error('no');
    })
    .catch(() => undefined);
  expect(await stands()).toBe(true);
});

test('a change is seen whoever was first at the number or at the commit', async () => {
  await keep();
  let release = (): void => undefined;
  const held = new Promise<void>((go) => (release = go));
  const old = other.tx(async (tx) => {
    await tx.run(sql`insert into pet (name) values ('old')`);
    await held;
  });
  // Others begin, change and commit after it began, and looks move on meanwhile.
  for (let i = 0; i < 3; i += 1) {
    await t.db.run(sql`insert into pet (name) values ('young')`);
    await keep();
    expect(await stands()).toBe(true);
  }
  release();
  await old;
  expect(await stands()).toBe(false);
});

test('a transaction that has written is given nothing, and what it reads is kept for nobody', async () => {
  await keep();
  await db
    .tx(async (tx) => {
      await tx.run(sql`insert into pet (name) values ('mine')`);
      const kept = await tx.kept('secrets');
      expect(kept.get('pets', NOW)).toBeUndefined();
      kept.keep('pets', 'with mine', { now: NOW });
      throw new Error('no');
    })
    .catch(() => undefined);
  expect(await db.tx(async (tx) => (await tx.kept('secrets')).get('pets', NOW))).not.toBe('with mine');
  expect(await stands()).toBe(true);
});

test('what was read before a change and kept after it is not given to the next', async () => {
  await db.tx(async (tx) => {
    const kept = await tx.kept('secrets');
    const read = await tx.many(sql`select name from pet`);
    await other.run(sql`insert into pet (name) values ('between')`);
    expect(await stands()).toBe(false);
    kept.keep('pets', read, { now: NOW });
  });
  expect(await stands()).toBe(false);
});

test('time ends it, and a clock that goes back does not bring it forward', async () => {
  await keep('pets', { until: later(1000) });
  expect(await stands('pets', later(999))).toBe(true);
  expect(await stands('pets', later(1000))).toBe(false);
  expect(await stands('pets', later(-1))).toBe(false);
});

test('the first go when there is no room', async () => {
  const MIB = 1024 * 1024;
  for (let i = 0; i < 70; i += 1) await keep(`big ${i}`, { bytes: MIB });
  expect(await stands('big 0')).toBe(false);
  expect(await stands('big 69')).toBe(true);
});
