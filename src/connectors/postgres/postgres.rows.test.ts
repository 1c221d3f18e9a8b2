import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heapHeld } from '#kit/testing/index.ts';
import type { LabPostgres } from '#lab/index.ts';
import type { RowsPiece, Target } from '../port.ts';
import { postgresConnector } from './index.ts';
import { ask, server, stopServers, targetOf } from './lab-server.fixture.ts';

afterAll(stopServers);

const lab: LabPostgres | undefined = await server('debian').catch((error: unknown) => {
  console.log(`SKIP rows of PostgreSQL: ${String(error)}`);
  return undefined;
});
const { rows } = postgresConnector;
const shop = (...statements: readonly string[]) => {
  if (lab === undefined) throw new Error('no server');
  return ask(lab, 'shop', ...statements);
};
const reader = (): Target => {
  if (lab === undefined) throw new Error('no server');
  return targetOf(lab, 'people_reader', 'reads people only');
};
async function read(
  table: string,
  columns: readonly string[],
  target = reader(),
): Promise<readonly (readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const piece of rows?.read(target, { schema: 'hr', table }, columns) ?? []) all.push(...piece.rows);
  return all;
}

beforeAll(async () => {
  if (lab === undefined) return;
  await shop(
    'create schema hr',
    `create role people_reader login password 'reads people only'`,
    'grant connect on database shop to people_reader',
    'grant usage on schema hr to people_reader',
    'alter default privileges in schema hr grant select on tables to people_reader',
  );
});

