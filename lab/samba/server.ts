/** One Samba domain controller over its life: provisioned, configured, started, its power cut, ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { processStart, type LabDirectory } from '../lab-directory.ts';
import { lastLines, mustRun, waitUntil } from '../run-command.ts';
import { readLdif, type LdifEntry } from './ldif.ts';
import type { DomainPlan } from './plan.ts';

/** Provisioned domains to copy from, beside what other tools keep there; gone with the next `npm ci`. */
const TEMPLATES = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'reeve-lab');
/** Provisioning is seven seconds of work for one core; a machine with ten times more to do needs the rest. */
const PROVISION_LIMIT_MS = 120_000;
const SHOW_DELETED = ['--controls=show_deleted:1'];
/** DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID of Samba. */
const PAST_PASSWORD_RULES = ['--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0'];
const START_LIMIT_MS = 30_000;

export interface WriteOptions {
  /** What was deleted can be changed too. */
  readonly deleted?: boolean;
  /** Properties of passwords are written as they are given, such as a `pwdLastSet` of long ago. */
  readonly pastRules?: boolean;
  /** What is written is the schema itself. */
  readonly schema?: boolean;
}

export interface SambaPlace {
  readonly base: string;
  readonly address: string;
  readonly plan: DomainPlan;
  readonly directory: LabDirectory;
}

/** The domain's database and the process that serves it. */
export class SambaServer {
  readonly #at: SambaPlace;
  readonly #config: string;
  readonly #log: string;
  #child: ChildProcess | undefined;
  #ended = true;

  constructor(at: SambaPlace) {
    this.#at = at;
    this.#config = join(at.base, 'smb.conf');
    this.#log = join(at.base, 'samba.log');
  }

  get #env(): NodeJS.ProcessEnv {
    return { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  }

