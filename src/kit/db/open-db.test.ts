import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import { DbError, isConstraint, openDb, sql } from './index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { silentLog } from '#kit/log/index.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
  await t.db.run(sql`create table pet (id integer constraint pet_is_one_row primary key, pet_name text,
    age integer constraint pet_age_is_positive check (age > 0), owner_id integer constraint pet_owner_exists references pet)`);
});
afterAll(() => t.drop());

describe('rows', () => {
  it('arrive with camelCase names, int8 as number, dates as text and timestamps as Date', async () => {
    const row = await t.db.one(sql`select 5::int8 as big_number, '2026-01-02'::date as first_day,
      '2026-01-02T03:04:05Z'::timestamptz as seen_at, 1.50::numeric as exact_sum, array[1,9007199254740991]::int8[] as many_ids,
      ${sql.json({ snake_case: [1] })}::jsonb as raw_json`);
    expect(row).toEqual({
      bigNumber: 5,
      firstDay: '2026-01-02',
      seenAt: new Date('2026-01-02T03:04:05Z'),
      exactSum: '1.50',
      manyIds: [1, 9007199254740991],
      rawJson: { snake_case: [1] },
    });
  });
  it('come back from an array parameter as they went in, whatever they hold', async () => {
    const texts = ['', 'NULL', null, 'a "quote"', 'back\\slash', '{a,b}', ' space ', 'new\nline', 'größer ☃'];
    const days = texts.map((_, i) => (i === 2 ? null : new Date(i * 1e10)));
    const rows = await t.db.many(sql`
      select * from unnest(${sql.array(texts)}::text[], ${sql.array(days)}::timestamptz[],
        ${sql.array(texts.map((_, i) => i))}::integer[], ${sql.array(texts.map((x) => x === null))}::boolean[]) as r(text, day, n, empty)`);
    expect(rows).toEqual(texts.map((text, n) => ({ text, day: days[n], n, empty: text === null })));
    expect(await t.db.one(sql`select cardinality(${sql.array([])}::text[]) as n`)).toEqual({ n: 0 });
  });
  it('with an int8 too large for a JavaScript number are refused, not rounded', async () => {
    await expect(t.db.one(sql`select 9007199254740993::int8 as n`)).rejects.toThrow(/does not fit/);
    await expect(t.db.one(sql`select array[9007199254740993]::int8[] as n`)).rejects.toThrow(/does not fit/);
    expect(await t.db.one(sql`select 1 as n`)).toEqual({ n: 1 });
  });
});
describe('constraints', () => {
  it('can be told apart by name, and the error holds no value of the row', async () => {
    await t.db.run(sql`insert into pet (id, pet_name, age) values (1, 'Rex', 3)`);
    const again = await t.db
      .run(sql`insert into pet (id, pet_name, age) values (1, ${'hidden-name'}, 3)`)
      .catch((e: unknown) => e);
    expect(isConstraint(again, 'pet_is_one_row')).toBe(true);
    expect(isConstraint(again, 'pet_owner_exists')).toBe(false);
    expect(again).toBeInstanceOf(DbError);
    expect(JSON.stringify(again) + String(again) + (again as Error).stack).not.toContain('hidden-name');
    const young = await t.db.run(sql`insert into pet (id, age) values (2, 0)`).catch((e: unknown) => e);
    expect(isConstraint(young, 'pet_age_is_positive')).toBe(true);
    const lonely = await t.db.run(sql`insert into pet (id, age, owner_id) values (2, 1, 77)`).catch((e: unknown) => e);
    expect(isConstraint(lonely, 'pet_owner_exists')).toBe(true);
  });
});
describe('a transaction', () => {
  it('has one instant, which SQL sees as reeve_now()', async () => {
    t.clock.set('2030-01-01T00:00:00.123Z');
    const [now, seen] = await t.db.tx(async (tx) => [
      tx.now,
      (await tx.one<{ at: Date }>(sql`select reeve_now() as at`)).at,
    ]);
    expect(now).toEqual(new Date('2030-01-01T00:00:00.123Z'));
    expect(seen).toEqual(now);
    expect((await t.db.one<{ at: Date }>(sql`select reeve_now() as at`)).at).toEqual(now);
  });
  it('runs afterCommit callbacks after the commit and not after a rollback', async () => {
    const ran: string[] = [];
    await t.db.tx(async (tx) => {
      tx.afterCommit(() => {
        ran.push('a');
      });
      tx.afterCommit(() => {
        throw new Error('logged');
      });
      tx.afterCommit(() => {
        ran.push('b');
      });
      expect(ran).toEqual([]);
    });
    await expect(
      t.db.tx(async (tx) => {
        tx.afterCommit(() => {
          ran.push('c');
        });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(ran).toEqual(['a', 'b']);
  });
  it('refuses statements after its end', async () => {
    const kept = await t.db.tx(async (tx) => tx);
    await expect(kept.one(sql`select 1`)).rejects.toThrow(/over/);
  });
  it('is tried again after a serialization failure, and only when it asked for more than read committed', async () => {
    await t.db.run(sql`insert into pet (id, age) values (50, 1)`);
    let tries = 0;
    const bump = (isolation: 'serializable' | 'read committed') =>
      t.db.tx(
        async (tx) => {
          tries += 1;
          const { age } = await tx.one<{ age: number }>(sql`select age from pet where id = 50`);
          if (tries === 1) await t.db.run(sql`update pet set age = age + 10 where id = 50`);
          await tx.run(sql`update pet set age = ${age + 1} where id = 50`);
        },
        { isolation },
      );
    await bump('serializable');
    expect(tries).toBe(2);
    expect(await t.db.one(sql`select age from pet where id = 50`)).toEqual({ age: 12 });
  });
});
describe('a transaction under load', () => {
  it('sends statements one after another, in the order they were given', async () => {
    const rows = await t.db.tx((tx) =>
      Promise.all([1, 2, 3].map((n) => tx.one<{ n: number }>(sql`select ${n}::int as n`))),
    );
    expect(rows.map((r) => r.n)).toEqual([1, 2, 3]);
  });
  it('that only reads cannot write', async () => {
    const writing = t.db.tx((tx) => tx.run(sql`insert into pet (id) values (900)`), { readOnly: true });
    await expect(writing).rejects.toMatchObject({ sqlstate: '25006' });
  });
  it('waits for a connection, but not for ever', async () => {
    const small = await openDb({ url: t.url, clock: t.clock, log: silentLog, max: 1, waitMs: 100 });
    const nested = small.tx(() => small.tx((tx) => tx.one(sql`select 1`)));
    await expect(nested).rejects.toMatchObject({ code: 'database.busy' });
    expect(await small.one(sql`select 1 as n`)).toEqual({ n: 1 });
    await small.close();
  });
  it('leaves a clean connection behind when a statement in it failed', async () => {
    const small = await openDb({ url: t.url, clock: t.clock, log: silentLog, max: 1 });
    for (let i = 0; i < 3; i += 1)
      await expect(small.tx((tx) => tx.run(sql`select 1/0`))).rejects.toMatchObject({ sqlstate: '22012' });
    expect(await small.one(sql`select 1 as n`)).toEqual({ n: 1 });
    await small.close();
  });
  it('whose connection is cut is reported as unreachable, and the pool goes on', async () => {
    const cut = t.db.tx(async (tx) => {
      const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await t.db.one(sql`select pg_terminate_backend(${pid})`);
      await tx.one(sql`select 1`);
    });
    await expect(cut).rejects.toMatchObject({ code: 'database.unreachable' });
    expect(await t.db.one(sql`select 1 as n`)).toEqual({ n: 1 });
  });
  it('that takes too long is cancelled, where a transaction does not say that it may', async () => {
    const hasty = await openDb({ url: t.url, clock: t.clock, log: silentLog, statementTimeoutMs: 50 });
    await expect(hasty.one(sql`select pg_sleep(5)`)).rejects.toMatchObject({ sqlstate: '57014' });
    const patient = hasty.tx((tx) => tx.one(sql`select pg_sleep(0.2)`), { statementTimeoutMs: 10_000 });
    await expect(patient).resolves.toBeDefined();
    const limit = hasty.tx((tx) => tx.one(sql`select pg_sleep(5)`), { statementTimeoutMs: 100 });
    await expect(limit).rejects.toMatchObject({ sqlstate: '57014' });
    await expect(hasty.one(sql`select pg_sleep(5)`)).rejects.toMatchObject({ sqlstate: '57014' });
    await hasty.close();
  });
  it('a named statement is prepared once on a connection and gives the same rows', async () => {
    const small = await openDb({ url: t.url, clock: systemClock, log: silentLog, max: 1 });
    const ask = (n: number): Promise<{ n: number }> => small.one(sql.named('test.named', sql`select ${n}::int as n`));
    expect([await ask(1), await ask(2)]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await small.many(sql`select name from pg_prepared_statements where name = 'test.named'`)).toHaveLength(1);
    await small.close();
  });
});
describe('listen', () => {
  it('hears a notification sent in a transaction, and again after its connection was cut', async () => {
    const heard: string[] = [];
    let reconnects = 0;
    const stop = await t.db.listen(
      'chan_a',
      (p) => heard.push(p),
      () => {
        reconnects += 1;
      },
    );
    await t.db.tx((tx) => tx.run(sql`select pg_notify('chan_a', 'one')`));
    await until(() => heard.length === 1);
    await t.db.run(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`,
    );
    await until(() => reconnects === 1);
    await t.db.run(sql`select pg_notify('chan_a', 'two')`);
    await until(() => heard.length === 2);
    await stop();
    expect(heard).toEqual(['one', 'two']);
  });
});
describe('opening', () => {
  it('says so when the password is wrong, without the password', async () => {
    const url = new URL(t.url);
    url.password = 'hunter2';
    const refused = await openDb({ url: url.href, clock: systemClock, log: silentLog }).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: 'database.refused' });
    expect(String(refused)).not.toContain('hunter2');
  });
  it('says so when the database does not exist', async () => {
    const url = new URL(t.url);
    url.pathname = '/nowhere';
    await expect(openDb({ url: url.href, clock: systemClock, log: silentLog })).rejects.toMatchObject({
      code: 'database.refused',
    });
  });
});
it('a database that does not answer is said to be unreachable', async () => {
  await expect(
    openDb({ url: 'postgres://x:y@127.0.0.1:1/z', clock: systemClock, log: silentLog, reconnectMs: 100 }),
  ).rejects.toMatchObject({ code: 'database.unreachable' });
});
