/** One lab host with namespaces of its own: its process, its orders, its files. Needs root. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { LabDirectory } from '../lab-directory.ts';
import { lastLines, runCommand, waitUntil, type CommandResult } from '../run-command.ts';
import type { HostPlan } from './plan.ts';
import { stageHost, type LabAccount } from './stage-host.ts';

/** A host answers in 20 ms; a machine with ten times more to do than it has cores needs the rest. */
const ORDER_LIMIT_MS = 20_000;

/** A Linux machine as far as anyone logging in can tell. */
export interface LabHost {
  readonly name: string;
  readonly purpose: string;
  readonly host: string;
  readonly port: number;
  /** `SHA256:…` of the host key, for pinning. */
  readonly hostKeyFingerprint: string;
  /** The host key as `ssh-ed25519 AAAA…`, for a known_hosts line. */
  readonly hostKey: string;
  /** root's login of this run: a key and a password nobody chose. */
  readonly root: LabLogin;
  /** The management account with passwordless sudo, for setups without root login. */
  readonly management: LabLogin;
  /** Every planted account by name, with its secrets of this run. */
  readonly accounts: ReadonlyMap<string, LabAccount>;
  /** False for the one host an ordinary user gets: the real machine's sshd as that user, without accounts of its own. */
  readonly isolated: boolean;
  /** Runs a command as root on the host without SSH: what is true there, whatever Reeve believes. */
  exec(command: string, options?: { readonly input?: string; readonly limit?: number }): Promise<CommandResult>;
  /** sshd's log so far. */
  logs(): string;
  /** Cuts the power: every process of the host ends, its files stay. */
  down(): Promise<void>;
  /** Starts sshd again on the same address with the same files and host key. */
  up(): Promise<void>;
  /** Down and up: live sessions end, accounts stay. */
  restart(): Promise<void>;
  /** Ends the host and forgets it. Safe to call twice. */
  stop(): Promise<void>;
}

export interface LabLogin {
  readonly username: string;
  readonly password: string;
  readonly privateKey: string;
  readonly publicKey: string;
}

const loginOf = (account: LabAccount | undefined): LabLogin => {
  if (account?.password === undefined || account.key === undefined)
    throw new Error('this account has no login of its own');
  return {
    username: account.name,
    password: account.password,
    privateKey: account.key.privateKey,
    publicKey: account.key.publicKey,
  };
};

/** Starts one host and returns when its sshd listens. */
export async function startIsolatedHost(
  directory: LabDirectory,
  plan: HostPlan,
  at: { readonly address: string; readonly port: number },
  network?: string,
): Promise<LabHost> {
  const stage = join(directory.path, `host-${plan.name}`);
  mkdirSync(join(stage, 'files'), { recursive: true, mode: 0o700 });
  chmodSync(join(stage, 'files'), 0o755);
  const staged = await stageHost(join(stage, 'files'), plan, at);

  const [program = 'unshare', ...before] =
    network === undefined ? [] : ['nsenter', `--net=/run/netns/${network}`, 'unshare'];
  const child = spawn(
    program,
    [
      ...before,
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
      '--fork',
      '--kill-child=KILL',
      '/bin/bash',
      join(import.meta.dirname, 'init.sh'),
      stage,
      plan.name,
      network === undefined ? '' : 'own-network',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' } },
  );
  const machine = new Machine(plan.name, child);
  if (child.pid !== undefined) directory.mark(`host-${plan.name}-outer`, child.pid);
  try {
    await machine.order('start');
    directory.mark(`host-${plan.name}`, machine.pid);
  } catch (cause) {
    await machine.end();
    throw cause;
  }

  return {
    name: plan.name,
    purpose: plan.purpose,
    host: at.address,
    port: at.port,
    hostKeyFingerprint: staged.hostKey.fingerprint,
    hostKey: staged.hostKey.publicKey.split(' ').slice(0, 2).join(' '),
    root: loginOf(staged.accounts.get('root')),
    management: loginOf(staged.accounts.get('reeve')),
    accounts: staged.accounts,
    isolated: true,
    exec: (command, options) =>
      runCommand(
        'nsenter',
        ['-t', String(machine.pid), '-m', '-u', '-i', '-n', '-p', '-r', '-w', '/bin/bash', '-c', command],
        {
          ...options,
          env: {
            PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
            LC_ALL: 'C.UTF-8',
            HOME: '/root',
          },
        },
      ),
    logs: () => readFileSync(`/proc/${machine.pid}/root/var/log/sshd.log`, 'utf8'),
    down: async () => void (await machine.order('kill')),
    up: async () => void (await machine.order('start')),
    restart: async () => {
      await machine.order('kill');
      await machine.order('start');
    },
    stop: async () => {
      await machine.end();
      rmSync(stage, { recursive: true, force: true });
    },
  };
}

/** The host's first process: orders go in line by line, answers come out the same way. */
class Machine {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #answers: Interface;
  readonly #waiting: ((answer: string) => void)[] = [];
  #stderr = '';
  #ended = false;
  #pid: number | undefined;

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    if (child.stdout === null || child.stderr === null || child.stdin === null)
      throw new Error('a lab host needs its pipes');
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-4000)));
    this.#answers = createInterface({ input: child.stdout });
    this.#answers.on('line', (line) => this.#waiting.shift()?.(line));
    const finish = (): void => {
      this.#ended = true;
      for (const answer of this.#waiting.splice(0)) answer('failed it ended');
    };
    child.on('exit', finish);
    child.on('error', finish);
  }

  /** Process 1 of the host as the machine numbers it: unshare's only child. */
  get pid(): number {
    const outer = this.#child.pid;
    if (outer === undefined || this.#ended) throw new Error(`lab host ${this.#name} is not running`);
    this.#pid ??= Number(readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim().split(' ')[0]);
    return this.#pid;
  }

  async order(order: 'start' | 'kill'): Promise<string> {
    if (this.#ended) throw new Error(`lab host ${this.#name} is not running: ${lastLines(this.#stderr)}`);
    const answer = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `lab host ${this.#name} did not answer "${order}" within ${ORDER_LIMIT_MS} ms: ${lastLines(this.#stderr)}`,
            ),
          ),
        ORDER_LIMIT_MS,
      );
      this.#waiting.push((line) => {
        clearTimeout(timer);
        resolve(line);
      });
      this.#child.stdin?.write(`${order}\n`);
    });
    if (!answer.startsWith('ok'))
      throw new Error(`lab host ${this.#name} could not ${order}: ${answer} ${lastLines(this.#stderr)}`);
    return answer;
  }

  /** Closes the host's input, which ends it; kills it when it does not follow. */
  async end(): Promise<void> {
    this.#child.stdin?.end();
    try {
      await waitUntil(`lab host ${this.#name} to end`, 1000, () => this.#ended, 5);
    } catch {
      this.#child.kill('SIGKILL'); // --kill-child takes the host's first process with it
      await waitUntil(`lab host ${this.#name} to be killed`, 2000, () => this.#ended, 5);
    }
    this.#answers.close();
  }
}
