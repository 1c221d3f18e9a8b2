import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { renderSchema } from './index.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.drop());

describe('the schema snapshot', () => {
  it('in db/schema.sql is what the migrations make', async () => {
    expect(readFileSync('db/schema.sql', 'utf8'), 'run npm run fix').toBe(await renderSchema(t.db));
  });
  it.each([
    ['a table', `create table zebra (id integer)`],
    ['a column', `alter table migration add column note text`],
    ['a type of a column', `alter table migration alter column name type varchar(99)`],
    ['a default', `alter table migration alter column name set default 'x'`],
    ['not null', `alter table migration alter column name drop not null`],
    ['a check', `alter table migration add constraint migration_number_is_small check (number < 9999)`],
    ['a unique rule', `alter table migration add constraint migration_name_is_unique unique (name)`],
    ['an index', `create index migration_by_time on migration (applied_at) where number > 0`],
    ['a function', `create function zebra() returns int language sql as 'select 1'`],
    ['a trigger', `create trigger zebra before delete on migration for each row execute function keep_history()`],
    ['a comment on a table', `comment on table migration is 'other'`],
    ['a comment on a column', `comment on column migration.name is 'other'`],
    ['a view', `create view zebra as select number from migration`],
    ['an enum', `create type zebra as enum ('a', 'b')`],
    ['a domain', `create domain zebra as integer constraint zebra_is_small check (value < 5)`],
    ['a partition', `create table zebra (id integer) partition by range (id)`],
    ['an extension', `create extension citext`],
    ['row security', `alter table migration enable row level security`],
    ['a privilege', `grant select on migration to public`],
    ['an identity column', `alter table migration add column z integer generated always as identity`],
    ['a generated column', `alter table migration add column z integer generated always as (number + 1) stored`],
  ])('sees a change of %s', async (_what, change) => {
    const before = await renderSchema(t.db);
    const after = await t.db
      .tx(async (tx) => {
        await tx.run({ text: change, values: [] });
        throw Object.assign(new Error('undo'), { schema: await renderSchema(tx) });
      })
      .catch((error: Error & { schema?: string }) => error.schema ?? error.message);
    expect(after).not.toBe(before);
    expect(after).toContain('create table migration');
    expect(await renderSchema(t.db)).toBe(before);
  });
  it('leaves out the job queue, which brings its own migrations', async () => {
    expect(await t.db.maybe(sql`select from pg_namespace where nspname = 'graphile_worker'`)).toBeDefined();
    expect(await renderSchema(t.db)).not.toContain('graphile_worker');
  });
});
