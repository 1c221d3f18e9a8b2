import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';

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
    REEVE_PUBLIC_URL: url,
    REEVE_STOP_SECONDS: '3',
    ...options.env,
  };

  const start = async (): Promise<void> => {
    output = '';
    const started = spawn(process.execPath, ['bin/reeve', 'up'], {
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
      if (started.exitCode !== null || performance.now() > end) {
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

/** Speaks to a Reeve's API as one person. */
export interface Person {
  readonly identityId: string;
  readonly cookie: string;
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T>;
  delete<T = Record<string, unknown>>(path: string): Promise<T>;
}

/** A refusal of the API as it came over the wire. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    super(`${status} ${String(problem['code'])}: ${String(problem['detail'])}`);
    this.status = status;
    this.problem = problem;
  }
}

async function call(
  url: string,
  method: string,
  path: string,
  cookie: string | undefined,
  body: unknown,
): Promise<{ answer: unknown; cookie: string | undefined }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      'x-reeve-csrf': '1',
      ...(cookie === undefined ? {} : { cookie: `reeve_session=${cookie}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(30_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  if (!response.ok) throw new Refused(response.status, answer as Record<string, unknown>);
  return { answer, cookie: /reeve_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] };
}

/** A person who holds a cookie. */
export const personOf = (url: string, identityId: string, cookie: string): Person => ({
  identityId,
  cookie,
  get: async <T>(path: string) => (await call(url, 'GET', path, cookie, undefined)).answer as T,
  post: async <T>(path: string, body: unknown = {}) => (await call(url, 'POST', path, cookie, body)).answer as T,
  delete: async <T>(path: string) => (await call(url, 'DELETE', path, cookie, undefined)).answer as T,
});

/** Enrols somebody through a one-time link with password and one-time code, as the console would, and signs them in. */
export async function enrol(
  url: string,
  token: string,
  password: string,
  person?: { readonly username: string; readonly displayName: string },
): Promise<Person> {
  const begun = (
    await call(url, 'POST', '/v1/enrolment/begin', undefined, { token, ...(person === undefined ? {} : { person }) })
  ).answer as { totpUri: string; identityId: string };
  const secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  const code = new TOTP({ secret, period: 30, digits: 6 }).generate();
  const finished = await call(url, 'POST', '/v1/enrolment/finish', undefined, { token, password: { password, code } });
  return personOf(url, begun.identityId, finished.cookie ?? '');
}
