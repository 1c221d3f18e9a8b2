/** Starts an OpenLDAP target: LDAPS and StartTLS, password policy, people and groups planted, gone with whoever started it. */
import { chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANY_DIRECTORY } from '#test/fixtures/company/systems/directory-entries.ts';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { findDirectoryUser, findSlapd } from './ldap/find-slapd.ts';
import type { DirectoryPlan } from './ldap/plan.ts';
import { renderConfig } from './ldap/render-config.ts';
import { entryDn, hashPassword, renderEntries } from './ldap/render-entries.ts';
import { SlapdServer } from './ldap/server.ts';
import { freePort } from './loopback.ts';
import { makePassword } from './ssh-keys.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

export interface LdapOptions {
  readonly plan?: DirectoryPlan;
  /** A loopback address; 127.0.0.1 when not given. */
  readonly address?: string;
  /** The LDAPS port where it is to stay the same over runs; free when not given. */
  readonly port?: number;
  /** Whether accounts can keep SSH keys (the openssh-lpk schema). */
  readonly sshKeys?: boolean;
  /** Whether rules of sudo can be kept (its schema). */
  readonly sudo?: boolean;
  /** Whether writes are kept in `cn=accesslog`. Default true. */
  readonly accessLog?: boolean;
  /** Whether the time of each log-in is kept (`pwdLastSuccess`): then every log-in is a change of the account. */
  readonly lastUse?: boolean;
  /** Whether the password policy is in force. Default true; its schema is there either way. */
  readonly passwordPolicy?: boolean;
  /** More of `cn=config`: lines of it (`%s` is the suffix), and whole entries. */
  readonly configuration?: { readonly settings?: readonly string[]; readonly more?: string };
  /** More LDIF to load before the start; with very much of it, give it time in `loadLimit` (milliseconds). */
  readonly extra?: string;
  readonly loadLimit?: number;
  readonly directory?: LabDirectory;
  readonly log?: (line: string) => void;
}

export interface LabLdap {
  readonly name: string;
  readonly host: string;
  /** LDAPS. */
  readonly port: number;
  /** LDAP with StartTLS. */
  readonly startTlsPort: number;
  readonly suffix: string;
  /** The server's own administrator, past every access rule. */
  readonly root: { readonly username: string; readonly password: string };
  /** An account that may change people and groups, read the configuration and the log of writes: what Reeve is given. */
  readonly management: { readonly username: string; readonly password: string };
  /** Passwords of the planted accounts by name. */
  readonly passwords: ReadonlyMap<string, string>;
  dn(name: string): string;
  readonly tls: LabCertificate;
  /** Every operation, bind and result of this run. */
  logs(): string;
  down(): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  /** SIGKILL, as a crash would. `up` recovers. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and returns when it answers. Rejects with the server's last words. */
export async function startLdap(options: LdapOptions = {}): Promise<LabLdap> {
  const log = options.log ?? (() => undefined);
  const plan = options.plan ?? COMPANY_DIRECTORY;
  const address = options.address ?? '127.0.0.1';
  if (options.directory === undefined) await sweepLeftovers();
  const directory = options.directory ?? makeLabDirectory();
  const base = join(directory.path, `ldap-${plan.name}`);
  let server: SlapdServer | undefined;
  const stop = async (): Promise<void> => {
    await server?.end('SIGINT');
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    if (options.directory === undefined) directory.remove();
  };
  try {
    const programs = findSlapd();
    if (programs === undefined) throw new Error('no OpenLDAP server found: apt-get install slapd');
    const user = await findDirectoryUser();
    mkdirSync(base, { mode: 0o700 });
    if (user !== undefined) chownSync(base, user.uid, user.gid);
    const tls = await makeCertificate(base, { name: 'lab ldap', address, user });
    if (tls === undefined) throw new Error('the directory needs a certificate: apt-get install openssl');

    const management = { username: `cn=reeve,ou=services,${plan.suffix}`, password: makePassword() };
    const root = { username: `cn=manager,${plan.suffix}`, password: makePassword() };
    const passwords = new Map(
      plan.entries.filter((entry) => entry.password !== false).map((entry) => [entry.name, makePassword()]),
    );
    const whole: DirectoryPlan = {
      ...plan,
      entries: [...plan.entries, { name: 'reeve', fullName: 'Reeve', container: 'services', nameless: true }],
    };
    server = new SlapdServer({ base, programs, user, directory, name: plan.name });
    const config = renderConfig({
      base,
      suffix: plan.suffix,
      rootDn: root.username,
      rootPassword: hashPassword(root.password),
      managementDn: management.username,
      accessRules: plan.accessRules,
      sshKeys: options.sshKeys ?? false,
      accessLog: options.accessLog ?? true,
      lastUse: options.lastUse ?? false,
      passwordPolicy: options.passwordPolicy ?? true,
      sudo: options.sudo ?? false,
      settings: options.configuration?.settings ?? [],
      more: options.configuration?.more ?? '',
    });
    const entries = renderEntries(whole, new Map([...passwords, ['reeve', management.password]]));
    const load = options.extra === undefined ? entries : `${entries}\n${options.extra}`;
    await server.initialise(config, plan.suffix, load, options.loadLimit ?? 20_000);
    const ports = await listenSomewhere(server, address, options.port);
    log(`${plan.name}: OpenLDAP on ${address} port ${ports.port} (LDAPS) and ${ports.startTlsPort} (StartTLS)`);

    const running = server;
    return {
      name: plan.name,
      host: address,
      ...ports,
      suffix: plan.suffix,
      root,
      management,
      passwords,
      dn: (name) => {
        const entry = whole.entries.find((one) => one.name === name);
        if (entry === undefined) throw new Error(`${plan.name} has no entry ${name}`);
        return entryDn(plan, entry);
      },
      tls,
      logs: () => running.logs(),
      down: () => running.end('SIGINT'),
      up: () => running.up(),
      restart: async () => {
        await running.end('SIGINT');
        await running.up();
      },
      kill9: () => running.end('SIGKILL'),
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Someone else can take a free port between the look and the bind: then others, unless one was asked for. */
async function listenSomewhere(
  server: SlapdServer,
  address: string,
  wanted: number | undefined,
): Promise<{ readonly port: number; readonly startTlsPort: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort(address));
    const startTlsPort = await freePort(address);
    try {
      await server.up(`ldaps://${address}:${port} ldap://${address}:${startTlsPort}`);
      return { port, startTlsPort };
    } catch (cause) {
      if (wanted !== undefined || attempt === 3 || !String(cause).includes('Address already in use')) throw cause;
    }
  }
}
