import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StatementRules } from '../../port.ts';
import { judgeOf } from './judge-statement.ts';

beforeAll(() => loadModule());

const NONE: StatementRules = { readOnly: false, noDdl: false, whereNeeded: false, keepRole: false, denyTables: [] };
const allowed = (rules: Partial<StatementRules>, text: string): boolean =>
  judgeOf({ ...NONE, ...rules }, new Map())(Buffer.from(text), text) === undefined;

describe('what a session runs under is not set by another way than SET', () => {
  it.each<[Partial<StatementRules>, string, boolean]>([
    [{ denyTables: ['hr.pay'] }, "update pg_settings set setting = 'hr' where name = 'search_path'", false],
    [{ noDdl: true }, "update pg_catalog.pg_settings set setting = 'off' where name like 'standard%'", false],
    [{ denyTables: ['hr.pay'] }, 'create view v as select * from pg_settings', false],
    [{ denyTables: ['hr.pay'] }, 'select * from pg_settings', true],
    [{ keepRole: true }, "alter role me set role = 'admin'", false],
    [{ keepRole: true }, "alter role me in database d set role to 'admin'", false],
    [{ denyTables: ['hr.pay'] }, 'alter database d set search_path = hr', false],
    [{ keepRole: true }, 'alter role me set work_mem = 64', true],
    [{ readOnly: true }, 'set transaction_read_only to default', false],
    [{ keepRole: true }, 'set session authorization default', true],
  ])('%j: %s', (rules, text, is) => expect(allowed(rules, text)).toBe(is));
});

describe('a function that reaches further is seen however it is called', () => {
  it.each<[string, boolean]>([
    ["select ('/etc/passwd'::text).pg_read_file", false],
    ["select t.pg_read_file from unnest(array['/etc/passwd']) t", false],
    ['select t."lo_unlink" from unnest(array[5::oid]) t', false],
    ["select ('s'::regclass).nextval", false],
    ["create aggregate a(text, boolean) (sfunc = set_config, stype = text, initcond = 'role')", false],
    ['create operator ### (function = pg_read_file, rightarg = text)', false],
    ['select l.lo_orderkey, (l).lo_tax from lineorder l', true],
  ])('%s', (text, is) => expect(allowed({ readOnly: true }, text)).toBe(is));
  it('though more than reading is allowed', () => {
    const text = "create aggregate a(text, boolean) (sfunc = set_config, stype = text, initcond = 'role')";
    expect(allowed({ keepRole: true }, text)).toBe(false);
    expect(allowed({ denyTables: ['hr.pay'] }, 'create operator ### (function = ts_stat, rightarg = text)')).toBe(
      false,
    );
  });
});

describe('what changes every row needs a where that looks at them', () => {
  it.each<[string, boolean]>([
    ['merge into t using (values (1)) v on true when matched then delete', false],
    ['merge into t using (values (1)) v on true when matched then update set a = 1', false],
    ['merge into t using u on t.a = u.a when not matched by source then delete', false],
    ['merge into t using u on t.a = u.a when matched then delete', true],
    ['merge into t using u on true when matched and t.a = 1 then delete', true],
    ['merge into t using u on true when not matched then insert values (1)', true],
    ['delete from t where (select true)', false],
    ['update t set a = 1 where exists (select 1)', false],
    ['delete from t where a in (select 1)', true],
    ['delete from t where exists (select from u where u.a = t.a)', true],
  ])('%s', (text, is) => expect(allowed({ whereNeeded: true }, text)).toBe(is));
});

describe('a name without its schema may be of the one that is denied', () => {
  it.each<[string, boolean]>([
    ['select * from pay', false],
    ['with a as (select 1) select * from a, pay', false],
    ['with pay as (select * from pay) select * from pay', false],
    ['with a as (select * from b), b as (select 1) select * from a', false],
    ['select (with pay as (select 1) select 1), (select max(a) from pay)', false],
    ['with pay as (select 1) select 1; select * from pay', false],
    ['with pay as (select 1 as a) insert into pay select a from public.t', false],
    ['with pay as (select 1 as a) delete from pay where a = 1', false],
    ['select 1 into pay', false],
    ['with a as (select 1), b as (select * from a) select * from b union select * from a', true],
    ['with recursive a as (select 1 as n union all select n + 1 from a where n < 5) select * from a', true],
    ['with a as (select 1 as n) update public.t set a = 1 where b in (select n from a)', true],
    ['with a as (select 1 as n) merge into public.t using a on a.n = t.a when matched then delete', true],
    ['select * from public.t x for update of x', true],
  ])('%s', (text, is) => expect(allowed({ denyTables: ['hr.*'] }, text)).toBe(is));
});

describe('a denied table is denied to statements that name it in a list, or its whole schema', () => {
  it.each<[string, boolean]>([
    ['drop table public.t, hr.pay', false],
    ['drop table pay', false],
    ['drop view if exists hr.pay cascade', false],
    ['drop trigger t on hr.pay', false],
    ['drop policy p on pay', false],
    ["comment on table hr.pay is 'x'", false],
    ["comment on column hr.pay.a is 'x'", false],
    ['drop schema hr cascade', false],
    ['alter schema hr rename to y', false],
    ['alter schema hr owner to me', false],
    ['grant select on all tables in schema hr to me', false],
    ['drop table public.t, sales.pay', true],
    ['drop schema sales', true],
    ['alter table public.t rename to pay2', true],
    ['grant select on all tables in schema sales to me', true],
  ])('%s', (text, is) => expect(allowed({ denyTables: ['hr.pay'] }, text)).toBe(is));
});

describe('a denied name beyond ASCII is denied in every encoding', () => {
  const rules = { ...NONE, denyTables: ['счета'] };
  const inCyrillic = Buffer.from([...Buffer.from('select * from '), 0xf1, 0xf7, 0xe5, 0xf2, 0xe0]);
  const judged = (encoding: string, raw: Buffer, text = raw.toString('latin1')): boolean =>
    judgeOf(rules, new Map([['client_encoding', encoding]]))(raw, text) === undefined;
  it('as it is not read for sure in another than UTF-8', () => {
    expect(judged('WIN1251', inCyrillic)).toBe(false);
    expect(judged('UTF8', Buffer.from('select * from счета'), 'select * from счета')).toBe(false);
    expect(judged('UTF8', Buffer.from('select * from других'), 'select * from других')).toBe(true);
    expect(judged('WIN1251', Buffer.from('select 1'))).toBe(true);
  });
  it('and another is not set', () => {
    expect(allowed(rules, "set client_encoding = 'win1251'")).toBe(false);
    expect(allowed(rules, "set client_encoding = 'utf8'")).toBe(true);
    expect(allowed({ denyTables: ['hr.pay'] }, "set client_encoding = 'win1251'")).toBe(true);
  });
});
