import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bundleScript } from './bundle-script.ts';
import { until } from './until.ts';

/** A Node process of ours, as tests start and kill it. */
export interface OwnProcess {
  readonly child: ChildProcess;
  readonly lines: string[];
  errors(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  ended(timeoutMs?: number): Promise<number | null>;
}

const running: OwnProcess[] = [];

/**
 * Runs a TypeScript file as a Node process of its own, with nothing of this environment but the search path; through
 * `wrapper` if given (for instance setpriv with its options). For tests that kill what they start.
 */
export function runScript(script: string, args: readonly string[], wrapper: readonly string[] = []): OwnProcess {
  const [command = '', ...rest] = [...wrapper, process.execPath, bundleScript(script), ...args];
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] },
  });
  const lines: string[] = [];
  let errors = '';
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const own: OwnProcess = {
    child,
    lines,
    errors: () => errors,
    kill: async () => {
      child.kill('SIGKILL');
      await until(over, { what: 'the killed process' });
    },
    ended: async (timeoutMs = 10_000) => {
      await until(over, { timeoutMs, what: 'the end of the process' });
      return child.exitCode;
    },
  };
  running.push(own);
  return own;
}

/** Its first line of output, parsed. */
export async function firstLine<T>(own: OwnProcess, timeoutMs = 20_000): Promise<T> {
  try {
    return JSON.parse(await until(() => own.lines[0], { timeoutMs, what: 'the first line' })) as T;
  } catch (error) {
    throw new Error(`the process did not come up: ${own.errors().slice(-2000)}`, { cause: error });
  }
}

/** Nothing a test started outlives it. */
export async function killAll(): Promise<void> {
  for (const own of running.splice(0)) await own.kill();
}