  get #database(): readonly string[] {
    return ['-H', join(this.#at.base, 'private', 'sam.ldb'), `--configfile=${this.#config}`];
  }

  /** An empty domain: a copy of one made earlier, where there is one. Its administrator has a password nobody knows. */
  async provision(): Promise<void> {
    const { base, address, plan } = this.#at;
    const template = join(TEMPLATES, await this.#templateName());
    const parts = ['private', 'state'];
    if (existsSync(template)) {
      await Promise.all(parts.map((part) => cp(join(template, part), join(base, part), { recursive: true })));
      return;
    }
    await mustRun(
      'samba-tool',
      [
        'domain',
        'provision',
        `--targetdir=${base}`,
        `--realm=${plan.realm}`,
        `--domain=${plan.netbios}`,
        '--server-role=dc',
        '--dns-backend=NONE',
        '--host-name=dc1',
        `--host-ip=${address}`,
        `--option=interfaces=${address}/8`,
        '--option=bind interfaces only=yes',
        '--option=ldb:nosync=true',
        `--option=log file=${this.#log}`,
      ],
      { env: this.#env, limit: PROVISION_LIMIT_MS, cwd: base },
    );
    const making = `${template}.${process.pid}`;
    try {
      mkdirSync(making, { recursive: true, mode: 0o700 });
      await Promise.all(parts.map((part) => cp(join(base, part), join(making, part), { recursive: true })));
      await rename(making, template);
    } catch {
      // Another run was first, or the folder cannot be written to: then the next start provisions again.
      await rm(making, { recursive: true, force: true });
    }
  }

  /** One template a domain name and version of Samba: neither the address nor the planted people are in it. */
  async #templateName(): Promise<string> {
    const version = await mustRun('samba', ['--version'], { env: this.#env });
    return `samba-${this.#at.plan.realm}-${version.trim()}`.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  }

  /** Writes the configuration the server and the ldb tools go by: LDAP, LDAPS and Kerberos on its own address, nothing below /var. */
  configure(): void {
    const { base, address, plan } = this.#at;
    for (const folder of ['run', 'cache']) mkdirSync(join(base, folder), { recursive: true, mode: 0o755 });
    const settings = [
      'netbios name = DC1',
      `realm = ${plan.realm}`,
      `workgroup = ${plan.netbios}`,
      'server role = active directory domain controller',
      'server services = ldap, kdc',
      `interfaces = ${address}/8`,
      'bind interfaces only = yes',
      `private dir = ${join(base, 'private')}`,
      `state directory = ${join(base, 'state')}`,
      `binddns dir = ${join(base, 'bind-dns')}`,
      `cache directory = ${join(base, 'cache')}`,
      `lock directory = ${join(base, 'run')}`,
      `pid directory = ${join(base, 'run')}`,
      `ncalrpc dir = ${join(base, 'run', 'ncalrpc')}`,
      `winbindd socket directory = ${join(base, 'run', 'winbindd')}`,
      `log file = ${this.#log}`,
      'logging = file',
      // Every change of the database is a line of JSON; passwords are not in it.
      'log level = 1 auth_audit:3 dsdb_json_audit:5',
      'max log size = 0',
      'ldap server require strong auth = yes',
      'tls enabled = yes',
      `tls keyfile = ${join(base, 'server.key')}`,
      `tls certfile = ${join(base, 'server.crt')}`,
      'tls cafile =',
      'disable netbios = yes',
      'load printers = no',
      'printcap name = /dev/null',
      'ldb:nosync = true',
    ];
    writeFileSync(this.#config, `[global]\n${settings.map((each) => ` ${each}\n`).join('')}`, { mode: 0o600 });
  }

  async up(): Promise<void> {
    if (!this.#ended) return;
    const { base, address, plan, directory } = this.#at;
    const out = openSync(join(base, 'samba.out'), 'a', 0o600);
    const order = ['--foreground', '--no-process-group', '--model=single', `--configfile=${this.#config}`];
    const child = spawn('setpriv', ['--pdeathsig=TERM', 'samba', ...order], {
      stdio: ['ignore', out, out],
      env: this.#env,
      cwd: base,
    });
    closeSync(out);
    this.#child = child;
    this.#ended = false;
    const finish = (): void => void (this.#ended = true);
    child.on('exit', finish).on('error', finish);
    const ready = async (): Promise<boolean> => this.#ended || (await answers(address, 636));
    try {
      await waitUntil(`the domain controller of ${plan.name} to listen on ${address}`, START_LIMIT_MS, ready, 30);
    } catch (cause) {
      await this.end('SIGKILL');
      throw cause;
    }
    if (this.#ended) throw new Error(`Samba ended while starting: ${lastLines(this.logs())}`);
    if (child.pid !== undefined) directory.mark(`samba-${plan.name}`, child.pid);
  }

  /** SIGTERM shuts it down; SIGKILL is a power cut. Returns when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined || this.#ended) return;
    const { pid } = child;
    child.kill(signal);
    try {
      await waitUntil(`Samba (${pid}) to end`, 5000, () => this.#ended);
    } catch {
      child.kill('SIGKILL');
      await waitUntil(`Samba (${pid}) to be killed`, 2000, () => this.#ended);
    }
    await waitUntil(`process ${pid} to be gone`, 2000, () => processStart(pid) === undefined);
  }

  /** Writes LDIF straight into the database, whether the server runs or not. Secrets travel on standard input. */
  async write(ldif: string, { deleted, pastRules, schema }: WriteOptions = {}): Promise<void> {
    const order = [
      ...this.#database,
      ...(deleted ? SHOW_DELETED : []),
      ...(pastRules ? PAST_PASSWORD_RULES : []),
      ...(schema ? ['--option=dsdb:schema update allowed=true'] : []),
    ];
    await mustRun('ldbmodify', order, { input: ldif, env: this.#env, limit: 60_000 });
  }

  /** What the database holds, read behind the server's back. */
  async search(
    filter: string,
    attributes: readonly string[],
    base?: string,
    deleted = false,
  ): Promise<readonly LdifEntry[]> {
    const where = [...(base === undefined ? [] : ['-b', base]), ...(deleted ? SHOW_DELETED : [])];
    const text = await mustRun('ldbsearch', [...this.#database, ...where, filter, ...attributes], {
      env: this.#env,
      limit: 30_000,
    });
    return readLdif(text);
  }

  logs(): string {
    return ['samba.log', 'samba.out']
      .map((name) => join(this.#at.base, name))
      .map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : ''))
      .join('');
  }
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const say = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', say(true)).once('error', say(false)).once('timeout', say(false));
  });
}
