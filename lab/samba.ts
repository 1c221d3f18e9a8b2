/** Starts a Windows domain: a Samba Active Directory domain controller on a loopback address of its own, gone with whoever started it. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { COMPANY_WINDOWS_DOMAIN } from '#test/fixtures/company/systems/domain-accounts.ts';
import { makeLabDirectory, sweepLeftovers, type LabDirectory } from './lab-directory.ts';
import { freeAddress } from './loopback.ts';
import type { LdifEntry } from './samba/ldif.ts';
import type { DomainPlan } from './samba/plan.ts';
import { baseOf, plantDomain } from './samba/plant-domain.ts';
import { SambaServer, type WriteOptions } from './samba/server.ts';
import { makePassword } from './ssh-keys.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

export interface SambaOptions {
  readonly plan?: DomainPlan;
  /** A loopback address that stays the same over runs; a free one when not given. */
  readonly address?: string;
  readonly directory?: LabDirectory;
  readonly log?: (line: string) => void;
}

/** A domain controller as its domain sees it. */
export interface LabSamba {
  readonly name: string;
  readonly host: string;
  /** LDAPS; there is LDAP on 389, which takes no simple bind, and Kerberos on 88. */
  readonly port: number;
  /** Distinguished name of the domain. */
  readonly base: string;
  readonly realm: string;
  readonly netbios: string;
  readonly administrator: { readonly username: string; readonly password: string };
  /** Passwords of the planted users. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly tls: LabCertificate;
  /**
   * What the domain's database holds, read without LDAP and without Reeve: security descriptors as SDDL, SIDs and GUIDs as text.
   * `deleted`: what was deleted as well.
   */
  search(
    filter: string,
    attributes: readonly string[],
    base?: string,
    deleted?: boolean,
  ): Promise<readonly LdifEntry[]>;
  /** Changes the database in LDIF, without LDAP and without Reeve. */
  write(ldif: string, options?: WriteOptions): Promise<void>;
  /** The controller's log; every log-in tried is a line beginning `Auth:`, every change of the database one of JSON. */
  logs(): string;
  down(): Promise<void>;
  up(): Promise<void>;
  restart(): Promise<void>;
  /** A power cut. `up` starts it again. */
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

const PORTS = [88, 389, 464, 636, 3268, 3269];
const PROGRAMS: readonly (readonly [file: string, package_: string])[] = [
  ['/usr/sbin/samba', 'samba'],
  ['/usr/bin/samba-tool', 'samba-common-bin'],
  ['/usr/share/samba/setup/provision.ldif', 'samba-ad-provision'],
  ['/usr/bin/ldbmodify', 'ldb-tools'],
  ['/usr/bin/openssl', 'openssl'],
];

/** Why this machine cannot run a domain controller, or undefined when it can. */
export function whyNoSamba(): string | undefined {
  if (process.platform !== 'linux') return 'a domain controller needs Linux';
  if (process.getuid?.() !== 0) return 'a domain controller needs root, for its ports and its files';
  const missing = PROGRAMS.filter(([file]) => !existsSync(file)).map(([, package_]) => package_);
  return missing.length === 0
    ? undefined
    : `not installed: ${missing.join(' ')} (apt-get install ${missing.join(' ')})`;
}

/** Provisions, plants and starts it; returns when it answers. About ten seconds, most of them the provisioning. */
export async function startSamba(options: SambaOptions = {}): Promise<LabSamba> {
  const log = options.log ?? (() => undefined);
  const plan = options.plan ?? COMPANY_WINDOWS_DOMAIN;
  const obstacle = whyNoSamba();
  if (obstacle !== undefined) throw new Error(obstacle);
  if (options.directory === undefined) await sweepLeftovers();
  const directory = options.directory ?? makeLabDirectory();
  const base = join(directory.path, `samba-${plan.name}`);
  let server: SambaServer | undefined;
  const stop = async (): Promise<void> => {
    await server?.end('SIGTERM');
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    if (options.directory === undefined) directory.remove();
  };
  try {
    mkdirSync(base, { mode: 0o700 });
    const address = await freeAddress(PORTS, options.address);
    server = new SambaServer({ base, address, plan, directory });
    // Samba would make a certificate of its own, with an RSA key that takes longer than all the rest of its start.
    const host = `dc1.${plan.realm.toLowerCase()}`;
    const [tls] = await Promise.all([
      makeCertificate(base, { name: host, address, user: undefined }),
      server.provision(),
    ]);
    if (tls === undefined) throw new Error('openssl did not make a certificate');
    server.configure();
    // Three kinds of characters, whatever chance does: the domain's policy asks for them.
    const names = ['Administrator', ...plan.users.map((user) => user.name)];
    const passwords = new Map(names.map((name) => [name, `Lab-7${makePassword()}`]));
    await plantDomain(server, plan, passwords);
    await server.up();
    log(`${plan.name}: domain ${plan.realm.toLowerCase()} on ${address}, LDAPS port 636`);

    const running = server;
    return {
      name: plan.name,
      host: address,
      port: 636,
      base: baseOf(plan),
      realm: plan.realm,
      netbios: plan.netbios,
      administrator: { username: 'Administrator', password: passwords.get('Administrator') ?? '' },
      passwords,
      tls,
      search: (filter, attributes, below, deleted) => running.search(filter, attributes, below, deleted),
      write: (ldif, how) => running.write(ldif, how),
      logs: () => running.logs(),
      down: () => running.end('SIGTERM'),
      up: () => running.up(),
      restart: async () => {
        await running.end('SIGTERM');
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
