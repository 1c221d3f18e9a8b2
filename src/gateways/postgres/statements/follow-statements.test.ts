import { describe, expect, it } from 'vitest';
import { bind, describe as describeName, execute, parse, query, sync } from '#test/pg-rig/raw-client.ts';
import { BrokenFrame } from '../../database/index.ts';
import { TARGET_TYPES } from '../relay/message-types.ts';
import { errorResponse, fieldsOf, frame, T } from '../wire/messages.ts';
import { FollowStatements } from './follow-statements.ts';

/** What the target says, by its letter; of `C` and `E` what follows it. */
const said: Readonly<Record<string, (words: string) => Buffer>> = {
  1: () => frame(T.parseComplete),
  2: () => frame(T.bindComplete),
  3: () => frame(T.closeComplete),
  n: () => frame(T.noData),
  t: () => frame(T.parameterDescription, Buffer.alloc(2)),
  T: () => frame(T.rowDescription, Buffer.alloc(2)),
  D: () => frame(T.dataRow, Buffer.alloc(2)),
  G: () => frame(T.copyIn, Buffer.alloc(3)),
  C: (tag) => frame(T.commandComplete, tag),
  I: () => frame(T.emptyQuery),
  s: () => frame(T.portalSuspended),
  E: (code) => errorResponse({ severity: code === '57P01' ? 'FATAL' : 'ERROR', code, message: `it is ${code}` }),
  /** Ready, outside a transaction; `Zt`: within one. */
  Z: (status) => frame(T.ready, Buffer.from(status === 't' ? 'T' : 'I')),
};

/** A conversation of a client with a target, whose rules refuse what says `forbidden`, and what is on the record of it. */
function converse() {
  const record: string[] = [];
  const told = (n: number, what: string): void => {
    record[n] = `${record[n]} -> ${what}`;
  };
  const follow = new FollowStatements(
    {
      full: false,
      began: ({ text, via, values, refused }) =>
        record.push(
          `${via}: ${text}${values === undefined ? '' : ` ${JSON.stringify(values)}`}${refused === undefined ? '' : ' (refused)'}`,
        ) - 1,
      ended: (n, { tag, rows, error, unanswered }) =>
        told(
          n,
          [tag, rows === undefined ? undefined : `${rows} rows`, error?.code, unanswered && 'unanswered']
            .filter((part) => part !== undefined)
            .join(', ') || 'done',
        ),
      close: ({ in: came, out }) => record.push(`closed after ${came} and ${out} bytes`),
    },
    (_raw, text) => (text.includes('forbidden') ? 'nobody may' : undefined),
    (text) => ({ text: text.replace(/'.*'/, "'…'"), hidesValues: text.includes('password') }),
  );
  const client = (...messages: readonly Buffer[]): (Buffer | undefined)[] =>
    messages.map((message) => follow.client(message[0] ?? 0, message, 0, message.length));
  const target = (...words: readonly string[]): (Buffer | undefined)[] =>
    words.map((word) => {
      const message = said[word[0] ?? '']?.(word.slice(1));
      if (message === undefined) throw new Error(`no message ${word}`);
      const type = message[0] ?? 0;
      if (TARGET_TYPES.get(type) === 'hold') return follow.target(type, message, 0, message.length);
      follow.targetFlows(type);
      return undefined;
    });
  return { record, follow, client, target };
}
const close = (of: 'S' | 'P', name: string): Buffer => frame(T.close, Buffer.from(of), name);
const run = (text: string, ...values: readonly string[]): Buffer[] => [
  parse('', text),
  bind('', '', ...values),
  execute(),
  sync,
];
const ran = (tag: string): string[] => ['1', '2', `C${tag}`, 'Z'];

