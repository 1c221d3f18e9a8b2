import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConnection, type Connection } from 'mysql2/promise';
import { COMMAND } from '#gateways/mysql/wire/commands.ts';
import type { StatementRules } from '#gateways/port.ts';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { command, errorOf, query, RawMysqlClient, type Heard } from '#test/mysql-rig/raw-client.ts';
import { rigBefore, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';

/** Attacks 14, K32 and K33 before a real server: what rules refuse never runs, by whatever way it is sent; what runs is on the record. */
let lab: LabMariadb;
let rig: MysqlRig;
let direct: Connection;
const clients: RawMysqlClient[] = [];
const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab);
  const { host, port, management } = lab;
  direct = await createConnection({
    host,
    port,
    user: management.username,
    password: management.password,
    multipleStatements: true,
    ssl: { rejectUnauthorized: false },
  });
  await direct.query(`create database hr; create table hr.pay (a int); insert into hr.pay values (1), (2);
    create database shop; create table shop.t (a int); insert into shop.t values (1), (2);
    create procedure shop.empty() delete from shop.t`);
});
afterEach(async () => {
  rig.ports.statementRules = undefined;
  for (const client of clients.splice(0)) client.end();
  await nothingLeft(rig);
});
afterAll(async () => {
  await direct?.end();
  await rig?.stop();
  await lab?.stop();
});

const under = async (rules: Partial<StatementRules>, collation?: number): Promise<RawMysqlClient> => {
  rig.ports.statementRules = { ...NONE, ...rules };
  const client = new RawMysqlClient(rig.gateway.address.port);
  clients.push(client);
  await client.logIn('reeve@db1', collation);
  return client;
};
const first = (heard: readonly Heard[]): Heard => heard[0] ?? { sequence: 0, content: Buffer.alloc(1) };
const rowsLeft = async (): Promise<unknown> =>
  (await direct.query('select (select count(*) from shop.t) as t, (select count(*) from hr.pay) as pay'))[0];
const said = async (client: RawMysqlClient, text: string | Buffer): Promise<string> =>
  errorOf(first(await client.ask(query(text))));

describe('what is refused', () => {
  it.each<[string, Buffer]>([
    ['a query', query('delete from shop.t')],
    ['a versioned comment', query('/*!50000 delete from shop.t */')],
    ['several statements in one', query('select 1; delete from shop.t')],
    ['a procedure', query('call shop.empty()')],
    ['a block', query('begin not atomic delete from shop.t; end')],
    ['a text that is run', query("execute immediate 'delete from shop.t'")],
    ['a text that is prepared by SQL', query("prepare s from 'delete from shop.t'")],
    ['a prepared statement', command(COMMAND.prepare, 'delete from shop.t')],
    ['a prepared statement nobody prepared', command(COMMAND.execute, Buffer.from([1, 0, 0, 0, 0, 1, 0, 0, 0]))],
    ['a file of the server', query("load data infile '/etc/passwd' into table shop.t")],
    ['a file of the client', query("load data local infile '/etc/passwd' into table shop.t")],
    ['a setting by which it may be written', query('set session transaction read write')],
    ['a log-in as somebody else', command(0x11, 'root\0\0shop\0')],
    ['a reset of the connection', command(COMMAND.resetConnection)],
    ['half a letter of gbk', query(Buffer.from("select '\xbf'; delete from shop.t; -- '", 'latin1'))],
  ])('by %s is answered in its place, on the record, and does not run', async (_what, bytes) => {
    const client = await under({ readOnly: true });
    await client.ask(command(COMMAND.setOption, Buffer.from([0, 0])));
    const answer = first(await client.ask(bytes));
    expect(errorOf(answer)).toContain('Reeve: ');
    expect(answer.sequence).toBe(1);
    expect(rig.ports.last().recorder.all.at(-1)).toMatchObject({ refused: expect.any(String) as string });
    expect(await rowsLeft()).toEqual([{ t: 2, pay: 2 }]);
    // and the connection is in step
    expect(first(await client.ask(query('select 1'), 5)).content[0]).toBe(1);
  });

  it('is refused by the server itself where somebody finds a way', async () => {
    await direct.query('create or replace function shop.writes() returns int begin delete from shop.t; return 1; end');
    const client = await under({ readOnly: true });
    expect(await said(client, 'select shop.writes()')).toContain('READ ONLY transaction');
    expect(await rowsLeft()).toEqual([{ t: 2, pay: 2 }]);
  });
});

describe('a denied table', () => {
  it('is denied by its name alone, whichever way its database became the current one', async () => {
    const client = await under({ denyTables: ['hr.pay'] });
    const open = async (): Promise<boolean> => !(await said(client, 'select * from pay')).includes('not open');
    expect(await open()).toBe(false);
    expect(first(await client.ask(command(COMMAND.initDb, 'shop'))).content[0]).toBe(0);
    expect(await said(client, 'select * from pay')).toContain("1146 Table 'shop.pay'");
    for (const uses of [command(COMMAND.initDb, 'hr'), query('use hr'), query('/* so */ USE `hr` ;')]) {
      await client.ask(command(COMMAND.initDb, 'shop'));
      expect(first(await client.ask(uses)).content[0]).toBe(0);
      expect(await open()).toBe(false);
    }
    await client.ask(query('use shop'));
    // one that fails changes nothing
    expect(await said(client, 'use nowhere')).toContain('1049');
    await client.ask(query('use hr'));
    expect(await said(client, 'use nowhere')).toContain('1049');
    expect(await open()).toBe(false);
  });

  it('nor are its columns told', async () => {
    const client = await under({ denyTables: ['hr.pay'] });
    await client.ask(command(COMMAND.initDb, 'hr'));
    expect(errorOf(first(await client.ask(command(COMMAND.fieldList, 'pay\0'))))).toContain('not open');
    expect(await said(client, 'describe pay')).toContain('not open');
  });
});

describe('what a client never asks for it does not get', () => {
  it('a file of its own is not read by the server, with or without rules', async () => {
    const client = await under({});
    rig.ports.statementRules = undefined;
    const free = new RawMysqlClient(rig.gateway.address.port);
    clients.push(free);
    await free.logIn();
    for (const one of [client, free])
      expect(await said(one, "load data local infile '/etc/passwd' into table shop.t")).toMatch(/^(?:4166|1148|1227) /);
  });
});

it('what runs is on the record as it ran, whatever hides in it', async () => {
  const client = new RawMysqlClient(rig.gateway.address.port);
  clients.push(client);
  await client.logIn();
  const texts: readonly (readonly [text: string, packets: number])[] = [
    ["select '\\'; -- ' /*!50000 , 2 */", 6],
    ['select 1 # ; drop table x', 5],
    [`select "a""b", 'c''d', \`Db\` from mysql.db limit 0`, 6],
  ];
  for (const [text, packets] of texts) await client.ask(query(text), packets);
  await client.ask(query(Buffer.from("select '\xe9'", 'latin1')), 1);
  expect(rig.ports.last().recorder.all.map(({ text }) => text)).toEqual([...texts.map(([text]) => text), "select 'é'"]);
});
