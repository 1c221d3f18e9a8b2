import { spawn, type ChildProcess } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly ms: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly done: Promise<Ran>;
  stdout(): string;
  stderr(): string;
}

/** Starts a program with a total limit; it is killed when the limit is over, and the result says so by its signal. */
export function start(
  command: string,
  args: readonly string[],
  options: { limitMs?: number; stdin?: Buffer | 'open'; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Running {
  const began = performance.now();
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (c: Buffer) => out.push(c));
  child.stderr.on('data', (c: Buffer) => err.push(c));
  child.stdin.on('error', () => {});
  if (options.stdin !== 'open') child.stdin.end(options.stdin ?? Buffer.alloc(0));
  const done = new Promise<Ran>((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.limitMs ?? 20_000);
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer);
      resolve({ code, signal, stdout: Buffer.concat(out), stderr: Buffer.concat(err), ms: performance.now() - began });
    };
    child.on('error', (error) => {
      err.push(Buffer.from(String(error)));
      finish(null, null);
    });
    child.on('close', finish);
  });
  return { child, done, stdout: () => Buffer.concat(out).toString(), stderr: () => Buffer.concat(err).toString() };
}

export const run = (
  command: string,
  args: readonly string[],
  options: Parameters<typeof start>[2] = {},
): Promise<Ran> => start(command, args, options).done;

/** Waits until `test` holds, looking every few milliseconds; throws with `what` when the limit is over. */
export async function until(test: () => boolean | Promise<boolean>, what: string, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
