import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { runCli } from '#surfaces/cli/run.ts';

/** What a command said and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Env = Readonly<Record<string, string>>;

const REPOSITORY = join(import.meta.dirname, '../..');
const LIMIT_MS = 60_000;

/** Runs `reeve …args` as its users do: a process of its own, with nothing of this environment but the search path. */
export const runProcess = (args: readonly string[], env: Env, cwd = REPOSITORY): Promise<Ran> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [join(REPOSITORY, 'bin/reeve'), ...args],
      { cwd, env: { PATH: process.env['PATH'], ...env }, maxBuffer: 2 ** 28, timeout: LIMIT_MS },
      (error, out, err) =>
        done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err }),
    );
  });

/**
 * Runs the same command line within this process, for tables of many cases: everything but starting Node, which takes
 * longer than all the rest. Not for two at a time.
 */
export async function runHere(args: readonly string[], env: Env): Promise<Ran> {
  const before = { exitCode: process.exitCode, env: { ...process.env } };
  const said = { out: '', err: '' };
  const real = { out: process.stdout.write, err: process.stderr.write };
  const keep =
    (where: 'out' | 'err') =>
    (chunk: string | Uint8Array): boolean => {
      said[where] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      return true;
    };
  process.exitCode = undefined;
  Object.assign(process.env, env);
  process.stdout.write = keep('out') as typeof process.stdout.write;
  process.stderr.write = keep('err') as typeof process.stderr.write;
  try {
    const code = await runCli(args);
    return { code, ...said };
  } finally {
    process.stdout.write = real.out;
    process.stderr.write = real.err;
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
}
