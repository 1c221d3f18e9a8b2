import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StatementRules } from '../../port.ts';
import { hidePasswords } from './hide-passwords.ts';
import { refuseParameters } from './judge-parameters.ts';
import { judgeOf } from './judge-statement.ts';

beforeAll(() => loadModule());

const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };
const allowed = (rules: Partial<StatementRules>, text: string, parameters: Record<string, string> = {}): boolean =>
  judgeOf({ ...NONE, ...rules }, new Map(Object.entries(parameters)))(Buffer.from(text), text) === undefined;

describe('read only', () => {
  it.each([
    'select 1',
    'select * from t where a = $1 for share',
    'with a as (select 1) select * from a',
    'explain analyze select 1',
    'begin; select 1; commit',
    'copy (select 1) to stdout',
    'show all',
    'set statement_timeout = 5',
    'listen x',
    'declare c cursor for select 1',
    'fetch all from c',
    'prepare a as select $1::int',
    'execute a(1)',
    'begin read only',
    'table t',
    'values (1)',
    '',
    '-- nothing',
  ])('takes %s', (text) => expect(allowed({ readOnly: true }, text)).toBe(true));
  it.each([
    'insert into t values (1)',
    'update t set a = 1 where b',
    'delete from t where a = 1',
    'with gone as (delete from t where a = 1 returning *) select * from gone',
    'explain analyze delete from t where a = 1',
    'prepare a as delete from t where a = 1',
    'select * into u from t',
    'create table u as select 1',
    'copy t from stdin',
    "copy t to '/tmp/x'",
    "copy t to program 'sh'",
    'truncate t',
    'do $$ begin end $$',
    'call p()',
    'set transaction read write',
    'begin read write',
    'start transaction read write',
    'set session characteristics as transaction read write',
    'set default_transaction_read_only = off',
    'reset transaction_read_only',
    "select set_config('transaction_read_only', 'off', true)",
    "select set_config('transaction' || '_read_only', 'off', true)",
    "select nextval('s')",
    "select query_to_xml('delete from t', true, true, '')",
    "select dblink_exec('host=x', 'delete from t')",
    'select lo_unlink(1)',
    'select pg_catalog.lo_unlink(1)',
    'vacuum t',
    'merge into t using u on t.a = u.a when matched then delete',
    'select 1; drop table t',
    'select 1 /* ; */ ; drop table t',
    'this is no sql',
    "select 'unterminated",
    `select ${'('.repeat(200_000)}`,
    `select '${'x'.repeat(100_000)}'`,
    `select ${'1+'.repeat(9_000)}1`,
  ])('refuses %.80s', (text) => expect(allowed({ readOnly: true }, text)).toBe(false));
});

