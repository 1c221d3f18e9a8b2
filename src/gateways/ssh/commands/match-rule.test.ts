import { describe, expect, test } from 'vitest';
import { ruleFor } from './match-rule.ts';
import { until } from '#kit/testing/index.ts';
import { ScreenLines } from './screen-lines.ts';
import { TypedLines } from './typed-lines.ts';

const matches = (pattern: string, text: string): boolean => ruleFor([{ pattern, does: 'alert' }], text) !== undefined;

test.each([
  ['rm -rf *', 'rm -rf /'],
  ['rm -rf *', '  rm   -rf\t/srv '],
  ['rm -rf *', '/bin/rm -rf /'],
  ['rm -rf *', 'sudo -u root rm -rf /'],
  ['rm -rf *', "sh -c 'rm -rf /'"],
  ['rm -rf *', 'cd /srv && rm -rf . ; ls'],
  ['rm -rf *', 'find . | xargs rm -rf --'],
  ['rm -rf *', 'A=1 rm -rf x'],
  ['reboot', 'sudo reboot'],
  ['*/etc/shadow*', 'cat /etc/shadow'],
  ['*/etc/shadow*', '</etc/shadow tee x'],
  ['curl *', 'cu""rl http://x'],
  ['curl *', 'c\\u\\r\\l http://x'],
  ['curl *', `'cu'r"l" http://x`],
  ['curl *', 'x=$(curl http://x)'],
  ['curl *', 'x=`curl http://x`'],
  ['drop database*', 'psql -c "drop database shop"'],
])('%j is %j', (pattern, text) => {
  expect(matches(pattern, text)).toBe(true);
});

test.each([
  ['reboot', 'reboot-notes.txt'],
  ['reboot', 'cat reboot now'],
  ['rm -rf *', 'rm -r f'],
  ['rm -rf *', 'rm'],
  ['curl *', 'curly x'],
])('%j is not %j', (pattern, text) => {
  expect(matches(pattern, text)).toBe(false);
});

test('the strictest rule that matches counts', () => {
  const rules = (['alert', 'end', 'ask'] as const).map((does) => ({ pattern: 'reboot*', does }));
  expect(ruleFor(rules, 'reboot now')?.does).toBe('end');
});

test('what is too long to be looked at word by word is held by what holds', () => {
  const long = 'a '.repeat(5_000);
  expect(ruleFor([{ pattern: 'x', does: 'ask' }], long)?.does).toBe('ask');
  expect(ruleFor([{ pattern: 'x', does: 'alert' }], long)).toBeUndefined();
  const began = performance.now();
  ruleFor([{ pattern: 'a *b *c *d', does: 'alert' }], 'a '.repeat(1_900));
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('a word that is taken back where nothing is echoed hides none behind it', async () => {
  const found: string[] = [];
  const lines = new TypedLines(
    [{ pattern: 'touch *', does: 'ask' }],
    { cols: 80 },
    { toTarget: () => true, resume: () => {}, dropped: () => {}, matched: (_rule, line) => (found.push(line), 'drop') },
  );
  lines.reached();
  lines.fromPerson(Buffer.from('x\u0017touch a\r'));
  await until(() => found.length === 1, { timeoutMs: 2_000, what: 'the match' });
  expect(found).toEqual(['(typed, and not shown on the screen)']);
  lines.end();
});

test('a line that is run by way of an editor (Ctrl-X Ctrl-E) waits as at an Enter', async () => {
  const found: string[] = [];
  const sent: string[] = [];
  const lines = new TypedLines(
    [{ pattern: 'touch *', does: 'ask' }],
    { cols: 80 },
    {
      toTarget: (bytes) => sent.push(bytes.toString('latin1')) > 0,
      resume: () => {},
      dropped: () => {},
      matched: (_rule, line) => (found.push(line), 'drop'),
    },
  );
  lines.reached();
  lines.shown(Buffer.from('$ '));
  lines.fromPerson(Buffer.from('touch a'));
  lines.shown(Buffer.from('touch a'));
  lines.fromPerson(Buffer.from('\u0018'));
  lines.fromPerson(Buffer.from('\u0005'));
  await until(() => found.length === 1, { timeoutMs: 2_000, what: 'the match' });
  await until(() => sent.includes('\u0003'), { timeoutMs: 2_000, what: 'that it is given up' });
  expect(found).toEqual(['touch a']);
  expect(sent.join('')).not.toContain('\u0005');
  lines.end();
});

describe('the line on the screen', () => {
  const lineOf = (before: string, typed: string, cols = 80): string => {
    const screen = new ScreenLines(cols);
    screen.take(Buffer.from(before));
    screen.typing();
    screen.take(Buffer.from(typed));
    return screen.line;
  };
  test.each([
    ['plain', 'root@web1:~# ', 'rm -rf /', 'rm -rf /'],
    ['with a letter taken back', '$ ', 'rmm\b\u001b[K -rf', 'rm -rf'],
    ['edited in the middle', '$ ', 'r -rf\b\b\b\b\u001b[1@m', 'rm -rf'],
    ['recalled from history', '$ ', 'ls\b\brm -rf /\u001b[K', 'rm -rf /'],
    ['with colours and a title', '\u001b]0;t\u0007\u001b[32m$\u001b[0m ', '\u001b[1mrm\u001b[0m x', 'rm x'],
    ['drawn anew', '$ ', 'rm\r\u001b[K$ rm -rf', 'rm -rf'],
    ['a letter at a time', '$ ', 'é', 'é'],
  ])('%s', (_what, before, typed, line) => {
    expect(lineOf(before, typed)).toBe(line);
  });
  test('that is longer than the terminal is wide', () => {
    expect(lineOf('$ ', `echo ${'x'.repeat(30)}`, 20)).toBe(`echo ${'x'.repeat(30)}`);
  });
  test('where nobody saw the prompt being printed', () => {
    const screen = new ScreenLines(80);
    screen.take(Buffer.from('root@web1:~# rm -rf /'));
    expect(screen.line).toBe('rm -rf /');
  });
});
