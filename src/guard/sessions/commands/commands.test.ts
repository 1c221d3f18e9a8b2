import { expect, test } from 'vitest';
import { FollowCommands } from './follow-commands.ts';

/** Typed keys and what a terminal showed for them, in turn. */
const follow = (steps: readonly (readonly ['keys' | 'shows', string])[], size = { cols: 40, rows: 6 }): string[] => {
  const found: string[] = [];
  const commands = new FollowCommands(size, (command) => found.push(command));
  for (const [what, text] of steps)
    if (what === 'keys') commands.typed(Buffer.from(text));
    else for (const byte of Buffer.from(text)) commands.shown(Buffer.of(byte));
  return found;
};

test('a command is what the line shows when it is entered, without its prompt', () => {
  const steps = [
    ['shows', '\u001b]0;lena@web1: ~\u0007\u001b[01;32mlena@web1\u001b[00m:~$ '],
    ['keys', 'ls -l'],
    ['shows', 'ls -l'],
    ['keys', '\r'],
    ['shows', '\r\ntotal 0\r\nlena@web1:~$ '],
    ['keys', '\u001b[A'],
    ['shows', 'ls -l'],
    ['keys', '\u007f\u007f/etc\r'],
    ['shows', '\b\u001b[K\b\u001b[K/etc\r\n/etc\r\nlena@web1:~$ '],
  ] as const;
  expect(follow(steps)).toEqual(['ls -l', 'ls /etc']);
});

test('what answers a prompt that does not echo is no command, nor is a mask', () => {
  const steps = [
    ['shows', '$ '],
    ['keys', 'sudo id'],
    ['shows', 'sudo id'],
    ['keys', '\r'],
    ['shows', '\r\n[sudo] password for lena: '],
    ['keys', 'hunter2'],
    ['keys', '\r'],
    ['shows', '\r\nuid=0(root)\r\nPIN: '],
    ['keys', '1234'],
    ['shows', '****'],
    ['keys', '\r'],
    ['shows', '\r\n$ '],
  ] as const;
  expect(follow(steps)).toEqual(['sudo id']);
});

test('a line that wraps is one command, also at the bottom of the screen', () => {
  const long = `echo ${'abcdefghij'.repeat(9)} end`;
  const steps = [
    ['shows', '\r\n\r\n\r\n\r\n\r\n$ '],
    ['keys', long],
    ['shows', long],
    ['keys', '\r'],
    ['shows', '\r\n$ '],
  ] as const;
  expect(follow(steps)).toEqual([long]);
});

test('lines that are pasted at once are found each, what they print is not', () => {
  const steps = [
    ['shows', '$ '],
    ['keys', 'true'],
    ['shows', 'true'],
    ['keys', '\r'],
    ['shows', '\r\n$ '],
    ['keys', 'echo a\recho b\r'],
    ['shows', 'echo a\r\na\r\n$ echo b\r\nb\r\n$ '],
  ] as const;
  expect(follow(steps)).toEqual(['true', 'echo a', 'echo b']);
});

test('nothing is found in an editor, nor of a line that was given up', () => {
  const steps = [
    ['shows', '$ '],
    ['keys', 'vi x\r'],
    ['shows', 'vi x\r\n\u001b[?1049h\u001b[H'],
    ['keys', 'isecret text\r'],
    ['shows', 'secret text\r\n'],
    ['keys', '\u001b:wq\r'],
    ['shows', '\u001b[?1049l$ '],
    ['keys', 'rm -rf /'],
    ['shows', 'rm -rf /'],
    ['keys', '\u0003'],
    ['shows', '^C\r\n$ '],
    ['keys', 'exit\r'],
    ['shows', 'exit\r\n'],
  ] as const;
  expect(follow(steps)).toEqual(['vi x', 'exit']);
});

test('a command is found before and after much output, in whatever pieces that comes', () => {
  const found: string[] = [];
  const commands = new FollowCommands({ cols: 40, rows: 6 }, (command) => found.push(command));
  commands.shown(Buffer.from('$ '));
  commands.typed(Buffer.from('cat big\r'));
  commands.shown(Buffer.from(`cat big\r\n${'a line of much output\r\n'.repeat(5_000)}$ `));
  commands.typed(Buffer.from('id\r'));
  commands.shown(Buffer.from(`id\r\n${'x'.repeat(9_000)}\r\n$ `));
  commands.typed(Buffer.from('vi\r'));
  commands.shown(Buffer.from(`vi\r\n${'\u001b[?1049h'}${'~\r\n'.repeat(2_000)}`));
  commands.typed(Buffer.from('ihidden in an editor\r'));
  commands.shown(Buffer.from('hidden in an editor\r\n'));
  expect(found).toEqual(['cat big', 'id', 'vi']);
});

test('after the screen was cleared while a line was typed, the line is still found', () => {
  const steps = [
    ['shows', '$ '],
    ['keys', 'id\r'],
    ['shows', 'id\r\nuid=1\r\n$ '],
    ['keys', 'who'],
    ['shows', 'who'],
    ['keys', '\u000c'],
    ['shows', '\u001b[H\u001b[2J$ who'],
    ['keys', 'ami\r'],
    ['shows', 'ami\r\n'],
  ] as const;
  expect(follow(steps)).toEqual(['id', 'whoami']);
});

test('whatever a target sends, it takes no long time and does not throw', () => {
  const found: string[] = [];
  const commands = new FollowCommands({ cols: 0, rows: 70_000 }, (command) => found.push(command));
  const hostile = [
    '\u001b[999999999@',
    '\u001b[999999;999999H',
    '\u001b[2J',
    '\u001bM',
    '\u001b[9999P',
    '\u001b]',
    'x',
    '\n',
    '\u0000',
    '\u001b[?1049h',
    '\u001b\\',
    '\u001b[?1049l',
  ];
  for (let i = 0; i < 20_000; i += 1) {
    commands.shown(Buffer.from(hostile[(i * 7919) % hostile.length] ?? ''));
    if (i % 3 === 0) commands.typed(Buffer.from(i % 2 === 0 ? 'a' : '\r'));
  }
  expect(found.length).toBeLessThan(20_000);
});
