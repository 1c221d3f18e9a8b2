import type { Client, PseudoTtyOptions, Session } from 'ssh2';
import type { ChannelMeta } from '../port.ts';
import type { Comer, ListenAt } from './relay/listen-on-target.ts';
import type { AgentComer } from './relay/agent/lent-agent.ts';
import type { ChannelPlan } from './relay/relay-channel.ts';
import { text, word } from './wire/encode.ts';

/** What the target may learn of the person's environment: language and terminal, nothing that changes what a command does. */
const ENVIRONMENT = /^(LANG|LC_[A-Z]{1,32}|TERM|COLORTERM)$/;
const VALUE = /^[\x20-\x7e]{0,256}$/;
const TERMINAL = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,63}$/;
/** RFC 4254 §6.10. */
const SIGNALS = /^(ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2|INFO@openssh\.com)$/;

interface Terminal {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  readonly modes: Buffer;
}

/** What one session channel asked for before it started something. */
export interface Wishes {
  env: Record<string, string>;
  terminal: Terminal | undefined;
  /** Opens a channel that asks the target for the person's agent too, where it may; absent: it was not asked for. */
  withAgent: ((target: Client, open: () => void) => void) | undefined;
}

export const noWishes = (): Wishes => ({ env: {}, terminal: undefined, withAgent: undefined });

/** Takes one variable over if its name is on the list and its value is plain. */
export function wishVariable(wishes: Wishes, name: string, value: string): boolean {
  if (!ENVIRONMENT.test(name) || !VALUE.test(value) || Object.keys(wishes.env).length >= 32) return false;
  wishes.env[name] = value;
  return true;
}

const side = (n: number): number => Math.min(10_000, Math.max(0, n));

/** Takes the terminal over as the client encoded it: ssh2 itself loses the modes. `payload` is the whole pty-req message. */
export function wishTerminal(wishes: Wishes, payload: Buffer): boolean {
  const read = reader(payload, 5);
  if (read.text() === undefined) return false;
  read.byte();
  const term = read.text()?.toString('latin1');
  const [cols, rows, width, height] = [read.word(), read.word(), read.word(), read.word()];
  const modes = read.text();
  if (term === undefined || modes === undefined || height === undefined) return false;
  if (cols === undefined || rows === undefined || width === undefined) return false;
  wishes.terminal = {
    term: TERMINAL.test(term) ? term : 'vt100',
    cols: side(cols),
    rows: side(rows),
    width: side(width),
    height: side(height),
    modes: modes.length > 1024 ? Buffer.from([0]) : Buffer.from(modes),
  };
  return true;
}

/** The body of an exec request, byte for byte. */
export function readCommand(payload: Buffer): Buffer | undefined {
  const read = reader(payload, 5);
  if (read.text() === undefined) return undefined;
  read.byte();
  const command = read.text();
  return command === undefined ? undefined : Buffer.from(command);
}

function reader(payload: Buffer, start: number) {
  let at = start;
  const word = (): number | undefined => {
    if (at + 4 > payload.length) return undefined;
    at += 4;
    return payload.readUInt32BE(at - 4);
  };
  return {
    word,
    byte: (): void => void (at += 1),
    text: (): Buffer | undefined => {
      const length = word();
      if (length === undefined || at + length > payload.length) return undefined;
      at += length;
      return payload.subarray(at - length, at);
    },
  };
}

const metaOf = (kind: ChannelMeta['kind'], wishes: Wishes, command?: string): ChannelMeta => ({
  kind,
  ...(command === undefined ? {} : { command }),
  ...(wishes.terminal === undefined
    ? {}
    : { term: wishes.terminal.term, cols: wishes.terminal.cols, rows: wishes.terminal.rows }),
});

// modes: the types know an object only, the library sends bytes as they are
const ptyOf = (wishes: Wishes): PseudoTtyOptions | undefined =>
  wishes.terminal === undefined ? undefined : (wishes.terminal as unknown as PseudoTtyOptions);

const opening = (wishes: Wishes, target: Client, open: () => void): void =>
  wishes.withAgent === undefined ? open() : wishes.withAgent(target, open);

export function planShell(wishes: Wishes): ChannelPlan {
  return {
    meta: metaOf('shell', wishes),
    detail: wishes.terminal === undefined ? 'shell without terminal' : `shell ${wishes.terminal.term}`,
    raw: wishes.terminal !== undefined,
    open: (target, opened) =>
      opening(wishes, target, () => void target.shell(ptyOf(wishes) ?? false, { env: wishes.env }, opened)),
  };
}

export function planExec(wishes: Wishes, command: Buffer): ChannelPlan {
  const pty = ptyOf(wishes);
  const shown = command.toString();
  return {
    meta: metaOf('exec', wishes, shown),
    detail: shown,
    raw: wishes.terminal !== undefined,
    open: (target, opened) => {
      const options = { env: wishes.env, ...(pty === undefined ? {} : { pty }) };
      // the types know text only; bytes go through untouched
      opening(wishes, target, () => void target.exec(command as unknown as string, options, opened));
    },
  };
}

export function planSubsystem(wishes: Wishes, name: string): ChannelPlan {
  return {
    meta: metaOf('subsystem', wishes, name),
    detail: name,
    raw: false,
    open: (target, opened) => void target.subsys(name, opened),
  };
}

export function planForward(from: { host: string; port: number }, to: { host: string; port: number }): ChannelPlan {
  const address = `${to.host}:${to.port}`;
  return {
    meta: { kind: 'forward', command: address },
    detail: address,
    raw: false,
    open: (target: Client, opened) => void target.forwardOut(from.host, from.port, to.host, to.port, opened),
  };
}

/** Somebody came to an address the person listens on: the target's half is there already. */
export function planComer(at: ListenAt, comer: Comer): ChannelPlan {
  const detail = `from ${comer.from}:${comer.port} to ${at.host}:${at.port} of the target`;
  return {
    meta: { kind: 'forward', command: detail },
    detail,
    raw: false,
    open: (_target, opened) => opened(undefined, comer.accept()),
  };
}

/** A program on the target came for the person's agent. */
export function planAgent(comer: AgentComer): ChannelPlan {
  const detail = 'agent of whoever is there';
  return {
    meta: { kind: 'forward', command: detail },
    detail,
    raw: false,
    isAgent: true,
    open: (_target, opened) => opened(undefined, comer.accept()),
    givenUp: () => comer.reject(),
  };
}

/** Passes window changes and signals of a running channel on. */
export function followRequests(
  session: Session,
  running: { passOn(request: string, body: Buffer): void; resize(cols: number, rows: number): void },
): void {
  session.on('window-change', (accept, _reject, { cols, rows, width, height }) => {
    (accept as (() => void) | undefined)?.();
    running.resize(side(cols), side(rows));
    running.passOn('window-change', Buffer.concat([cols, rows, width, height].map((n) => word(side(n)))));
  });
  session.on('signal', (accept, reject, { name }) => {
    if (!SIGNALS.test(name)) return (reject as (() => void) | undefined)?.();
    (accept as (() => void) | undefined)?.();
    running.passOn('signal', text(name));
  });
}
