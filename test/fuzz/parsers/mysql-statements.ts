import { classifyText } from '#gateways/mysql/statements/classify-text.ts';
import { hidePasswords } from '#gateways/mysql/statements/hide-passwords.ts';
import { judgeOf } from '#gateways/mysql/statements/judge-statement.ts';
import { loadParser } from '#gateways/mysql/statements/parse-sql.ts';
import { mysqlOtherwise, mysqlStatement } from '../mysql-grammar.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, reworded, type Random } from '../random.ts';

// without it nothing can be read, and all is refused
await loadParser();

const judge = judgeOf(
  { readOnly: true, noDdl: true, whereNeeded: true, keepRole: true, denyTables: ['hr.*', 'salaries'] },
  {
    variables: new Map([
      ['sql_mode', 'STRICT_TRANS_TABLES'],
      ['character_set_client', 'utf8mb4'],
    ]),
    database: () => 'shop',
  },
);
const KINDS = ['writes', 'ddl', 'unbounded', 'opaque'] as const;
const DEEP = [
  (n: number) => `select ${'('.repeat(n)}1${')'.repeat(n)}`,
  (n: number) => `select ${'not '.repeat(n)}1`,
  (n: number) => `select 1 ${'union select 1 '.repeat(n)}`,
  (n: number) => `select ${'- '.repeat(n)}1`,
  (n: number) => `select * from ${'(select * from '.repeat(n)}t${') a'.repeat(n)}`,
];
const deep = (random: Random): string => oneOf(random, DEEP)(random(400));

/** What a statement surely does is found in it, or it is not read at all; nothing is thrown, and the next one is read as before. */
export const mysqlStatements: Parser = {
  name: 'mysql-statements',
  reads: 'SQL of MariaDB and MySQL: what it does, the passwords in it, whether rules refuse it',
  mostMs: 250,
  beyond: 80,
  one: (random) => {
    const written = mysqlStatement(random);
    let text = written.text;
    if (random(2) === 0) text = mysqlOtherwise(random, text);
    if (random(6) === 0) text = random(2) === 0 ? `select 1; ${text}` : `${text}; select 1`;
    const found = classifyText(text);
    for (const kind of KINDS)
      must(written[kind] !== true || found[kind] || found.unreadable, () => `not seen to be ${kind}: ${text}`);
    const { table } = written;
    must(
      table === undefined || found.unreadable || found.tables.some((one) => one.replace(/^\?/, '').endsWith(table)),
      () => `not seen to name ${String(table)}: ${text}, but ${found.tables.join()}`,
    );
    if (written.writes === true || written.opaque === true || found.unreadable)
      must(judge(Buffer.from(text), text) !== undefined, () => `let through: ${text}`);
    const shown = hidePasswords(text).text;
    must(written.password === undefined || !shown.includes(written.password), () => `kept: ${shown}`);

    const other = mysqlStatement(random).text;
    const way = random(8);
    const broken =
      way === 0
        ? deep(random)
        : way < 5
          ? reworded(random, text, other)
          : mangled(random, Buffer.from(text), [Buffer.from(other)]).toString(random(2) === 0 ? 'utf8' : 'latin1');
    const { tables, unreadable } = classifyText(broken);
    must(!unreadable || judge(Buffer.from(broken), broken) !== undefined, () => `let through unread: ${broken}`);
    must(!tables.includes(''), () => `a table without a name: ${broken}`);
    hidePasswords(broken);
    must(!unreadable || !classifyText(`select ${random(1_000)}`).unreadable, () => `nothing is read after: ${broken}`);
    if (found.unreadable) return AT_ONCE;
    return unreadable ? 'read, and not read once broken' : 'read, broken as well';
  },
};
