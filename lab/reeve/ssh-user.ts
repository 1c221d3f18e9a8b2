import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the real OpenSSH client through a gateway as somebody with a key. */
export interface SshUser {
  /** Runs to its end, `limitMs` at most; `also` are options of ssh before all others. */
  run(
    login: string,
    command: readonly string[],
    limitMs?: number,
    also?: readonly string[],
  ): Promise<{ code: number | null; out: string; err: string }>;
  /** Starts and leaves running; `ended` resolves when the client has exited. */
  start(
    login: string,
    command: readonly string[],
    options?: { readonly tty?: boolean; readonly also?: readonly string[] },
  ): { readonly process: ChildProcess; output(): string; readonly ended: Promise<{ code: number | null; at: number }> };
  /** Where the key and known hosts are, for options that name files. */
  readonly folder: string;
  forget(): void;
}

/** `before` goes before the program, for instance to run it in another network; `certificate` is the line of the key's. */
export function sshUser(
  gateway: { readonly port: number; readonly host?: string },
  privateKey: string,
  before: readonly string[] = [],
  certificate?: string,
): SshUser {
  const [program = 'ssh', ...first] = [...before, 'ssh'];
  const folder = mkdtempSync(join(tmpdir(), 'reeve-ssh-'));
  const key = join(folder, 'id');
  writeFileSync(key, privateKey, { mode: 0o600 });
  chmodSync(key, 0o600);
  if (certificate !== undefined) writeFileSync(`${key}-cert.pub`, `${certificate}\n`);
  const args = (login: string, tty: boolean): string[] => [
    '-F',
    'none',
    '-p',
    String(gateway.port),
    '-i',
    key,
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    'IdentityAgent=none',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
    '-o',
    'LogLevel=ERROR',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    ...(tty ? ['-tt'] : ['-T']),
    '-l',
    login,
    gateway.host ?? '127.0.0.1',
  ];
  const start: SshUser['start'] = (login, command, options = {}) => {
    const child = spawn(
      program,
      [...first, ...(options.also ?? []), ...args(login, options.tty === true), ...command],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const ended = new Promise<{ code: number | null; at: number }>((done) =>
      child.once('close', (code) => done({ code, at: performance.now() })),
    );
    return { process: child, output: () => output, ended };
  };
  return {
    start,
    folder,
    run: async (login, command, limitMs = 20_000, also = []) => {
      const child = spawn(program, [...first, ...also, ...args(login, false), ...command], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      const code = await new Promise<number | null>((done) => child.once('close', done));
      clearTimeout(timer);
      return { code, out, err };
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  };
}
