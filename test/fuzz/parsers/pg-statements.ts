import { loadModule } from 'libpg-query';
import { classifyText } from '#gateways/postgres/statements/classify-text.ts';
import { hidePasswords } from '#gateways/postgres/statements/hide-passwords.ts';
import { judgeOf } from '#gateways/postgres/statements/judge-statement.ts';
import { otherwise, statement } from '../grammar.ts';
import type { Parser } from '../parser.ts';
import { mangled, must, oneOf, reworded } from '../random.ts';
import { captured } from '../seeds.ts';

// without it nothing can be read, and all is refused
await loadModule();

const SEEDS = captured('sql');
const judge = judgeOf(
  { readOnly: true, noDdl: true, whereNeeded: true, keepRole: true, denyTables: ['hr.*', 'salaries'] },
  new Map([
    ['standard_conforming_strings', 'on'],
    ['client_encoding', 'UTF8'],
  ]),
);
const KINDS = ['writes', 'ddl', 'unbounded', 'opaque'] as const;

/** What a statement surely does is found in it, however it is written and whatever stands beside it; nothing is thrown. */
export const pgStatements: Parser = {
  name: 'pg-statements',
  reads: 'SQL: what it does, the passwords in it, whether rules refuse it',
  mostMs: 250,
  beyond: 100,
  one: (random) => {
    const written = statement(random);
    let text = written.text;
    if (random(2) === 0) text = otherwise(random, text);
    // of several the worst counts, wherever it stands
    if (random(5) === 0) text = random(2) === 0 ? `select 1; ${text}` : `${text}; select 1`;
    const found = classifyText(text);
    must(!found.unreadable, () => `not read: ${text}`);
    for (const kind of KINDS) must(written[kind] !== true || found[kind], () => `not seen to be ${kind}: ${text}`);
    must(
      written.table === undefined || found.tables.includes(written.table),
      () => `not seen to name ${written.table}: ${text}, but ${found.tables.join()}`,
    );
    if (written.writes === true || written.opaque === true)
      must(judge(Buffer.from(text), text) !== undefined, () => `let through: ${text}`);
    const shown = hidePasswords(text).text;
    must(written.password === undefined || !shown.includes(written.password), () => `kept: ${shown}`);

    const seed = random(3) === 0 ? oneOf(random, SEEDS) : Buffer.from(text);
    const broken =
      random(2) === 0
        ? reworded(random, seed.toString('utf8'), statement(random).text)
        : mangled(random, seed, SEEDS).toString(random(2) === 0 ? 'utf8' : 'latin1');
    const { tables, unreadable } = classifyText(broken);
    must(!unreadable || judge(Buffer.from(broken), broken) !== undefined, () => `let through unread: ${broken}`);
    must(
      tables.every((table) => table !== ''),
      () => 'a table without a name',
    );
    hidePasswords(broken);
    return unreadable ? 'read, and not read once broken' : 'read, broken as well';
  },
};
