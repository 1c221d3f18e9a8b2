import { beforeAll, describe, expect, it } from 'vitest';
import type { StatementRules } from '../../port.ts';
import { hidePasswords } from './hide-passwords.ts';
import { judgeOf, type ReadBy } from './judge-statement.ts';
import { loadParser } from './parse-sql.ts';

beforeAll(() => loadParser());

const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };
const BY: ReadBy = {
  variables: new Map([
    ['sql_mode', 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'],
    ['character_set_client', 'utf8mb4'],
  ]),
  database: () => 'shop',
};
const judged = (
  rules: Partial<StatementRules>,
  text: string | Buffer,
  by: Partial<ReadBy> = {},
): string | undefined => {
  const raw = Buffer.from(text);
  return judgeOf({ ...NONE, ...rules }, { ...BY, ...by })(raw, raw.toString());
};
const allowed = (rules: Partial<StatementRules>, text: string | Buffer, by: Partial<ReadBy> = {}): boolean =>
  judged(rules, text, by) === undefined;

describe('reading only', () => {
  it.each([
    'select 1',
    "select 'it''s', \"two \\\" three\", 1.5e-3, x'41', @a, @@session.sql_mode from t where a <=> null -- and so on",
    'select a from (select * from t) x where exists (select 1 from u where u.a = x.a) group by a having count(*) > 1',
    'with recursive n as (select 1 as i union all select i + 1 from n where i < 5) select * from n',
    'show tables',
    'show full columns from t',
    'show create table t',
    'show variables like "x%"',
    'explain select * from t',
    'describe t',
    'set names utf8mb4',
    'set @a = 1, @@session.sort_buffer_size = 262144, autocommit = 0',
    "set sql_mode = 'STRICT_ALL_TABLES'",
    'begin',
    'start transaction read only',
    'commit',
    'use other',
    'select a into @x from t',
    'select /*!40001 SQL_NO_CACHE */ * from t',
    '/*!40101 SET NAMES utf8mb4 */',
    'kill query 5',
    'lock tables t read',
    '# nothing but a comment',
    '',
  ])('takes %s', (text) => expect(judged({ readOnly: true }, text)).toBeUndefined());

  it.each([
    'insert into t values (1)',
    'replace into t values (1)',
    'update t set a = 1 where b = 2',
    'delete from t where a = 1',
    'truncate t',
    'create table x (a int)',
    'drop table t',
    'explain delete from t where a = 1',
    'with x as (select 1) delete from t where a in (select * from x)',
    "select a into outfile '/tmp/x' from t",
    'select load_file("/etc/passwd")',
    'select nextval(s)',
    'lock tables t write',
    'call p()',
    'do sleep(1)',
    'begin not atomic delete from t; end',
    "prepare s from 'delete from t'",
    "execute immediate 'delete from t'",
    'execute s',
    "load data infile '/x' into table t",
    'handler t open',
    'grant all on *.* to x',
    "set password = 'x'",
    'set global read_only = 0',
    'set @@global.read_only = 0',
    'start transaction read write',
    'set transaction read write',
    'set session transaction read write',
    'set tx_read_only = 0',
    'set transaction_read_only = @x',
    'set statement tx_read_only = 0 for delete from t',
    'select 1; delete from t where a = 1',
    'reset connection',
    'flush tables',
    "select 'unterminated",
    'select /* unterminated',
  ])('refuses %s', (text) => expect(judged({ readOnly: true }, text)).toBeDefined());
});

describe('no comment, string or character hides a statement', () => {
  it.each<[string, string | Buffer]>([
    ['a versioned comment', '/*!50000 delete from t where a = 1 */'],
    ['one of MariaDB', '/*M!100100 delete from t where a = 1 */'],
    ['one without a version', 'select 1 /*! ; delete from t where a = 1 */'],
    ['one that only some servers take', 'select 1 /*!99999 into outfile "/x" */'],
    ['two of different versions', 'select 1 /*!50000 union */ /*!40000 select 2 */'],
    ['figures nobody agrees on', 'select /*!400011 union select 2 */ 1'],
    ['a comment in one', 'select 1 /*!50000 /* */ delete from t */'],
    ['a comment that a quote seems to open', "select 1 /* ' */; delete from t where a = 1 -- '"],
    ['dashes that begin no comment', "select 1 --1; delete from t where a = '"],
    ['two backslashes before a quote', "select 'a\\\\'; delete from t where a = 1; -- '"],
    ['a quote within quotes', "select 'a''; delete from t where a = 1; -- "],
    [
      'half a letter of gbk before a quote',
      Buffer.from([...Buffer.from("select '"), 0xbf, 0x27, ...Buffer.from(' or 1')]),
    ],
    ['a space of latin1', Buffer.from([...Buffer.from('delete'), 0xa0, ...Buffer.from('from t')])],
    ['a zero byte', 'select 1\0; delete from t'],
  ])('%s', (_what, text) => expect(allowed({ readOnly: true }, text)).toBe(false));

  it('and what only looks like one is none', () => {
    for (const text of [
      "select '/*!50000 delete */'",
      'select `drop` from t -- delete from t',
      "select '; delete from t'",
      "select 'a\\'; delete from t; -- '",
    ])
      expect(judged({ readOnly: true, noDdl: true }, text)).toBeUndefined();
  });

  it('letters beyond ASCII are read where the server took UTF-8 only, whatever the client asked for', () => {
    const in_ = (charset: string | undefined): Partial<ReadBy> => ({
      variables: new Map([
        ['sql_mode', ''],
        ...(charset === undefined ? [] : [['character_set_client', charset] as const]),
      ]),
    });
    expect(allowed({ readOnly: true }, "select 'é' from größe")).toBe(true);
    expect(allowed({ readOnly: true }, "select 'é'", in_('gbk'))).toBe(false);
    expect(allowed({ readOnly: true }, "select 'é'", in_(undefined))).toBe(false);
    expect(allowed({ readOnly: true }, 'select 1', in_('gbk'))).toBe(true);
    for (const text of [
      'set names gbk',
      "set character_set_client = 'sjis'",
      'set names default',
      'set character set big5',
    ])
      expect(allowed({ readOnly: true }, text)).toBe(false);
  });

  it('nor does a mode in which it is read otherwise', () => {
    for (const mode of ['ANSI_QUOTES', 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES', 'ORACLE', '4'])
      expect(allowed({ readOnly: true }, 'select 1', { variables: new Map([['sql_mode', mode]]) })).toBe(false);
    for (const text of [
      "set sql_mode = 'ansi'",
      'set session sql_mode = concat(@@sql_mode, ",x")',
      'set sql_mode = 4',
      'set @@sql_mode = @x',
      "set sql_mode = 'ansi' '_quotes'",
      `set sql_mode = '${Array.from({ length: 12 }, () => 'ANSI_QUOTES').join(',')}'`,
      "set @@`sql_mode` = 'ansi_quotes'",
      "set @@session.`sql_mode` = 'ansi_quotes'",
      'set sql_mode = default',
    ])
      expect(allowed({ readOnly: true }, text)).toBe(false);
  });
});

describe('where is needed', () => {
  it.each<[string, boolean]>([
    ['delete from t', false],
    ['delete from t limit 5', false],
    ['delete from t where 1 = 1', false],
    ['delete from t where @a = 1', false],
    ['update t set a = 1', false],
    ['update t, u set t.a = u.a', false],
    ['delete t from t join u on t.a = u.a', false],
    ['truncate t', false],
    ['delete from t where a = 1', true],
    ['update t join u on t.a = u.a set t.b = 1 where u.c = 2', true],
    ['insert into t values (1) on duplicate key update a = 2', true],
    ['delete from t where a in (select b from u)', true],
  ])('%s', (text, is) => expect(allowed({ whereNeeded: true }, text)).toBe(is));
});

describe('a denied table', () => {
  const rules = { denyTables: ['hr.pay', 'audit.*', 'secrets'] };
  it.each<[string, boolean]>([
    ['select * from hr.pay', false],
    ['select * from `HR`.`Pay`', false],
    ['select * from hr . pay', false],
    ['select * from hr/**/./**/pay', false],
    ['select * from audit.log', false],
    ['select * from secrets', false],
    ['select * from other.secrets', false],
    ['select (select max(a) from hr.pay)', false],
    ['select * from t where a in (select a from hr.pay)', false],
    ['select * from t join (hr.pay as p) on 1', false],
    ['insert into t select * from hr.pay', false],
    ['insert into t table hr.pay', false],
    ['select a from t union table secrets', false],
    ['select a from t union table t', true],
    ['insert into hr.pay values (1)', false],
    ['update t, hr.pay set t.a = 1 where t.b = 2', false],
    ['delete from t using t join hr.pay where t.a = 1', false],
    ['create table x like hr.pay', false],
    ['create view v as select * from hr.pay', false],
    ['drop table t, hr.pay', false],
    ['drop database hr', false],
    ['alter table hr.pay rename to t', false],
    ['rename table hr.pay to t', false],
    ['truncate hr.pay', false],
    ['lock tables hr.pay read', false],
    ['show create table hr.pay', false],
    ['show columns from pay from hr', false],
    ['show index from hr.pay', false],
    ['describe hr.pay', false],
    ['grant select on hr.* to x', false],
    ['set @a = (select max(a) from hr.pay)', false],
    ['select * from t procedure analyse()', false],
    ['use hr; select * from pay', false],
    ['select * from pay', true],
    ['select * from shop.pay', true],
    ['select pay, hr from t', true],
    ['update t set pay = 1 where a = 1', true],
    ['use hr', true],
    ['/* so */ use `hr`;', true],
    ['use hr /*!50000 */', false],
    ['/*!50000 use hr */', false],
    ['use /*!50000 hr */', false],
    ['show warnings', true],
    ['show grants', true],
    ['show triggers from audit', false],
    ['show index from secrets', false],
    ['show index from pay', false],
  ])('%s', (text, is) => expect(allowed(rules, text)).toBe(is));

  it('is denied by its name alone in its database, and where there is none', () => {
    expect(allowed(rules, 'select * from pay', { database: () => 'HR' })).toBe(false);
    expect(allowed(rules, 'select * from pay', { database: () => undefined })).toBe(false);
    expect(allowed(rules, 'select * from log', { database: () => 'audit' })).toBe(false);
    expect(allowed(rules, 'show index from log', { database: () => 'audit' })).toBe(false);
    expect(allowed(rules, 'show warnings', { database: () => undefined })).toBe(true);
  });
});

describe('no other role, no DDL', () => {
  it.each<[Partial<StatementRules>, string, boolean]>([
    [{ keepRole: true }, 'set role admin', false],
    [{ keepRole: true }, 'set role none', false],
    [{ keepRole: true }, 'select current_role()', true],
    [{ noDdl: true }, 'create table x (a int)', false],
    [{ noDdl: true }, 'alter table t add column b int', false],
    [{ noDdl: true }, 'drop view v', false],
    [{ noDdl: true }, "set password for x = 'y'", false],
    [{ noDdl: true }, 'delete from t', true],
  ])('%j: %s', (rules, text, is) => expect(allowed(rules, text)).toBe(is));
});

describe('what hangs on itself too deep to be parsed is refused, and the parser lives on', () => {
  it.each([
    ['sums', `select 1${'+1'.repeat(20_000)}`],
    ['conditions', `select 1 from t where a${' or a'.repeat(5_000)}`],
    ['tests', `select a${' is null'.repeat(5_000)} from t`],
    ['ranges', `select a${' between 1 and 2'.repeat(3_000)} from t`],
    ['arrows', `select a${"->'x'".repeat(5_000)} from t`],
    ['unions', `select 1${' union select 1'.repeat(3_000)}`],
    ['brackets', `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['calls', `select ${'f('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['cases', `select ${'case when 1 then '.repeat(3_000)}1${' end'.repeat(3_000)}`],
    ['signs', `select ${'- '.repeat(20_000)}1`],
    ['casts', `select a${'::int'.repeat(5_000)}`],
    ['indexes', `select a${'[1]'.repeat(10_000)}`],
    ['collations', `select a${' collate utf8mb4_bin'.repeat(2_000)}`],
    ['text over what is read', `select '${'x'.repeat(70_000)}'`],
  ])('%s', (_what, text) => {
    expect(allowed({ readOnly: true }, text)).toBe(false);
    expect(allowed({ readOnly: true }, `select ${text.length}`)).toBe(true);
  });
  it('while long lists are read', () => {
    expect(allowed({ readOnly: true }, `select 1 in (${'-1, '.repeat(9_000)}1)`)).toBe(true);
    expect(allowed({ noDdl: true }, `insert into t values ${"(1, 'a', -2.5), ".repeat(2_000)}(1, 'a', 2)`)).toBe(true);
  });
});

it('what the parser finds no words in is refused, and the parser lives on: a name that begins with dots', () => {
  expect(judged({ readOnly: true }, "set sql........._m ''; select 1")).toBe(
    'it cannot be read, and there are rules for what statements may be',
  );
  expect(allowed({ readOnly: true }, 'select 4711')).toBe(true);
});

it('what is run in a versioned comment is kept on the record, and a password behind it is not', () => {
  expect(hidePasswords('/*!50000 drop table secret_plans */ /* password x */').text).toBe(
    '/*!50000 drop table secret_plans */ /* (hidden) */',
  );
  expect(hidePasswords("create user x /*!50000 identified by */ 'hunter2'").text).not.toContain('hunter2');
});

it("refuses an empty name, which the server reads otherwise: drop table ''", () => {
  expect(judged({ denyTables: ['hr.*'] }, "drop table ''")).toMatch(/cannot be (read|seen)/);
});
