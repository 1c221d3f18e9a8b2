import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heapHeld } from '#kit/testing/index.ts';
import type { RowsPiece, Target } from '../port.ts';
import { mysqlConnector } from './index.ts';
import { ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';

afterAll(stopServer);

const lab = noServer === '' ? await server() : undefined;
if (lab === undefined) console.log(`SKIP rows of MariaDB: ${noServer}`);
const { rows } = mysqlConnector;
const say = (...statements: readonly string[]) => {
  if (lab === undefined) throw new Error('no server');
  return ask(lab, 0, ...statements);
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
  for await (const piece of rows?.read(target, { database: 'billing', table }, columns) ?? []) all.push(...piece.rows);
  return all;
}

beforeAll(async () => {
  if (lab === undefined) return;
  await say(
    `create user people_reader identified by 'reads people only'`,
    'grant select on billing.* to people_reader',
  );
});

describe.skipIf(lab === undefined)('people in a table of MariaDB', { timeout: 60_000 }, () => {
  it('every type is a text by one rule', async () => {
    await say(
      `create table billing.kinds (id int, ok boolean, no boolean, two tinyint(1), since date, at timestamp null, here datetime,
         big decimal(30,4), raw varbinary(10), mood enum('calm'), doc json, none text, \`Odd "name\` text)`,
      `set time_zone = '+02:00'`,
      `insert into billing.kinds values (7, true, false, 2, '2026-02-28', '2026-03-29 02:30:00', '2026-03-29 02:30:00', 12345678901234567890.5,
         x'00ff', 'calm', '{"a": 1}', null, 'odd')`,
    );
    const names =
      (await rows?.columns(reader(), { database: 'billing', table: 'kinds' }))?.map(({ name }) => name) ?? [];
    const [row = []] = await read('kinds', names);
    expect(Object.fromEntries(names.map((name, at) => [name, row[at]]))).toEqual({
      id: '7',
      ok: 'true',
      no: 'false',
      two: '2',
      since: '2026-02-28',
      at: '2026-03-29T00:30:00.000Z',
      here: '2026-03-29T02:30:00.000',
      big: '12345678901234567890.5000',
      raw: '00ff',
      mood: 'calm',
      doc: '{"a": 1}',
      none: '',
      'Odd "name': 'odd',
    });
  });

  it('a day that is none is no value', async () => {
    await say(
      `set sql_mode = ''`,
      `create table billing.zero (id int, since date, here datetime)`,
      `insert into billing.zero values (1, '0000-00-00', '0000-00-00 00:00:00')`,
    );
    expect(await read('zero', ['id', 'since', 'here'])).toEqual([['1', '', '']]);
  });

  it('NUL and line breaks stay, other character sets are read, and a value of megabytes comes cut', async () => {
    await say(
      `create table billing.long_values (id int, words longtext, latin varchar(20) character set latin1)`,
      `insert into billing.long_values values (1, concat('a', char(0), 'b', char(10), 'c'), 'Müller'), (2, repeat('ü', 2000000), '')`,
    );
    const [first, second] = await read('long_values', ['id', 'words', 'latin']);
    expect(first).toEqual(['1', 'a\0b\nc', 'Müller']);
    expect(second?.[1]).toBe('ü'.repeat(2001));
  });

  it('is one snapshot: who is taken out or put in meanwhile is read as they were', async () => {
    await say(
      `create table billing.moving (id int) engine innodb`,
      `insert into billing.moving select seq from billing.seq_1_to_5000`,
    );
    const ids = new Set<string>();
    let pieces = 0;
    for await (const piece of rows?.read(reader(), { database: 'billing', table: 'moving' }, ['id']) ?? []) {
      pieces += 1;
      if (pieces === 1)
        await say('delete from billing.moving where id > 100', 'insert into billing.moving values (9999)');
      for (const [id = ''] of piece.rows) ids.add(id);
    }
    expect([ids.size, ids.has('9999'), ids.has('5000')]).toEqual([5000, false, true]);
  });

  it('a table that is renamed is not there, and a column that was dropped is told by those that are left', async () => {
    await say(
      `create table billing.staff (id int, mail text)`,
      `insert into billing.staff values (1, 'a')`,
      'alter table billing.staff drop column mail',
    );
    const pieces: RowsPiece[] = [];
    for await (const piece of rows?.read(reader(), { database: 'billing', table: 'staff' }, ['id', 'mail']) ?? [])
      pieces.push(piece);
    expect(pieces).toEqual([{ columns: ['id'], rows: [], whole: true }]);
    await say('rename table billing.staff to billing.staff_old');
    await expect(read('staff', ['id'])).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('staff'),
    });
  });

  it('an account that may write files reads no people', async () => {
    await say(
      `create user people_files identified by 'reads and writes'`,
      'grant select on billing.* to people_files',
      'grant file on *.* to people_files',
    ).catch((error: unknown) => expect(String(error)).toMatch(/denied/));
    if (lab === undefined) return;
    const target = targetOf(lab, 'people_files', 'reads and writes');
    await expect(read('kinds', ['id'], target)).rejects.toMatchObject({ code: 'refused' });
  });

  it('a view that would write by the hand of its reader cannot', async () => {
    await say(
      `create table billing.mark (id int)`,
      `grant insert on billing.mark to people_reader`,
      `create function billing.leave_mark() returns int sql security invoker modifies sql data begin insert into billing.mark values (1); return 1; end`,
      `grant execute on function billing.leave_mark to people_reader`,
      `create sql security invoker view billing.trap as select billing.leave_mark() as id`,
    );
    await expect(read('trap', ['id'])).rejects.toMatchObject({ code: expect.stringMatching(/refused|failed/) });
    if (lab === undefined) return;
    expect(await ask(lab, 1, 'select count(*) from billing.mark')).toEqual([['0']]);
  });

  it('a server that ends the connection in the middle gives no rows as whole', async () => {
    await say(
      `create table billing.many (id int, pad varchar(500))`,
      `insert into billing.many select seq, repeat('x', 500) from billing.seq_1_to_60000`,
    );
    let came = 0;
    const reading = (async () => {
      for await (const piece of rows?.read(reader(), { database: 'billing', table: 'many' }, ['id', 'pad']) ?? []) {
        came += piece.rows.length;
        if (came === 500) await say('kill user people_reader');
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/unreachable|failed/), retry: true });
    expect(came).toBeLessThan(60_000);
  });

  it('a million rows flow in bounded memory', async () => {
    await say(
      `create or replace view billing.crowd as select concat('p', seq) as id, concat('Person ', seq) as name from billing.seq_1_to_1000000`,
    );
    const before = heapHeld();
    let [came, most] = [0, 0];
    for await (const piece of rows?.read(reader(), { database: 'billing', table: 'crowd' }, ['id', 'name']) ?? []) {
      came += piece.rows.length;
      if (came % 100_000 === 0) most = Math.max(most, heapHeld() - before);
    }
    console.log(`a million rows of MariaDB: ${Math.round(most / 1024 / 1024)} MiB more heap at most`);
    expect(came).toBe(1_000_000);
    expect(most).toBeLessThan(50 * 1024 * 1024);
  });
});