describe('what is on the record', () => {
  it('of a simple query: its text without passwords, what the target said of it, and how many rows', () => {
    const it = converse();
    it.client(query("alter role a password 'x'"));
    it.target('CALTER ROLE', 'Z');
    it.client(query('select 1; update t set a = 1; copy t to stdout'));
    it.target('T', 'D', 'CSELECT 1', 'CUPDATE 12', 'CCOPY 3', 'Z');
    it.client(query(''));
    it.target('I', 'Z');
    expect(it.record).toEqual([
      "simple: alter role a password '…' -> ALTER ROLE",
      'simple: select 1; update t set a = 1; copy t to stdout -> SELECT 1; UPDATE 12; COPY 3, 16 rows',
      'simple:  -> done',
    ]);
    expect(it.follow.waiting).toBe(0);
  });

  it('of several statements of which one fails: what came before, and the error', () => {
    const it = converse();
    it.client(query('insert into t values (1); select 1/0; select 2'));
    it.target('CINSERT 0 1', 'E22012', 'Z');
    expect(it.record).toEqual(['simple: insert into t values (1); select 1/0; select 2 -> INSERT 0 1, 1 rows, 22012']);
  });

  it('of a prepared statement: each run with its values, which are hidden where the text says so', () => {
    const it = converse();
    it.client(parse('s', 'select $1'), describeName('S', 's'), sync);
    it.target('1', 't', 'T', 'Z');
    for (const value of ['a', 'b']) {
      it.client(bind('', 's', value), execute(), sync);
      it.target('2', 'D', 'CSELECT 1', 'Z');
    }
    it.client(...run('select set_password($1)', 'hush'));
    it.target(...ran('SELECT 1'));
    expect(it.record).toEqual([
      'prepare: select $1 -> done',
      'prepared: select $1 ["a"] -> SELECT 1, 1 rows',
      'prepared: select $1 ["b"] -> SELECT 1, 1 rows',
      'prepared: select set_password($1) [{"hidden":true}] -> SELECT 1, 1 rows',
    ]);
  });

  it('of a portal that is read in pieces: each piece', () => {
    const it = converse();
    it.client(parse('', 'select n'), bind('p', ''), execute('p'), execute('p'), close('P', 'p'), sync);
    it.target('1', '2', 'D', 's', 'D', 'CSELECT 1', '3', 'Z');
    expect(it.record).toEqual(['prepared: select n -> done', 'prepared: select n -> SELECT 1, 1 rows']);
  });

  it('of a session that ends: what nobody answered', () => {
    const it = converse();
    it.client(query('select pg_sleep(60)'));
    it.target('E57P01');
    it.follow.close({ in: 10, out: 20 });
    expect(it.record).toEqual(['simple: select pg_sleep(60) -> unanswered', 'closed after 10 and 20 bytes']);
  });

  it('of a pipeline that a target ends with the session: that nobody answered it', () => {
    const it = converse();
    it.client(...run('select 1'));
    it.target('1', '2', 'E57P01');
    it.follow.close({ in: 1, out: 2 });
    expect(it.record[0]).toBe('prepared: select 1 -> unanswered');
  });
});

