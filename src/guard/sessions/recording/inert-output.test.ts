import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InertOutput } from './inert-output.ts';

// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const CONTROL = /[\u0005\u001b\u007f-\u009f]/;
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const ON_THE_LIST = /\u001b(?:[78DEHM]|\[(?:[0-9;:]*[mq@A-MP]|\?[0-9;]+[hl]|\?[JK]| q))/g;

test('output can colour and move, and do nothing else', () => {
  const inert = (text: string): string => new InertOutput().write(text);
  expect(inert('\u001b[31mred\u001b[0m \u001b[2J')).toBe('\u001b[31mred\u001b[0m \u001b[2J');
  expect(inert('a\u001b]52;c;ZXZpbA==\u0007b')).toBe('ab');
  expect(inert('a\u001b]0;title\u001b\\b\u001bP+q544e\u001b\\c')).toBe('abc');
  expect(inert('x\u001b[21ty\u001b[cz\u001b[6n!')).toBe('xyz!');
  expect(inert('\u001b]8;;http://evil/\u001b\\click\u001b]8;;\u001b\\')).toBe('click');
});

test.each([
  [
    'a clipboard write, with a control in its opener that a terminal carries out and goes on',
    '\u001b\n]52;c;ZXZpbA==\u0007',
  ],
  ['the same, with one that is left out', '\u001b\u0005]52;c;ZXZpbA==\u0007'],
  ['the same, with an eight-bit one', '\u001b\u0080]52;c;ZXZpbA==\u0007'],
  ['the same, as one eight-bit control', '\u009d52;c;ZXZpbA==\u009c'],
  ['a title of screen and tmux', '\u001bkevil\u001b\\'],
  ['a status request with a line feed in it', '\u001b[\n6n'],
  ['a request for the version', '\u001b[>0q'],
  ['a request for the keyboard mode', '\u001b[?u'],
  ['a request for the mode of modifier keys', '\u001b[?4m'],
  ['a change of what modifier keys send', '\u001b[>4;2m'],
  ['a change of what cursor keys send', '\u001b[?1h'],
  ['a request for graphics attributes', '\u001b[?1;1;0S'],
  ['mouse reports behind a harmless mode', '\u001b[?25;1000h'],
  ['printing', '\u001b[5i'],
  ['a locked keyboard', '\u001b[2h'],
  ['scrollback erased', '\u001b[3J'],
  ['a window report', '\u001b[21t'],
  ['a character a billion times', '\u001b[999999999b'],
  ['a reset of the whole terminal', '\u001bc'],
  ['a sequence nobody ends', `\u001b[${'1;'.repeat(400)}`],
])('%s does nothing', (_what, sequence) => {
  const shown = new InertOutput().write(`a${sequence}b`);
  expect(CONTROL.test(shown)).toBe(false);
  expect(shown.startsWith('a') && shown.endsWith('b')).toBe(true);
});

test('whatever bytes come, no sequence is written that is not on the list', () => {
  const pieces = [
    '\u001b',
    '[',
    ']',
    '52;c;eA==',
    '\u0007',
    '\u001b\\',
    '\u009b',
    '\u009d',
    '6',
    'n',
    'm',
    '?',
    '>',
    ';',
    'q',
    '\n',
    '\u0005',
    '\u0018',
    '\u007f',
    'P',
    'k',
    ' ',
    'é',
    '\u0000',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (sent) => {
      const filter = new InertOutput();
      const shown = sent.map((piece) => filter.write(piece)).join('');
      const rest = shown.replaceAll(ON_THE_LIST, '');
      expect(CONTROL.test(rest)).toBe(false);
      // one piece or many: the same
      expect(new InertOutput().write(sent.join(''))).toBe(shown);
    }),
    { numRuns: 3000 },
  );
});

test('nobody hides the rest of a session in a string that never ends', () => {
  const shown = new InertOutput().write(`\u001b]0;${'x'.repeat(70_000)} and rm -rf /`);
  expect(shown).toContain('and rm -rf /');
});

test('a harmful sequence is removed wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 6 }), (cuts) => {
      const text = 'ok\u001b]52;c;ZXZpbA==\u0007 and \u001b[6n \u001b]0;t\u001b\\ fine';
      const filter = new InertOutput();
      let out = '';
      let from = 0;
      for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
        out += filter.write(text.slice(from, cut));
        from = Math.min(text.length, cut);
      }
      out += filter.write(text.slice(from));
      expect(out).toBe('ok and   fine');
    }),
  );
});
