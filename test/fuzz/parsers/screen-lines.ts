import { ruleFor } from '#gateways/ssh/commands/match-rule.ts';
import { ScreenLines } from '#gateways/ssh/commands/screen-lines.ts';
import type { Parser } from '../parser.ts';
import { inPieces, mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const SHOWN = [
  ...captured('terminal'),
  ...[
    '$ rm -rf /\u001b[K',
    '\u001b[9999P\u001b[9999@',
    '\u001b[0;0H',
    '\u001b[1000A',
    '\u001b]0;',
    'x\b'.repeat(40),
  ].map((one) => Buffer.from(one)),
];
const RULES = [
  { pattern: 'rm -rf *', does: 'end' as const },
  { pattern: '*/etc/shadow*', does: 'ask' as const },
  { pattern: 'a *b *c*', does: 'alert' as const },
];
const HARMFUL = ['rm -rf /x', 'r"m" -rf /x', 'sudo rm  -rf /x', 'cat </etc/shadow', "sh -c 'rm -rf /x'"];

const shownIn = (screen: ScreenLines, pieces: readonly Buffer[], typingAt: number): string => {
  let seen = 0;
  for (const piece of pieces) {
    if (seen === typingAt) screen.typing();
    screen.take(piece);
    seen += piece.length;
  }
  return screen.line;
};

const textOf = (random: Random): string => mangled(random, oneOf(random, SHOWN), SHOWN).toString('latin1');

/** The line on a screen is the same in whatever pieces it was drawn, and a command in it is found beside anything. */
export const screenLines: Parser = {
  name: 'screen-lines',
  reads: 'what a terminal shows of a line that is typed, and rules for commands',
  mostMs: 250,
  beyond: 100,
  one: (random) => {
    const bytes = mangled(random, Buffer.concat([oneOf(random, SHOWN), oneOf(random, SHOWN)]), SHOWN);
    const cols = random(3) === 0 ? random(2_000) : 80;
    const line = shownIn(new ScreenLines(cols), [bytes], 0);
    must(
      line === shownIn(new ScreenLines(cols), inPieces(random, bytes, oneOf(random, [3, 20, 100])), 0),
      () => 'another line in pieces',
    );
    must(line.length <= 2_000 * 200, () => 'a line without end');
    ruleFor(RULES, line);
    const beside = `${textOf(random)}\n${oneOf(random, HARMFUL)}\n${textOf(random)}`;
    must(ruleFor(RULES, beside) !== undefined, () => `not seen: ${JSON.stringify(beside)}`);
    return line === '' ? 'an empty line' : 'a line';
  },
};
