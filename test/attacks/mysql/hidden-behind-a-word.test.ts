import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { PASSWORD, rigBefore, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';

/** K32 and K39: no secret is on the record, and no statement is off it, whatever word stands in front of either. */
let lab: LabMariadb;
let rig: MysqlRig;
let client: Connection;
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab);
  client = await createConnection({
    host: '127.0.0.1',
    port: rig.gateway.address.port,
    user: rig.user,
    password: PASSWORD,
    ssl: { rejectUnauthorized: false },
    multipleStatements: true,
  });
  await client.query('create database shop; use shop');
});
afterAll(async () => {
  client?.destroy();
  await nothingLeft(rig);
  await rig?.stop();
  await lab?.stop();
});

it.each<[string, string, RegExp]>([
  ['behind a comment nobody can cut', "select /*!50000 'x' */ as password; drop table {t}", /drop table/],
  ['in a string that is run', "set @password = 'drop table shop.{t}'; execute immediate @password", /drop table/],
  ['behind another statement', "select 1 as secret; execute immediate 'drop table shop.{t}'", /drop table shop\.\w+/],
  [
    'before what ends in no SQL',
    "select 1 as identified; drop table {t}; select '",
    /identified .*it says: .*drop table/,
  ],
])('a table that is dropped %s is on the record as that', async (_how, text, kept) => {
  const table = `t${String(rig.ports.last().recorder.all.length)}`;
  await client.query(`create table ${table} (a int)`);
  await client.query(text.replaceAll('{t}', table)).catch(() => undefined);
  const record = rig.ports.last().recorder.all.at(-1);
  const [left] = await client.query('show tables like ?', [table]);
  expect(left, 'the server ran it').toEqual([]);
  expect(record?.text).toMatch(kept);
});

it('and the words of a password are not', async () => {
  await client.query("create user x identified by 'hunter2 dropped the table'");
  await client.query("alter user x identified by 'Correct-Horse1'").catch(() => undefined);
  await client.query("set password for x = password('open sesame'); select '").catch(() => undefined);
  const record = JSON.stringify(rig.ports.last().recorder.all);
  for (const secret of ['hunter2', 'Horse1', 'sesame']) expect(record).not.toContain(secret);
});
