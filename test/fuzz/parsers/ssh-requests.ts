import { noWishes, planExec, planShell, readCommand, wishTerminal, wishVariable } from '#gateways/ssh/plan-channel.ts';
import { refusedCommand } from '#gateways/ssh/relay/sftp/limit-commands.ts';
import { plain } from '#gateways/ssh/tell.ts';
import { readEow, text, word } from '#gateways/ssh/wire/encode.ts';
import { AT_ONCE, type Parser } from '../parser.ts';
import { mangled, must, oneOf, type Random } from '../random.ts';
import { captured } from '../seeds.ts';

const request = (kind: string, ...rest: Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(98), word(0), text(kind), Buffer.of(1), ...rest]);
const SEEDS = [
  ...captured('ssh-requests'),
  request('exec', text('rsync --server --sender -vlogDtpre.iLsfxC . /srv')),
  request('exec', text("FOO=1 BAR=2 git-upload-pack '/srv/x.git'")),
  request('pty-req', text('screen'), word(80), word(24), word(0), word(0), text(Buffer.of(53, 0, 0, 0, 1, 0))),
  request('window-change', word(0xffffffff), word(0), word(1), word(2)),
  request('eow@openssh.com'),
];
const COMMANDS = [
  'rsync --server --sender -vlogDtpre.iLsfxC . /srv',
  "FOO=1 BAR=2 git-upload-pack '/srv/x.git'",
  'scp -t -- /srv/\u202ex',
  'ls \u001b]0;x\u0007',
  '',
].map((one) => Buffer.from(one));

/** A request as it was captured, with something wrong in it, or with the lengths of what is wrong in it right. */
function asked(random: Random): Buffer {
  if (random(5) === 0) return oneOf(random, SEEDS);
  if (random(2) === 0) return mangled(random, oneOf(random, SEEDS), SEEDS);
  if (random(2) === 0) return request('exec', text(mangled(random, oneOf(random, COMMANDS), COMMANDS)));
  const term = text(random(2) === 0 ? 'xterm-256color' : mangled(random, Buffer.from('xterm-256color'), COMMANDS));
  const sides = [1, 2, 3, 4].map(() => word(oneOf(random, [0, 1, 24, 80, 10_000, 10_001, 0xffffffff])));
  const modes = text(mangled(random, Buffer.of(53, 0, 0, 0, 1, 128, 0, 0, 150, 0, 0), COMMANDS));
  return request('pty-req', term, ...sides, modes);
}

const NAMES = ['LANG', 'LC_ALL', 'LC_', 'LD_PRELOAD', 'PATH', 'TERM', 'LC_A=B', 'lang', '__proto__'];
const isPlain = (shown: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- controls are what it looks for
  !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(shown);

/** What a client asks of a channel: language and terminal within bounds, commands byte for byte, nothing else. */
export const sshRequests: Parser = {
  name: 'ssh-requests',
  reads: 'channel requests: env, pty-req, exec, window-change',
  mostMs: 50,
  beyond: 20,
  one: (random) => {
    const payload = asked(random);
    const wishes = noWishes();
    wishTerminal(wishes, payload);
    const { terminal } = wishes;
    if (terminal !== undefined) {
      must(/^[A-Za-z0-9][\w.+-]*$/u.test(terminal.term), () => `a terminal ${JSON.stringify(terminal.term)}`);
      for (const side of [terminal.cols, terminal.rows, terminal.width, terminal.height])
        must(Number.isInteger(side) && side >= 0 && side <= 10_000, () => `a side of ${side}`);
      must(terminal.modes.length <= 1024, () => 'modes without end');
    }
    for (let n = random(40); n > 0; n -= 1)
      wishVariable(
        wishes,
        oneOf(random, NAMES) + 'X'.repeat(random(3)),
        payload.toString('latin1', random(9), random(400)),
      );
    const variables = Object.entries(wishes.env);
    must(variables.length <= 32, () => 'more variables than there may be');
    for (const [name, value] of variables)
      must(/^(LANG|LC_[A-Z]+|TERM|COLORTERM)$/u.test(name) && /^[\x20-\x7e]*$/u.test(value), () => `${name}=${value}`);
    planShell(wishes);
    const eow = readEow(payload);
    must(eow === undefined || payload.includes('eow@openssh.com'), () => 'an end that was not said');
    const command = readCommand(payload);
    if (command === undefined)
      return terminal === undefined ? (eow === undefined ? AT_ONCE : 'an end of reading') : 'a terminal';
    must(payload.includes(command), () => 'a command that was not sent');
    const plan = planExec(wishes, command);
    refusedCommand({ direction: 'from_target', deniedPaths: [] }, plan.detail);
    must(isPlain(plain(plan.detail)), () => `shown: ${JSON.stringify(plain(plan.detail))}`);
    return terminal === undefined ? 'a command' : 'a terminal';
  },
};
