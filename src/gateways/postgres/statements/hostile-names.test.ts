import { expect, it } from 'vitest';
import { bind, execute, parse, query } from '#test/pg-rig/raw-client.ts';
import type { BegunStatement } from '../../port.ts';
import { BrokenFrame } from '../../database/index.ts';
import { FollowStatements } from './follow-statements.ts';

const followed = () => {
  const began: BegunStatement[] = [];
  const follow = new FollowStatements(
    {
      full: false,
      began: (one) => began.push(one) - 1,
      ended: () => {},
      close: () => {},
    },
    () => undefined,
    (text) => ({ text, hidesValues: false }),
  );
  const say = (message: Buffer): void => void follow.client(message[0] ?? 0, message, 0, message.length);
  return { began, say };
};

it('texts of prepared statements are remembered up to a limit; after it they are on the record once, and runs by name', () => {
  const { began, say } = followed();
  const long = (n: number): string => `select ${n}, '${'x'.repeat(1024 * 1024)}'`;
  for (let n = 0; n < 20; n += 1) say(parse(`s${n}`, long(n)));
  expect(began[19]?.text).toBe(long(19));
  for (const name of ['s0', 's19']) {
    say(bind('', name));
    say(execute());
  }
  expect(began.slice(20).map((s) => s.text.slice(0, 30))).toEqual([long(0).slice(0, 30), 'prepared statement "s19"']);
});

it('a client with more portals than are remembered is ended, since what it runs would be on no record', () => {
  const { began, say } = followed();
  say(query('begin'));
  say(parse('', 'select 1'));
  const open = (): void => {
    for (let n = 0; n <= 20_000; n += 1) say(bind(`p${n}`, ''));
  };
  expect(open).toThrow(BrokenFrame);
  say(execute('p0'));
  expect(began.at(-1)?.text).toBe('select 1');
});

it('nor are values remembered without end', () => {
  const { say } = followed();
  say(parse('', 'select $1'));
  const values = Array.from({ length: 500 }, () => 'x'.repeat(4000));
  const open = (): void => {
    for (let n = 0; n < 50; n += 1) say(bind(`p${n}`, '', ...values));
  };
  expect(open).toThrow(BrokenFrame);
});

it('a client that never asks for an answer is ended, since its statements would be kept without end', () => {
  const { began, say } = followed();
  const text = `select '${'x'.repeat(1024 * 1024)}'`;
  const ask = (): void => {
    for (let n = 0; n < 100; n += 1) say(parse('', text));
  };
  expect(ask).toThrow(BrokenFrame);
  expect(began.length).toBe(0);
});
