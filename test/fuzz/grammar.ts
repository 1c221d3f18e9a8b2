import { oneOf, type Random } from './random.ts';

/** What a statement does, as far as whoever wrote it knows. */
export interface Written {
  readonly text: string;
  readonly writes?: true;
  readonly ddl?: true;
  readonly unbounded?: true;
  readonly opaque?: true;
  /** A table it surely names. */
  readonly table?: string;
  /** A password that is in it. */
  readonly password?: string;
}

const TABLES = ['t', 'public.orders', '"Weird ""name"', 'salaries', 'hr.salaries', 'täble'];
/** As catalogues keep a name that was written. */
const kept = (table: string): string =>
  table.startsWith('"') ? table.slice(1, -1).replaceAll('""', '"') : table.toLowerCase();
const COLUMNS = ['a', 'b.c', '*', 'count(*)', '(x).y', "'text'", '1', 'null', '$1', 'current_user'];
const some = (random: Random, most: number, make: () => string, between: string): string =>
  Array.from({ length: 1 + random(most) }, make).join(between);

function value(random: Random, deep: number): string {
  if (deep <= 0)
    return oneOf(random, [
      '1',
      "'x'",
      "E'\\''",
      '$$y$$',
      '$a$;drop$a$',
      'null',
      'a',
      "'it''s'",
      '1e10',
      "U&'\\0041'",
      "B'01'",
    ]);
  const inner = (): string => value(random, deep - 1);
  return oneOf(random, [
    () => `(${inner()} + ${inner()})`,
    () => `coalesce(${inner()}, ${inner()})`,
    () => `case when ${inner()} is null then ${inner()} end`,
    () => `(select ${inner()})`,
    () => `array[${inner()}, ${inner()}]`,
    () => `(${inner()})::text`,
    inner,
  ])();
}

function query(random: Random, deep: number, table: string): string {
  const where = random(2) === 0 ? ` where a = ${value(random, deep)}` : '';
  const joined = random(3) === 0 ? ` join ${oneOf(random, TABLES)} j on j.a = x.a` : '';
  const tail = oneOf(random, [
    '',
    ' limit 3',
    ' order by 1 desc',
    ' group by 1 having count(*) > 1',
    ' for share',
    ' union all select 1',
  ]);
  return `select ${some(random, 3, () => oneOf(random, COLUMNS), ', ')} from ${table} x${joined}${where}${tail}`;
}

/** A statement of PostgreSQL, and what it does. */
export function statement(random: Random): Written {
  const table = oneOf(random, TABLES);
  const named = { table: kept(table) };
  const deep = random(4);
  const where = ` where a = ${value(random, deep)}`;
  return oneOf<() => Written>(random, [
    () => ({ text: query(random, deep, table), ...named }),
    () => ({ text: `with w as (${query(random, deep, table)}) select * from w`, ...named }),
    () => ({ text: `with w as (delete from ${table}${where} returning *) select * from w`, writes: true, ...named }),
    () => ({ text: `insert into ${table} values (${value(random, deep)})`, writes: true, ...named }),
    () => ({ text: `update ${table} set a = ${value(random, deep)}${where}`, writes: true, ...named }),
    () => ({ text: `update ${table} set a = ${value(random, 0)}`, writes: true, unbounded: true, ...named }),
    () => ({ text: `delete from ${table}`, writes: true, unbounded: true, ...named }),
    () => ({ text: `truncate ${table}`, writes: true, unbounded: true, ...named }),
    () => ({ text: `explain analyze delete from ${table}${where}`, writes: true, ...named }),
    () => ({ text: `prepare p as update ${table} set a = 1${where}`, writes: true, ...named }),
    () => ({ text: `declare c cursor for ${query(random, deep, table)}`, ...named }),
    () => ({ text: `copy ${table} from stdin`, writes: true, ...named }),
    () => ({ text: `copy ${table} to program 'cat'`, opaque: true, ...named }),
    () => ({ text: `create table n as ${query(random, deep, table)}`, writes: true, ddl: true, ...named }),
    () => ({ text: `select * into n from ${table}`, writes: true, ddl: true, ...named }),
    () => ({ text: `drop table ${table} cascade`, writes: true, ddl: true, ...named }),
    () => ({ text: `alter table ${table} add column z int`, writes: true, ddl: true, ...named }),
    () => ({ text: `grant all on ${table} to public`, writes: true, ddl: true }),
    () => ({ text: `do $$ begin delete from ${table}; end $$`, opaque: true }),
    () => ({ text: `merge into ${table} m using u on m.a = u.a when matched then delete`, writes: true, ...named }),
    () => ({
      text: `create function f() returns int language sql as $f$ ${query(random, 0, table)} $f$`,
      opaque: true,
      ddl: true,
    }),
    () => ({ text: `alter role app password 'Geheim-7-Kraehe'`, writes: true, ddl: true, password: 'Geheim-7-Kraehe' }),
    () => ({
      text: `create user u with encrypted password E'Geheim-7-Kraehe'`,
      ddl: true,
      password: 'Geheim-7-Kraehe',
    }),
    () => ({
      text: `set ${oneOf(random, ['role x', 'search_path = a, b', 'session authorization y', 'local statement_timeout = 1'])}`,
    }),
    () => ({
      text: oneOf(random, [
        'begin',
        'commit',
        'rollback to s',
        'listen x',
        "notify x, 'y'",
        'show all',
        'vacuum',
        'discard all',
      ]),
    }),
  ])();
}

const BETWEEN = [' ', '\n', '\t', '/**/', '/* /* nested */ */', '-- x\n', '  ', '/* ; drop table t; */'];

/** The same statement otherwise written: other spaces and comments between words, words in capitals. Nothing in quotes changes. */
export function otherwise(random: Random, text: string): string {
  if (/[$'"\\]/u.test(text)) return `${oneOf(random, BETWEEN)}${text}${oneOf(random, BETWEEN)}`;
  return text
    .split(' ')
    .map((word) => (random(3) === 0 && !/[äöü]/u.test(word) ? word.toUpperCase() : word))
    .reduce((all, word) => `${all}${oneOf(random, BETWEEN)}${word}`);
}
