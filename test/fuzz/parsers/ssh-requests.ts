import { noWishes, planExec, planShell, readCommand, wishTerminal, wishVariable } from '#gateways/ssh/plan-channel.ts';
import { refusedCommand } from '#gateways/ssh/relay/sftp/limit-commands.ts';
import { plain } from '#gateways/ssh/tell.ts';
import { readEow, text, word } from '#gateways/ssh/wire/encode.ts';
import type { Parser } from '../parser.ts';
import { mangled, must, oneOf } from '../random.ts';
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
const NAMES = ['LANG', 'LC_ALL', 'LC_', 'LD_PRELOAD', 'PATH', 'TERM', 'LC_A=B', 'lang', '__proto__'];
const isPlain = (shown: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- controls are what it looks for
  !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(shown);

/** What a client asks of a channel: language and terminal within bounds, commands byte for byte, nothing else. */
export const sshRequests: Parser = {
  name: 'ssh-requests',
  reads: 'channel requests: env, pty-req, exec, window-change',
  mostMs: 50,
  one: (random) => {
    const payload = random(5) === 0 ? oneOf(random, SEEDS) : mangled(random, oneOf(random, SEEDS), SEEDS);
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
    if (command === undefined) return;
    must(payload.includes(command), () => 'a command that was not sent');
    const plan = planExec(wishes, command);
    refusedCommand({ direction: 'from_target', deniedPaths: [] }, plan.detail);
    must(isPlain(plain(plan.detail)), () => `shown: ${JSON.stringify(plain(plan.detail))}`);
  },
};
