import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Reeve of its own, started as its users start it: a process, an embedded PostgreSQL, a data directory. */
export interface Reeve {
  readonly url: string;
  readonly sshPort: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it printed so far. */
  output(): string;
  /** The one-time link's token, as printed at the first start. */
  firstToken(): string;
  /** SIGKILL, as a power cut would. */
  kill9(): Promise<void>;
  /** Starts it again on the same data directory and ports. */
  restart(): Promise<void>;
  /** Stops it; `keep` leaves the data directory. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

/** Starts a Reeve and waits until it is up; throws with its output when it is not within `timeoutMs`. */
export async function startReeve(
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly dataDir?: string;
    readonly ports?: { readonly http: number; readonly ssh: number };
    readonly timeoutMs?: number;
    /** What goes before the program, for instance to run it in another network. */
    readonly before?: readonly string[];
  } = {},
): Promise<Reeve> {
  const root = options.dataDir ?? mkdtempSync(join(tmpdir(), 'reeve-'));
  chmodSync(root, 0o755);
  const http = options.ports?.http ?? (await freePort());
  const ssh = options.ports?.ssh ?? (await freePort());
  const url = `http://localhost:${http}`;
  let output = '';
  let child: ChildProcess | undefined;
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '/tmp',
    REEVE_DATA_DIR: join(root, 'data'),
    REEVE_HTTP_PORT: String(http),
    REEVE_SSH_PORT: String(ssh),
    REEVE_POSTGRES_PORT: '0',
    REEVE_MYSQL_PORT: '0',
    REEVE_WEB_PORT: '0',
    REEVE_PUBLIC_URL: url,
    REEVE_STOP_SECONDS: '3',
    ...options.env,
  };

  const start = async (): Promise<void> => {
    output = '';
    const [program = process.execPath, ...args] = [...(options.before ?? []), process.execPath, 'bin/reeve', 'up'];
    const started = spawn(program, args, {
      cwd: join(import.meta.dirname, '../..'),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    started.stdout?.on('data', take);
    started.stderr?.on('data', take);
    const end = performance.now() + (options.timeoutMs ?? 60_000);
    while (!output.includes('Reeve is up.')) {
      if (started.exitCode !== null || started.signalCode !== null || performance.now() > end) {
        started.kill('SIGKILL');
        throw new Error(`Reeve did not come up:\n${output}`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const gone = (process: ChildProcess): Promise<void> =>
    process.exitCode !== null || process.signalCode !== null
      ? Promise.resolve()
      : new Promise((done) => process.once('exit', () => done()));

  await start();
  return {
    url,
    sshPort: ssh,
    dataDir: join(root, 'data'),
    get pid() {
      return child?.pid ?? 0;
    },
    output: () => output,
    firstToken: () => /setup#token=(\S+)/.exec(output)?.[1] ?? '',
    kill9: async () => {
      const dying = child;
      if (dying === undefined) return;
      dying.kill('SIGKILL');
      await gone(dying);
    },
    restart: start,
    stop: async (how = {}) => {
      const dying = child;
      if (dying !== undefined) {
        dying.kill('SIGTERM');
        const timer = setTimeout(() => dying.kill('SIGKILL'), 20_000);
        await gone(dying);
        clearTimeout(timer);
      }
      if (how.keep !== true) rmSync(root, { recursive: true, force: true });
    },
  };
}
