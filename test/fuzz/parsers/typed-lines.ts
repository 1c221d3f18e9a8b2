import { TypedLines } from '#gateways/ssh/commands/typed-lines.ts';
import { TerminalScreen } from '#guard/sessions/commands/terminal-screen.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { inPieces, mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const SHOWN = captured('terminal');
const TYPED = [
  'ls -l\r',
  'rm -rf /tmp/x\r',
  'cat /etc/shadow\n',
  '\u001b[200~rm -rf /\nls\u001b[201~\r',
  'echo a\u007f\u007f\u0015rm\u0017x\r',
  '\u001b[A\r',
  'h\u00e4user\r',
  '\u0003',
  '\u000f\t\t',
].map((one) => Buffer.from(one));
const RULES = [
  { pattern: 'rm -rf *', does: 'alert' as const },
  { pattern: '*/etc/shadow*', does: 'alert' as const },
];

interface Followed {
  readonly toTarget: string;
  readonly matched: string;
}

/** A terminal, or none, with what is typed and shown in turn, each cut by `cut`. Rules that hold nothing back. */
function follow(
  turns: readonly { readonly typed: boolean; readonly bytes: Buffer }[],
  terminal: { readonly cols: number } | undefined,
  cut: (bytes: Buffer) => readonly Buffer[],
): Followed {
  const sent: Buffer[] = [];
  const matched: string[] = [];
  const lines = new TypedLines(RULES, terminal, {
    toTarget: (bytes) => sent.push(Buffer.from(bytes)) > 0,
    resume: () => {},
    dropped: () => {},
    matched: (_rule, line) => {
      matched.push(line);
      return 'go on';
    },
  });
  for (const { typed, bytes } of turns)
    for (const piece of cut(bytes))
      if (typed) lines.fromPerson(piece);
      else lines.shown(piece);
  lines.end();
  return { toTarget: Buffer.concat(sent).toString('latin1'), matched: JSON.stringify(matched) };
}

const drawn = (text: string, cols: number, rows: number, take: (text: string) => readonly string[]): string => {
  let left = 0;
  const screen = new TerminalScreen({ cols, rows }, () => (left += 1));
  for (const piece of take(text)) screen.write(piece);
  const { text: line } = screen.line(screen.cursor);
  return `${String(left)} ${String(screen.alternate)} ${line}`;
};

/** Where nothing is held back all of it goes on as it was typed; lines and screens are the same in whatever pieces they come. */
export const typedLines: Parser = {
  name: 'typed-lines',
  reads: 'what people type in terminals, and what a recording of one shows for search',
  mostMs: 250,
  beyond: 80,
  one: (random) => {
    const turns = Array.from({ length: 1 + random(6) }, () => {
      const typed = random(2) === 0;
      const [seed, others] = typed ? [oneOf(random, TYPED), TYPED] : [oneOf(random, SHOWN), SHOWN];
      return { typed, bytes: random(2) === 0 ? mangled(random, seed, others) : seed };
    });
    const terminal = random(4) === 0 ? undefined : { cols: random(3) === 0 ? random(300) : 80 };
    const most = oneOf(random, [3, 20, 200]);
    const whole = follow(turns, terminal, (bytes) => [bytes]);
    const pieces = follow(turns, terminal, (bytes) => inPieces(random, bytes, most));
    const said = Buffer.concat(turns.filter(({ typed }) => typed).map(({ bytes }) => bytes)).toString('latin1');
    must(whole.toTarget === said && pieces.toTarget === said, () => `not as it was typed: ${JSON.stringify(said)}`);
    must(
      whole.matched === pieces.matched,
      () =>
        `matched otherwise in pieces: ${JSON.stringify(turns.map(({ typed, bytes }) => [typed, bytes.toString('latin1')]))}\n${whole.matched}\n${pieces.matched}`,
    );
    const text = mangledText(random);
    const [cols, rows] = [random(3) === 0 ? random(2_000) : 80, random(3) === 0 ? random(2_000) : 24];
    const at = random(text.length + 1);
    const once = drawn(text, cols, rows, (all) => [all]);
    must(
      once === drawn(text, cols, rows, (all) => [all.slice(0, at), all.slice(at)]),
      () => 'drawn otherwise in pieces',
    );
    if (said === '' && once.endsWith(' ')) return AT_ONCE;
    return whole.matched === '[]' ? 'followed' : 'followed, a rule matched';
  },
};

/** Characters, not bytes: a text comes decoded, and no character of it in two. */
const mangledText = (random: Random): string => {
  const bytes = mangled(random, Buffer.concat([oneOf(random, SHOWN), oneOf(random, SHOWN)]), SHOWN);
  return bytes.toString('latin1');
};
