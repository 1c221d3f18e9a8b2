/** Child processes of the lab: always with a time limit, never through a shell unless the command is one. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface CommandResult {
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Written to standard input; secrets travel here, never as arguments. */
  readonly input?: string;
  /** Milliseconds until the child is killed and the call rejects; 10 s when not given. */
  readonly limit?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with every piece of output as it comes, for long installs. */
  readonly onOutput?: (text: string) => void;
}

/** Runs one program to its end. A non-zero exit is a result, not an error; a program that cannot start or outlives its limit rejects. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const limit = options.limit ?? 10_000;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let stdout = '';
    let stderr = '';
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }, limit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onOutput?.(text);
    });
    child.stdin.on('error', () => undefined); // a child that does not read its input closes the pipe first
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`could not start ${file}: ${cause.message}`, { cause }));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (expired) {
        reject(
          new Error(
            `${file} did not end within ${limit} ms and was killed; its last words: ${lastLines(stderr || stdout)}`,
          ),
        );
        return;
      }
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr });
    });
  });
}

/** As {@link runCommand}, but a non-zero exit rejects with the last lines the program said. */
export async function mustRun(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.code !== 0) {
    throw new Error(`${file} ended with ${result.code}: ${lastLines(result.stderr || result.stdout)}`);
  }
  return result.stdout;
}

/** The end of a log, short enough for an error message. */
export const lastLines = (text: string, count = 6): string => text.trimEnd().split('\n').slice(-count).join(' | ');

/** Waits until `check` holds, asking every `every` ms; rejects after `limit` ms naming what was awaited. */
export async function waitUntil(
  what: string,
  limit: number,
  check: () => boolean | Promise<boolean>,
  every = 20,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited ${limit} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