describe('where something fails in a pipeline', () => {
  it('an execute: what comes after it up to the Sync is unanswered, and then all goes on', () => {
    const it = converse();
    it.client(parse('', 'select 1/0'), bind('', ''), execute(), parse('', 'select 2'), bind('', ''), execute(), sync);
    it.target('1', '2', 'E22012', 'Z');
    it.client(...run('select 3'));
    it.target(...ran('SELECT 1'));
    expect(it.record).toEqual([
      'prepared: select 1/0 -> 22012',
      'prepared: select 2 -> unanswered',
      'prepared: select 3 -> SELECT 1, 1 rows',
    ]);
  });

  it('and what was on its way already may be of what holds again, which is on the record as well', () => {
    const it = converse();
    it.client(
      parse('', 'select 1/0'),
      bind('', ''),
      execute(),
      parse('', 'select 2'),
      sync,
      bind('', ''),
      execute(),
      sync,
    );
    it.target('1', '2', 'E22012', 'Z', '2', 'CSELECT 1', 'Z');
    expect(it.record).toEqual([
      'prepared: select 1/0 -> 22012',
      'prepared: select 2 -> SELECT 1, 1 rows',
      'kept: select 1/0 -> unanswered',
    ]);
  });

  it('a Bind: it is told with the execute it was for', () => {
    const it = converse();
    it.client(parse('', 'select $1::int'), bind('', '', 'x'), execute(), sync);
    it.target('1', 'E22P02', 'Z');
    expect(it.record).toEqual(['prepared: select $1::int ["x"] -> 22P02']);
  });

  it('a Bind that nothing executes: it is on the record by itself', () => {
    const it = converse();
    it.client(parse('', 'select $1::int'), bind('', '', 'x'), sync);
    it.target('1', 'E22P02', 'Z');
    expect(it.record).toEqual(['bind: select $1::int -> 22P02']);
  });

  it('a Bind that nothing executes, before what runs another: that one is unanswered', () => {
    const it = converse();
    it.client(parse('', 'select $1::int'), bind('', '', 'x'), ...run('select 2'));
    it.target('1', 'E22P02', 'Z');
    expect(it.record).toEqual(['prepared: select 2 -> unanswered', 'bind: select $1::int -> 22P02']);
  });

  it('a Parse: with its error, and what would have run is unanswered', () => {
    const it = converse();
    it.client(...run('selec 1'));
    it.target('E42601', 'Z');
    expect(it.record).toEqual(['prepared: selec 1 -> unanswered', 'parse: selec 1 -> 42601']);
  });

  it('names that were given in what was skipped mean what they meant before', () => {
    const it = converse();
    it.client(parse('s', 'select 1'), sync);
    it.target('1', 'Z');
    it.client(parse('', 'select 1/0'), bind('', ''), execute());
    it.client(close('S', 's'), parse('s', 'select 2'), sync);
    it.target('1', '2', 'E22012', 'Z');
    it.client(bind('', 's'), execute(), sync);
    it.target('2', 'CSELECT 1', 'Z');
    expect(it.record).toEqual([
      'prepare: select 1 -> done',
      'prepared: select 1/0 -> 22012',
      'prepare: select 2 -> unanswered',
      'prepared: select 1 -> SELECT 1, 1 rows',
    ]);
  });

  it('what a client says before it hears of the error is skipped, and judged all the same', () => {
    const it = converse();
    it.client(parse('', 'select 1/0'), bind('', ''), execute());
    it.target('1', '2', 'E22012');
    const [passed, replaced] = it.client(query('select 1'), query('drop forbidden'));
    expect(passed).toBeUndefined();
    expect(replaced?.toString()).not.toContain('drop');
    expect(it.record).toEqual(['prepared: select 1/0 -> 22012']);
    it.client(sync);
    it.target('Z');
    it.client(query('select 2'));
    it.target('CSELECT 1', 'Z');
    expect(it.record).toHaveLength(2);
  });

  it('the commit of what was not in a transaction: it is on the record as that', () => {
    const it = converse();
    it.client(...run('insert into t values (1)'));
    it.target('1', '2', 'CINSERT 0 1', 'E23505', 'Z');
    expect(it.record).toEqual([
      'prepared: insert into t values (1) -> INSERT 0 1, 1 rows',
      'sync: (end of an implicit transaction) -> 23505',
    ]);
  });
});

describe('what rules refuse', () => {
  const saysWhy = (message: Buffer | undefined): string | undefined =>
    message === undefined ? undefined : fieldsOf(message).get('M');

  it('a simple query: something without meaning goes in its place, and its error becomes the reason', () => {
    const it = converse();
    const [instead] = it.client(query('drop table forbidden'));
    expect(instead?.toString()).not.toContain('drop');
    expect(it.target('E42601').map(saysWhy)).toEqual(['Reeve: nobody may']);
    it.target('Z');
    expect(it.record).toEqual(['simple: drop table forbidden (refused) -> 42501']);
    expect([it.follow.statements, it.follow.refused]).toEqual([1, 1]);
  });

  it('a Parse: nothing can be run by its name', () => {
    const it = converse();
    const [instead] = it.client(parse('s', 'drop table forbidden'), bind('', 's'), execute(), sync);
    expect(instead?.toString()).not.toContain('drop');
    expect(it.target('E42601').map(saysWhy)).toEqual(['Reeve: nobody may']);
    it.target('Z');
    expect(it.record).toEqual([
      'prepare: drop table forbidden (refused) -> 42501',
      'prepared: prepared statement "s" -> unanswered',
    ]);
  });

  it('a call of a function by its number cannot be read, and is judged as that', () => {
    const it = converse();
    it.client(frame(T.functionCall, Buffer.from([0, 0, 4, 0, 0, 0, 0, 0, 0, 0])));
    expect(it.record).toEqual(['function call: function call of oid 1024']);
  });
});

