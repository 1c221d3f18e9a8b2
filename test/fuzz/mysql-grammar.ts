import type { Written } from './grammar.ts';
import { oneOf, type Random } from './random.ts';

const TABLES = ['t', 'shop.orders', '`weird name`', 'salaries', 'hr.salaries', '`hr`.`salaries`'];
const VALUES = [
  '1',
  "'x'",
  "'it''s'",
  "'\\''",
  '"two"',
  'null',
  'a',
  '0x41',
  "b'01'",
  '1e10',
  '@v',
  '-- x\n1',
  '(select 1)',
];
const kept = (table: string): string => table.replaceAll('`', '').toLowerCase();

/** A statement of MariaDB, and what it does. */
export function mysqlStatement(random: Random): Written {
  const table = oneOf(random, TABLES);
  const named = { table: kept(table) };
  const value = (): string => oneOf(random, VALUES);
  const where = ` where a = ${value()}`;
  const writes = { writes: true as const, ...named };
  return oneOf<() => Written>(random, [
    () => ({ text: `select a, ${value()} from ${table}${where}`, ...named }),
    () => ({ text: `select * from ${table} x join t y on x.a = y.a order by 1 limit 3`, ...named }),
    () => ({ text: `select * from (select a from ${table}) z union select 1`, ...named }),
    () => ({ text: `insert into ${table} values (${value()}), (${value()})`, ...writes }),
    () => ({ text: `replace into ${table} values (${value()})`, ...writes }),
    () => ({ text: `update ${table} set a = ${value()}${where}`, ...writes }),
    () => ({ text: `update ${table} set a = 1`, unbounded: true, ...writes }),
    () => ({ text: `delete from ${table}${where}`, ...writes }),
    () => ({ text: `delete from ${table}`, unbounded: true, ...writes }),
    () => ({ text: `truncate table ${table}`, unbounded: true, ...writes }),
    () => ({ text: `create table n as select * from ${table}`, ddl: true, ...writes }),
    () => ({ text: `create table n (a int, b varchar(10))`, ddl: true, writes: true }),
    () => ({ text: `drop table ${table}`, ddl: true, ...writes }),
    () => ({ text: `alter table ${table} add column z int`, ddl: true, ...writes }),
    () => ({ text: `call p(${value()})`, opaque: true }),
    () => ({
      text: `create user 'x'@'localhost' identified by 'Geheim-7-Kraehe'`,
      ddl: true,
      password: 'Geheim-7-Kraehe',
    }),
    () => ({ text: `set password for 'x'@'localhost' = password('Geheim-7-Kraehe')`, password: 'Geheim-7-Kraehe' }),
    () => ({ text: oneOf(random, ['set names utf8mb4', 'set @a = 1', 'set autocommit = 0', "set sql_mode = ''"]) }),
    () => ({ text: oneOf(random, ['use shop', 'begin', 'commit', 'show tables', 'select 1', 'explain select 1']) }),
  ])();
}

const BETWEEN = [' ', '\n', '\t', '/**/', '-- x\n', '# x\n', '/* ; drop table t; */', '  '];

/** The same statement otherwise written: comments of every kind before and behind it, or all of it in one that servers run. */
export function mysqlOtherwise(random: Random, text: string): string {
  const around = `${oneOf(random, BETWEEN)}${text}${oneOf(random, BETWEEN)}`;
  if (random(4) > 0 || /\/\*|--|#/.test(text)) return around;
  return `${oneOf(random, ['/*!', '/*!40000 ', '/*M! ', '/*!50000 '])}${text}*/`;
}