describe.skipIf(lab === undefined)('people in a table of PostgreSQL', { timeout: 60_000 }, () => {
  it('every type is a text by one rule', async () => {
    await shop(
      `create domain hr.day as date`,
      `create type hr.mood as enum ('calm')`,
      `create table hr.kinds (id int, ok boolean, no boolean, since date, late date, at timestamptz, here timestamp, big numeric(30,4),
         raw bytea, tags text[], mood hr.mood, day hr.day, doc jsonb, none text, "Odd ""name" text)`,
      `insert into hr.kinds values (7, true, false, '2026-02-28', 'infinity', '2026-03-29 00:30+01', '2026-03-29 02:30', 12345678901234567890.5,
         '\\x00ff', array['a', 'b;c', null], 'calm', '2020-02-29', '{"a": 1}', null, 'odd')`,
    );
    const names = (await rows?.columns(reader(), { schema: 'hr', table: 'kinds' }))?.map(({ name }) => name) ?? [];
    const [row = []] = await read('kinds', names);
    expect(Object.fromEntries(names.map((name, at) => [name, row[at]]))).toEqual({
      id: '7',
      ok: 'true',
      no: 'false',
      since: '2026-02-28',
      late: '',
      at: '2026-03-28T23:30:00.000Z',
      here: '2026-03-29T02:30:00.000',
      big: '12345678901234567890.5000',
      raw: '00ff',
      tags: 'a;b\\3bc',
      mood: 'calm',
      day: '2020-02-29',
      doc: '{"a": 1}',
      none: '',
      'Odd "name': 'odd',
    });
  });

  it('line breaks stay, and a value of megabytes comes cut one character above the longest', async () => {
    await shop(
      `create table hr.long (id int, words text)`,
      `insert into hr.long values (1, E'a\\nb\\tc'), (2, repeat('ü', 3000000))`,
    );
    const [first, second] = await read('long', ['id', 'words']);
    expect(first).toEqual(['1', 'a\nb\tc']);
    expect(second?.[1]).toBe('ü'.repeat(2001));
  });

  it('is one snapshot: who is taken out or put in meanwhile is read as they were', async () => {
    await shop(`create table hr.moving as select n as id from generate_series(1, 3000) n`);
    const ids = new Set<string>();
    let pieces = 0;
    for await (const piece of rows?.read(reader(), { schema: 'hr', table: 'moving' }, ['id']) ?? []) {
      pieces += 1;
      if (pieces === 1) await shop('delete from hr.moving where id > 100', 'insert into hr.moving values (9999)');
      for (const [id = ''] of piece.rows) ids.add(id);
    }
    expect([ids.size, ids.has('9999'), ids.has('3000')]).toEqual([3000, false, true]);
  });

  it('a table renamed meanwhile is read to its end, and is not there the next time', async () => {
    await shop(`create view hr.staff as select n as id from generate_series(1, 1200) n`);
    let came = 0;
    for await (const piece of rows?.read(reader(), { schema: 'hr', table: 'staff' }, ['id']) ?? []) {
      if (came === 0)
        await shop('set lock_timeout = 500', 'alter view hr.staff rename to staff_old').catch(() => undefined);
      came += piece.rows.length;
    }
    expect(came).toBe(1200);
    await shop('alter view if exists hr.staff rename to staff_old');
    await expect(read('staff', ['id'])).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('staff'),
    });
  });

  it('a column that was dropped is told by those that are left', async () => {
    await shop(
      `create table hr.shrunk (id int, mail text)`,
      `insert into hr.shrunk values (1, 'a')`,
      'alter table hr.shrunk drop column mail',
    );
    const pieces: RowsPiece[] = [];
    for await (const piece of rows?.read(reader(), { schema: 'hr', table: 'shrunk' }, ['id', 'mail']) ?? [])
      pieces.push(piece);
    expect(pieces).toEqual([{ columns: ['id'], rows: [], whole: true }]);
  });

  it('a superuser reads no people, since a view acts as whoever reads it', async () => {
    if (lab === undefined) return;
    await shop(`create table hr.some (id int)`);
    await expect(read('some', ['id'], targetOf(lab))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('superuser'),
    });
    await shop('grant pg_read_server_files to people_reader');
    await expect(read('some', ['id'])).rejects.toMatchObject({ code: 'refused' });
    await shop('revoke pg_read_server_files from people_reader');
  });

  it('a view that would write by the hand of its reader cannot', async () => {
    await shop(
      `create table hr.mark (id int)`,
      `grant insert on hr.mark to people_reader`,
      `create function hr.leave_mark() returns int language plpgsql as $$ begin insert into hr.mark values (1); return 1; end $$`,
      `create view hr.trap as select hr.leave_mark() as id`,
    );
    await expect(read('trap', ['id'])).rejects.toMatchObject({ code: expect.stringMatching(/refused|failed/) });
    expect(await shop('select * from hr.mark')).toEqual([]);
  });

  it('rows that row security would hide are an error, and not fewer people', async () => {
    await shop(
      `create table hr.guarded (id int)`,
      `insert into hr.guarded values (1), (2)`,
      `alter table hr.guarded enable row level security`,
      `create policy own_row on hr.guarded for select to people_reader using (id = 1)`,
    );
    await expect(read('guarded', ['id'])).rejects.toThrow(/row-level security/);
  });

  it('what the server says of a value it cannot make is not repeated', async () => {
    await shop(
      `create view hr.bad as select case when n > 600 then ('Ada Lovelace'::text)::int else n end as id from generate_series(1, 900) n`,
    );
    const error = await read('bad', ['id']).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('22P02') });
    expect(String(error)).not.toContain('Ada');
  });

  it('a server that stops in the middle gives no rows as whole', async () => {
    await shop(`create table hr.many as select n as id, repeat('x', 500) as pad from generate_series(1, 20000) n`);
    let came = 0;
    const reading = (async () => {
      for await (const piece of rows?.read(reader(), { schema: 'hr', table: 'many' }, ['id', 'pad']) ?? []) {
        came += piece.rows.length;
        if (came === 500)
          await shop(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'people_reader'`);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unreachable', retry: true });
    expect(came).toBeLessThan(20_000);
  });

  it('a million rows flow in bounded memory', async () => {
    await shop(
      `create or replace view hr.crowd as select 'p' || n as id, 'Person ' || n as name, 'person' || n || '@larkspur.example' as mail from generate_series(1, 1000000) n`,
    );
    const before = heapHeld();
    let [came, most] = [0, 0];
    for await (const piece of rows?.read(reader(), { schema: 'hr', table: 'crowd' }, ['id', 'name', 'mail']) ?? []) {
      came += piece.rows.length;
      if (came % 100_000 === 0) most = Math.max(most, heapHeld() - before);
    }
    console.log(`a million rows of PostgreSQL: ${Math.round(most / 1024 / 1024)} MiB more heap at most`);
    expect(came).toBe(1_000_000);
    expect(most).toBeLessThan(50 * 1024 * 1024);
  });
});
