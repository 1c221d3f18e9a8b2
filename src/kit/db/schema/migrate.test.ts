import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#kit/errors/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { migrate, readMigrations, sql } from '#kit/db/index.ts';

let t: TestDatabase;
let directory: string;
const folders: string[] = [];
beforeEach(async () => {
  await t?.drop();
  t = await testDatabase({ empty: true });
  directory = mkdtempSync(join(tmpdir(), 'reeve-migrations-'));
  folders.push(directory);
  write('0000_first.sql', 'create table one (id integer);');
  write('0001_second.sql', 'create table two (id integer); insert into two values (7);');
});
afterAll(async () => {
  await t.drop();
  for (const folder of folders) await rm(folder, { recursive: true });
});
const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
const run = (): Promise<string[]> => migrate({ url: t.url, directory });
const tables = async (): Promise<string[]> =>
  (
    await t.db.many<{ name: string }>(
      sql`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    )
  ).map((r) => r.name);

describe('migrating', () => {
  it('applies every file once, in order, and remembers it', async () => {
    expect(await run()).toEqual(['0000_first', '0001_second']);
    expect(await run()).toEqual([]);
    write('0002_third.sql', 'alter table one add column name text;');
    expect(await run()).toEqual(['0002_third']);
    expect(await t.db.many(sql`select number, name from migration order by 1`)).toEqual([
      { number: 0, name: 'first' },
      { number: 1, name: 'second' },
      { number: 2, name: 'third' },
    ]);
  });
  it('on several nodes at once applies each file once', async () => {
    const done = await Promise.all([run(), run(), run()]);
    expect(done.flat().toSorted()).toEqual(['0000_first', '0001_second']);
    expect(await t.db.many(sql`select id from two`)).toEqual([{ id: 7 }]);
  });
  it('takes back a file that fails, keeps the ones before it, and names file and line', async () => {
    write('0002_third.sql', 'create table three (id integer);\nselect nonsense;');
    await expect(run()).rejects.toMatchObject({
      code: 'migration.failed',
      message: expect.stringMatching(/0002_third .*nonsense.*line 2/) as string,
    });
    expect(await tables()).toEqual(['migration', 'one', 'two']);
  });
  it('of the files of this repository succeeds, and so does the second time', async () => {
    const all = (await readMigrations(undefined, true)).length;
    expect(await migrate({ url: t.url, allowGaps: true })).toHaveLength(all);
    expect(await migrate({ url: t.url, allowGaps: true })).toEqual([]);
  });
});

describe('a migration is refused, and nothing is changed,', () => {
  const refusal = async (): Promise<{ why: string; tables: string[] }> => {
    const error = await run().catch((e: unknown) => e);
    const why = error instanceof AppError ? `${error.code}: ${error.message}` : 'it was accepted';
    return { why, tables: (await tables()).filter((name) => name !== 'migration') };
  };
  const refused = (why: string, ...left: string[]): unknown => ({
    why: expect.stringMatching(`migration.refused: .*${why}`),
    tables: left,
  });
  it('when its number is used twice', async () => {
    write('0001_again.sql', 'select 1;');
    expect(await refusal()).toEqual(refused('0001 is used twice'));
  });
  it('when a number is missing before it', async () => {
    write('0003_fourth.sql', 'select 1;');
    expect(await refusal()).toEqual(refused('0002 is missing'));
  });
  it('when its name does not follow the rule', async () => {
    write('0002-third.sql', 'select 1;');
    expect(await refusal()).toEqual(refused('not named'));
  });
  it('when its file was edited after it was applied', async () => {
    await run();
    write('0000_first.sql', 'create table one (id bigint);');
    write('0002_third.sql', 'create table three (id integer);');
    expect(await refusal()).toEqual(refused('0000_first .* edited', 'one', 'two'));
  });
  it('when the database has one this version does not know', async () => {
    await run();
    rmSync(join(directory, '0001_second.sql'));
    expect(await refusal()).toEqual(refused('0001_second, which this version of Reeve does not know', 'one', 'two'));
  });
  it('when it comes before one that is applied', async () => {
    renameSync(join(directory, '0001_second.sql'), join(directory, '0002_second.sql'));
    await migrate({ url: t.url, directory, allowGaps: true });
    write('0001_late.sql', 'create table late (id integer);');
    expect(await refusal()).toEqual(refused('0001_late comes before 0002', 'one', 'two'));
  });
});

it('the migrations of this repository have neither gaps nor duplicates', async () => {
  expect((await readMigrations()).length).toBeGreaterThan(0);
});
