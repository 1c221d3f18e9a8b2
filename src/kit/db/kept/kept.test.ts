import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
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
const part = sql`insert into change_mark_of_part (topic, part, backend, xid) values ('secrets', ${'00000000-0000-7000-8000-000000000001'}, pg_backend_pid(), pg_current_xact_id())
  on conflict (topic, part, backend) do update set xid = excluded.xid`;
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

test('a server that crashed gives numbers of transactions out again: what was read in its life before is forgotten', async () => {
  // statistics are what it loses then, and here it is told to
  const crash = sql`select pg_stat_reset_shared('bgwriter')`;
  const admin = await openDb({ url: inject('reeveTestServer').adminUrl, clock: systemClock, log: silentLog });
  await keep();
  await admin.run(crash);
  expect(await write()).toBeUndefined();
  expect(await stands()).toBe(false);
  await keep();
  expect([await write(), await stands()]).toEqual(['done', true]);
  await admin.close();
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

const WRITE = { text: "insert into toy (name) select 'written'", values: [], takesWhere: true };
const written = async (): Promise<number> =>
  (await t.db.one<{ n: number }>(sql`select count(*)::int as n from toy where name = 'written'`)).n;
const write = (before: () => Promise<unknown> = async () => undefined): Promise<string | undefined> =>
  db.txProved(async (tx) => {
    const kept = await tx.kept('secrets');
    if (kept.get('pets', NOW) === undefined) await tx.many(sql`select name from pet`);
    await before();
    await tx.run(WRITE);
    return 'done';
  });

test('one statement that rests on what is remembered is made if all of it stands, and else nothing is', async () => {
  await t.db.run(sql`delete from toy`);
  expect(await write()).toBeUndefined();
  await keep();
  expect(await write()).toBe('done');
  expect(await written()).toBe(1);
  await keep();
  expect(await write(() => other.run(sql`insert into pet (name) values ('meanwhile')`))).toBeUndefined();
  expect(await written()).toBe(1);
  // What is not remembered is not read outside a transaction, and without a write nothing is proved.
  expect(await write()).toBeUndefined();
  await keep();
  expect(await db.txProved(async (tx) => (await tx.kept('secrets')).get('pets', NOW))).toBeUndefined();
});

test('what is done after the one statement is an error and not done twice', async () => {
  await t.db.run(sql`delete from toy`);
  await keep();
  const second = db.txProved(async (tx) => {
    await tx.run(WRITE);
    await tx.run(sql`delete from pet`);
  });
  await expect(second).rejects.toThrow('of one statement');
  expect(await written()).toBe(1);
});

test('a change of one thing of many leaves the others', async () => {
  const [mine, others] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
  const both = (): Promise<void> =>
    db.tx(async (tx) => {
      const kept = await tx.kept('secrets');
      kept.keep('mine', 1, { now: NOW, part: mine });
      kept.keep('other', 1, { now: NOW, part: others });
    });
  await both();
  await other.run(part);
  expect([await stands('mine'), await stands('other')]).toEqual([false, true]);
  expect(await db.txProved(async (tx) => (await tx.run(WRITE), 'done'))).toBe('done');
});

test('what was read of a thing before it changed is not kept once that was seen', async () => {
  await keep('other');
  await db.tx(async (tx) => {
    const kept = await tx.kept('secrets');
    await other.run(part);
    expect(await stands('other')).toBe(true);
    kept.keep('mine', 'from before', { now: NOW, part: '00000000-0000-7000-8000-000000000001' });
  });
  expect([await stands('mine'), await stands('other')]).toEqual([false, true]);
});

test('what was handed out before a write is empty after it, and what is read then is told nobody', async () => {
  await keep();
  await db
    .tx(async (tx) => {
      const before = await tx.kept('secrets');
      expect(before.get('pets', NOW)).toBeDefined();
      await tx.run(sql`insert into pet (name) values ('mine')`);
      expect(before.get('pets', NOW)).toBeUndefined();
      expect((await tx.kept('secrets')).get('pets', NOW)).toBeUndefined();
      before.keep('mine', await tx.many(sql`select name from pet where name = 'mine'`), { now: NOW });
      (await tx.kept('secrets')).keep('mine too', 1, { now: NOW });
      throw new Error('no');
    })
    .catch(() => undefined);
  expect(await stands()).toBe(true);
  expect(await stands('mine')).toBe(false);
  expect(await stands('mine too')).toBe(false);
});

test.each(['repeatable read', 'serializable'] as const)(
  'at a snapshot that stays nothing is remembered: %s',
  async (isolation) => {
    await db.run(sql`delete from pet`);
    await db.tx(
      async (tx) => {
        expect(await tx.many(sql`select name from pet`)).toEqual([]);
        await other.run(sql`insert into pet (name) values ('later')`);
        await keep();
        const kept = await tx.kept('secrets');
        // Others remember a pet that this transaction does not see.
        expect(kept.get('pets', NOW)).toBeUndefined();
        kept.keep('old', await tx.many(sql`select name from pet`), { now: NOW });
      },
      { isolation },
    );
    expect(await stands('old')).toBe(false);
    expect(await stands()).toBe(true);
  },
);