describe('what names mean', () => {
  it('a portal lives no longer than its transaction', () => {
    const it = converse();
    it.client(query('begin'));
    it.target('CBEGIN', 'Zt');
    it.client(parse('', 'select 1'), bind('p', ''), sync);
    it.target('1', '2', 'Zt');
    it.client(execute('p'), sync);
    it.target('CSELECT 1', 'Zt');
    it.client(query('commit'));
    it.target('CCOMMIT', 'Z');
    it.client(execute('p'), sync);
    expect(it.record.filter((line) => line.startsWith('prepared'))).toEqual([
      'prepared: select 1 -> SELECT 1, 1 rows',
      'prepared: cursor "p"',
    ]);
  });

  it('a simple query forgets the statement without a name', () => {
    const it = converse();
    it.client(...run('select 1'));
    it.target(...ran('SELECT 1'));
    it.client(query('select 2'));
    it.target('CSELECT 1', 'Z');
    it.client(bind('', ''), execute(), sync);
    expect(it.record.at(-1)).toBe('prepared: prepared statement ""');
  });

  it('SQL that prepares or forgets by itself: what a name means then, nobody knows', () => {
    const it = converse();
    it.client(parse('s', 'select 1'), sync);
    it.target('1', 'Z');
    it.client(query('deallocate s; prepare s as select 2'));
    it.target('CDEALLOCATE', 'CPREPARE', 'Z');
    it.client(bind('', 's'), execute(), sync);
    expect(it.record.at(-1)).toBe('prepared: prepared statement "s"');
  });
});

describe('a copy', () => {
  it('is one statement to its end, however the client ends it', () => {
    const it = converse();
    for (const end of [frame(T.copyDone), frame(T.copyFail, 'enough')]) {
      it.client(query('copy t from stdin'));
      it.target('G');
      it.client(sync, end);
      it.target(...(end[0] === T.copyDone ? ['CCOPY 2', 'Z'] : ['E57014', 'Z']));
    }
    expect(it.record).toEqual(['simple: copy t from stdin -> COPY 2, 2 rows', 'simple: copy t from stdin -> 57014']);
    expect(it.follow.waiting).toBe(0);
  });

  it('is over for the client when it said so, before it hears of it', () => {
    const it = converse();
    it.client(query('copy t from stdin'));
    it.target('G');
    it.client(frame(T.copyDone), query('select 1'));
    it.target('CCOPY 2', 'Z', 'CSELECT 1', 'Z');
    expect(it.record).toEqual(['simple: copy t from stdin -> COPY 2, 2 rows', 'simple: select 1 -> SELECT 1, 1 rows']);
  });

  it('takes no statement in its middle', () => {
    const it = converse();
    it.client(query('copy t from stdin'));
    it.target('G');
    expect(() => it.client(query('select 1'))).toThrow(BrokenFrame);
  });
});

it.each([
  ['ready without a question', [], ['Z']],
  ['ready before what was asked is answered', run('select 1'), ['1', '2', 'Z']],
  ['a statement that ended and was not asked', [], ['CSELECT 1']],
  ['a parse that was none', [query('select 1')], ['1']],
  ['a bind before its parse', run('select 1'), ['2']],
  ['a row that nobody asked for', [], ['D']],
  ['a copy that nobody asked for', [sync], ['G']],
  ['a close that was none', [sync], ['3']],
])('a target that says what fits nothing is a broken one: %s', (_what, client, target) => {
  const it = converse();
  it.client(...client);
  expect(() => it.target(...target)).toThrow(BrokenFrame);
});

it('takes what a target is ready for from its own message alone', () => {
  const it = converse();
  it.client(query('begin'), bind('p', ''), sync);
  // what comes next begins with the letter of a session outside a transaction
  const bytes = Buffer.concat([frame(T.ready), frame(T.emptyQuery)]);
  expect(() => it.follow.target(T.ready, bytes, 0, 5)).toThrow(BrokenFrame);
  expect(() => it.follow.target(T.ready, Buffer.concat([frame(T.ready, Buffer.from('II'))]), 0, 7)).toThrow(
    BrokenFrame,
  );
});
