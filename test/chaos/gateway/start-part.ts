import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A process of Reeve with some of its roles. */
export interface Part {
  readonly roles: string;
  /** Its id, as sessions and the list of nodes name it. */
  node(): string;
  port(what: 'ssh' | 'postgres' | 'mysql' | 'web'): number;
  output(): string;
  /** What its health port answers. */
  asks(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Resolves at the moment of the kill, on the clock of `Date.now()`. */
  kill9(): Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** Starts it anew, as another process with other ports. */
  restart(): Promise<void>;
  readonly ended: () => Promise<void>;
  stop(): Promise<void>;
}

const UP_WITHIN_MS = 90_000;
/** A killed test leaves no process behind; it becomes the one it starts. */
const TIED = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

/** Starts one from a bundle and waits until it is up; throws with what it said when it is not in time. */
export async function startPart(input: {
  readonly bundle: string;
  readonly roles: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<Part> {
  let child: ChildProcess | undefined;
  let output = '';
  let node = '';
  let gone: Promise<void> = Promise.resolve();
  const asks: Part['asks'] = async (path) => {
    const url = /^health +(\S+)$/m.exec(output)?.[1];
    if (url === undefined) throw new Error(`there is no health port:\n${output}`);
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
    return { status: response.status, text: await response.text() };
  };
  const start = async (): Promise<void> => {
    output = '';
    const [program = '', ...rest] = [...TIED, process.execPath, input.bundle];
    const started = spawn(program, rest, {
      cwd: join(import.meta.dirname, '../../..'),
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '/tmp',
        REEVE_ROLES: input.roles,
        REEVE_HTTP_PORT: '0',
        REEVE_SSH_PORT: '0',
        REEVE_POSTGRES_PORT: '0',
        REEVE_MYSQL_PORT: '0',
        REEVE_WEB_PORT: '0',
        REEVE_HEALTH_LISTEN: '127.0.0.1:0',
        ...input.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    gone = new Promise((done) => started.once('exit', () => done()));
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    started.stdout?.on('data', take);
    started.stderr?.on('data', take);
    const end = performance.now() + UP_WITHIN_MS;
    while (!output.includes('Reeve is up.')) {
      if (started.exitCode !== null || started.signalCode !== null || performance.now() > end) {
        started.kill('SIGKILL');
        throw new Error(`a process with the roles ${input.roles} did not come up:\n${output}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
    node = /reeve_node_info\{node="([^"]+)"/.exec((await asks('/metrics')).text)?.[1] ?? '';
  };
  await start();
  return {
    roles: input.roles,
    node: () => node,
    port: (what) => Number(new RegExp(`^${what} +(?:https://\\*\\.)?[0-9a-z.]+:(\\d+)`, 'm').exec(output)?.[1] ?? 0),
    output: () => output,
    asks,
    kill9: async () => {
      child?.kill('SIGKILL');
      const at = Date.now();
      await gone;
      return at;
    },
    signal: (name) => void child?.kill(name),
    restart: start,
    ended: () => gone,
    stop: async () => {
      // said twice, it waits for no session
      child?.kill('SIGTERM');
      child?.kill('SIGINT');
      const firmly = setTimeout(() => child?.kill('SIGKILL'), 15_000);
      await gone;
      clearTimeout(firmly);
    },
  };
}
