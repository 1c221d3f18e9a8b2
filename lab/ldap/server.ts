/** One slapd process over its life: configuration, entries, start, crash, end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { LabDirectory } from '../lab-directory.ts';
import { asServer, type ServerUser } from '../postgres/find-binaries.ts';
import { lastLines, mustRun, waitUntil } from '../run-command.ts';
import type { SlapdPrograms } from './find-slapd.ts';

const START_LIMIT_MS = 15_000;

export interface SlapdPlace {
  readonly base: string;
  readonly programs: SlapdPrograms;
  readonly user: ServerUser | undefined;
  readonly directory: LabDirectory;
  readonly name: string;
}

export class SlapdServer {
  readonly #at: SlapdPlace;
  readonly #config: string;
  readonly #log: string;
  #urls = '';
  #child: ChildProcess | undefined;
  #ended = true;

  constructor(at: SlapdPlace) {
    this.#at = at;
    this.#config = join(at.base, 'config');
    this.#log = join(at.base, 'server.log');
  }

  get #env(): NodeJS.ProcessEnv {
    return { PATH: '/usr/sbin:/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  }

  /** Writes the configuration and loads the entries with the server off, quick and without its checks on order. */
  async initialise(config: string, suffix: string, entries: string, limit: number): Promise<void> {
    for (const folder of ['config', 'data', 'log']) this.#own(join(this.#at.base, folder), (path) => mkdirSync(path));
    await this.#slapadd(['-n', '0'], config, 10_000);
    await this.#slapadd(['-q', '-b', suffix], entries, limit);
    this.#own(this.#log, (path) => writeFileSync(path, '', { mode: 0o600 }));
  }

  #own(path: string, make: (path: string) => void): void {
    make(path);
    const { user } = this.#at;
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  }

  async #slapadd(options: readonly string[], ldif: string, limit: number): Promise<void> {
    const [program = 'setpriv', ...args] = asServer(this.#at.user);
    const file = join(this.#at.base, 'load.ldif');
    this.#own(file, (path) => writeFileSync(path, ldif, { mode: 0o600 }));
    try {
      const slapadd = [this.#at.programs.slapadd, '-F', this.#config, ...options, '-l', file];
      await mustRun(program, [...args, ...slapadd], { env: this.#env, limit, cwd: this.#at.base });
    } finally {
      rmSync(file, { force: true });
    }
  }

  /** Starts on these URLs, the ones of before when none are given. Rejects with the server's last words. */
  async up(urls = this.#urls): Promise<void> {
    if (!this.#ended) return;
    this.#urls = urls;
    const [program = 'setpriv', ...args] = asServer(this.#at.user);
    const before = this.logs().length;
    const out = openSync(this.#log, 'a');
    // `-d stats` keeps it in the foreground, where it ends with its parent, and writes every operation's name to the log.
    const slapd = [this.#at.programs.slapd, '-d', 'stats', '-F', this.#config, '-h', urls];
    const child = spawn(program, [...args, ...slapd], {
      stdio: ['ignore', out, out],
      env: this.#env,
      cwd: this.#at.base,
    });
    closeSync(out);
    this.#child = child;
    this.#ended = false;
    const finish = (): void => void (this.#ended = true);
    child.on('exit', finish).on('error', finish);
    const said = (): string => this.logs().slice(before);
    await waitUntil(
      `slapd ${this.#at.name} to be ready`,
      START_LIMIT_MS,
      // It says so before it listens: then the ports are asked.
      () => this.#ended || (said().includes('slapd starting') && answers(urls)),
      10,
    );
    if (this.#ended) throw new Error(`slapd ${this.#at.name} ended while starting: ${lastLines(said())}`);
    if (child.pid !== undefined) this.#at.directory.mark(`ldap-${this.#at.name}`, child.pid);
  }

  /** SIGINT lets it write what it keeps in memory (the contextCSN among it); SIGKILL is a crash. */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || this.#ended) return;
    child.kill(signal);
    try {
      await waitUntil(`slapd ${this.#at.name} to end`, 5000, () => this.#ended);
    } catch {
      child.kill('SIGKILL');
      await waitUntil(`slapd ${this.#at.name} to be killed`, 2000, () => this.#ended);
    }
  }

  logs(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : '';
  }
}

/** Whether every one of these URLs takes a connection. */
async function answers(urls: string): Promise<boolean> {
  const all = urls.split(' ').map((url) => new URL(url.replace(/^ldaps?:/u, 'http:')));
  const taken = await Promise.all(
    all.map(
      (url) =>
        new Promise<boolean>((resolve) => {
          const socket = connect(Number(url.port), url.hostname);
          socket.once('connect', () => resolve(socket.destroy() !== undefined));
          socket.once('error', () => resolve(false));
        }),
    ),
  );
  return taken.every(Boolean);
}