describe('the other rules', () => {
  it.each<[Partial<StatementRules>, string, boolean]>([
    [{ noDdl: true }, 'insert into t values (1)', true],
    [{ noDdl: true }, 'alter table t add b int', false],
    [{ noDdl: true }, 'grant all on t to x', false],
    [{ noDdl: true }, 'create role x', false],
    [{ noDdl: true }, 'select 1 into t', false],
    [{ whereNeeded: true }, 'delete from t', false],
    [{ whereNeeded: true }, 'delete from t where true', false],
    [{ whereNeeded: true }, 'update t set a = 1 where 1 = 1', false],
    [{ whereNeeded: true }, 'with x as (delete from t returning 1) select * from x', false],
    [{ whereNeeded: true }, 'truncate t', false],
    [{ whereNeeded: true }, 'delete from t where a = 1', true],
    [{ whereNeeded: true }, 'delete from t where current of c', true],
    [{ whereNeeded: true }, 'drop table t', true],
    [{ keepRole: true }, 'set role x', false],
    [{ keepRole: true }, 'set session authorization x', false],
    [{ keepRole: true }, "select set_config('role', 'x', false)", false],
    [{ keepRole: true }, "select set_config('ROLE', 'x', false)", false],
    [{ keepRole: true }, 'reset role', true],
    [{ keepRole: true }, 'select 1', true],
    [{ denyTables: ['hr.salaries'] }, 'select * from hr.salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'select * from "hr"."salaries" s', false],
    [{ denyTables: ['hr.salaries'] }, 'select * from HR.Salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'select * from salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'select (select max(a) from hr.salaries)', false],
    [{ denyTables: ['hr.salaries'] }, 'copy hr.salaries to stdout', false],
    [{ denyTables: ['hr.salaries'] }, 'truncate other, hr.salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'create view v as select * from hr.salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'lock table hr.salaries', false],
    [{ denyTables: ['hr.salaries'] }, 'set search_path = hr', false],
    [{ denyTables: ['hr.salaries'] }, 'select * from public.salaries', true],
    [{ denyTables: ['hr.*'] }, 'insert into hr.anything values (1)', false],
    [{ denyTables: ['hr.*'] }, 'select * from sales.orders', true],
    [{ denyTables: ['salaries'] }, 'select * from any_schema.salaries', false],
    [{ denyTables: ['salaries'] }, "create function f() returns int language sql as 'select 1'", false],
    [{ denyTables: ['salaries'] }, "do $$ begin execute 'select * from salaries'; end $$", false],
    [{ denyTables: ['salaries'] }, "select table_to_xml('salaries', true, true, '')", false],
  ])('%j: %s', (rules, text, is) => expect(allowed(rules, text)).toBe(is));

  it('refuse what would make a text read otherwise to the target', () => {
    for (const text of [
      'set standard_conforming_strings = off',
      "select set_config('standard_conforming_strings', 'off', false)",
      "set client_encoding = 'sjis'",
      "set names 'gbk'",
    ])
      expect(allowed({ noDdl: true }, text)).toBe(false);
    expect(
      allowed({ noDdl: true }, String.raw`select '\'' ; drop table t; --'`, { standard_conforming_strings: 'off' }),
    ).toBe(false);
    expect(allowed({ noDdl: true }, "select 'é'", { client_encoding: 'SJIS' })).toBe(false);
    expect(allowed({ noDdl: true }, "set names 'utf8'")).toBe(true);
  });

  it('hold from the first message on', () => {
    const refused = (key: string, value: string, rules: Partial<StatementRules>): boolean =>
      refuseParameters(new Map([[key, value]]), { ...NONE, ...rules }) !== undefined;
    expect(refused('role', 'postgres', { keepRole: true })).toBe(true);
    expect(refused('Role', 'postgres', { keepRole: true })).toBe(true);
    expect(refused('options', '-c role=postgres', { keepRole: true })).toBe(true);
    expect(refused('options', '-crole=postgres', { keepRole: true })).toBe(true);
    expect(refused('options', '--role=postgres', { keepRole: true })).toBe(true);
    expect(refused('options', String.raw`-c ro\le=postgres`, { keepRole: true })).toBe(true);
    expect(refused('options', '--session-authorization=postgres', { keepRole: true })).toBe(true);
    expect(refused('options', '-c default_transaction_read_only=off', { readOnly: true })).toBe(true);
    expect(refused('options', '-d 5', { readOnly: true })).toBe(true);
    expect(refused('options', '-c statement_timeout=5s -c geqo=off', { readOnly: true })).toBe(false);
    expect(refused('DateStyle', 'ISO', { readOnly: true })).toBe(false);
    expect(refuseParameters(new Map([['role', 'postgres']]), undefined)).toBeUndefined();
  });
});

describe('a password in a statement is not kept', () => {
  it.each([
    ["alter role lena password 'hunter2'", "alter role lena password '(hidden)'"],
    [
      "ALTER USER lena WITH ENCRYPTED PASSWORD E'hunter\\'2' VALID UNTIL 'tomorrow'",
      "ALTER USER lena WITH ENCRYPTED PASSWORD '(hidden)' VALID UNTIL 'tomorrow'",
    ],
    ['create role x password $q$hunter2$q$ login', "create role x password '(hidden)' login"],
    [
      "create user mapping for x server s options (user 'u', password 'hunter2')",
      "create user mapping for x server s options (user 'u', password '(hidden)')",
    ],
    [
      "select dblink_connect('host=h user=u password=hunter2')",
      "select dblink_connect('host=h user=u password=(hidden)')",
    ],
    ["update users set password = 'hunter2' where id = 5", "update users set password = '(hidden)' where id = 5"],
    [
      "do $$ begin execute 'alter role x password ''hunter2'''; end $$",
      "do $$ begin execute 'alter role x password (hidden)'; end $$",
    ],
    ["alter role x password 'hunter2", 'alter role x password (what follows is not kept: it may be a password)'],
    // nor is what was done hidden behind such a word
    [
      "select 1 as secret; do $$ begin execute 'drop table payroll'; end $$",
      "select 1 as secret; do $$ begin execute 'drop table payroll'; end $$",
    ],
    ['prepare secret as select $q$drop table payroll$q$', "prepare secret as select '(hidden: drop table)'"],
    ['/* password */ drop table payroll', '/* (hidden) */ drop table payroll'],
    [
      "select 1 as password; drop table hunter2; select '",
      'select 1 as password (what follows is not kept: it may be a password; it says: drop table select)',
    ],
    ["select 1 /* password hunter2 */, 'é' /* x */", "select 1 /* (hidden) */, 'é' /* x */"],
    ["select 'nothing to hide'", "select 'nothing to hide'"],
  ])('%s', (text, kept) => {
    const { text: shown } = hidePasswords(text);
    expect(shown).not.toContain('hunter');
    expect(shown).toBe(kept);
  });
  it('nor are the values it is run with', () => {
    expect(hidePasswords('update users set password = $1').hidesValues).toBe(true);
    expect(hidePasswords('update users set name = $1').hidesValues).toBe(false);
  });
});
