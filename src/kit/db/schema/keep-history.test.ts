import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { isConstraint, sql } from '#kit/db/index.ts';

interface Was {
  readonly colour: string;
  readonly recordedFrom: Date;
  readonly recordedTo: Date;
}

let t: TestDatabase;
beforeEach(async () => {
  await t?.drop();
  t = await testDatabase();
  t.clock.set('2030-01-01T00:00:00Z');
  await t.db.run(
    sql`create table car (id integer primary key, colour text, recorded_from timestamptz not null default reeve_now())`,
  );
  await t.db.run(sql`call make_bitemporal('car')`);
  await t.db.run(sql`insert into car (id, colour) values (1, 'red')`);
});
afterAll(() => t.drop());

const history = (): Promise<Was[]> =>
  t.db.many<Was>(
    sql`select colour, recorded_from, recorded_to from car_history where id = 1 order by recorded_to, recorded_from`,
  );
const paint = (colour: string): Promise<number> => t.db.run(sql`update car set colour = ${colour} where id = 1`);
const day = (n: number): Date => new Date(Date.UTC(2030, 0, n));
/** What was believed at an instant: the current row if it was recorded by then, else the row that covers the instant. */
const asKnownAt = async (at: Date): Promise<string[]> =>
  (
    await t.db.many<{ colour: string }>(sql`
      select colour from car where recorded_from <= ${at}
      union all select colour from car_history where recorded_from <= ${at} and ${at} < recorded_to`)
  ).map((r) => r.colour);

describe('a bitemporal table', () => {
  it('keeps what a row said before it was changed, with the time it was believed', async () => {
    t.clock.set(day(2));
    await paint('blue');
    t.clock.set(day(3));
    await paint('green');
    expect(await history()).toEqual([
      { colour: 'red', recordedFrom: day(1), recordedTo: day(2) },
      { colour: 'blue', recordedFrom: day(2), recordedTo: day(3) },
    ]);
    expect(await t.db.one(sql`select recorded_from from car`)).toEqual({ recordedFrom: day(3) });
    for (const [at, colour] of [
      [1, 'red'],
      [2, 'blue'],
      [3, 'green'],
    ] as const)
      expect(await asKnownAt(day(at))).toEqual([colour]);
  });
  it('keeps a deleted row', async () => {
    t.clock.set(day(2));
    await t.db.run(sql`delete from car`);
    expect(await history()).toEqual([{ colour: 'red', recordedFrom: day(1), recordedTo: day(2) }]);
    expect([await asKnownAt(day(1)), await asKnownAt(day(2))]).toEqual([['red'], []]);
  });
  it('records nothing when an update changes nothing', async () => {
    t.clock.set(day(2));
    await paint('red');
    expect(await history()).toEqual([]);
    expect(await t.db.one(sql`select recorded_from from car`)).toEqual({ recordedFrom: day(1) });
  });
  it('has one answer for an instant in which a row changed twice: the last', async () => {
    t.clock.set(day(2));
    await t.db.tx(async (tx) => {
      await tx.run(sql`update car set colour = 'blue'`);
      await tx.run(sql`update car set colour = 'green'`);
    });
    expect(await asKnownAt(day(2))).toEqual(['green']);
    expect(await asKnownAt(day(1))).toEqual(['red']);
  });
  it('never records a negative time, even when the clock goes back or a transaction was slow', async () => {
    t.clock.set(day(3));
    await paint('blue');
    t.clock.set(day(2));
    await paint('green');
    for (const was of await history())
      expect(was.recordedTo.getTime()).toBeGreaterThanOrEqual(was.recordedFrom.getTime());
    expect(await asKnownAt(day(3))).toEqual(['green']);
    const wrong = await t.db
      .run(sql`insert into car_history (recorded_to, id, recorded_from) values (${day(1)}, 1, ${day(2)})`)
      .catch((e: unknown) => e);
    expect(isConstraint(wrong, 'car_history_ends_after_it_begins')).toBe(true);
  });
  it('follows when the table gets another column', async () => {
    await t.db.run(sql`alter table car add column doors integer not null default 4, add column note text`);
    await t.db.run(sql`call make_bitemporal('car')`);
    t.clock.set(day(2));
    await t.db.run(sql`update car set doors = 5, note = 'x'`);
    expect(await t.db.many(sql`select colour, doors, note from car_history`)).toEqual([
      { colour: 'red', doors: 4, note: null },
    ]);
  });
  it('has to have a recorded_from', async () => {
    await t.db.run(sql`create table bike (id integer)`);
    await expect(t.db.run(sql`call make_bitemporal('bike')`)).rejects.toThrow(/needs a column recorded_from/);
  });
});
