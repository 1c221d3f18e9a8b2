/**
 * Brings the programs the lab and the tests lean on: with apt when root on Debian or Ubuntu, else it lists what is missing
 * and what will be left out for it. Nothing it installs is started: a policy-rc.d that says no stands guard meanwhile.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  copyFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { lastLines, runCommand, type CommandResult } from './run-command.ts';

export type InstallMode = 'demo' | 'test';

interface Need {
  readonly package: string;
  /** Any of these files means it is there, whoever installed it. */
  readonly files: readonly string[];
  readonly modes: readonly InstallMode[];
  /** What is left out without it, after "without it". */
  readonly without: string;
}

/** The machine as the installer sees it; tests hand in another. */
export interface Machine {
  readonly root: boolean;
  /** `ID` and `ID_LIKE` of os-release, in small letters. */
  readonly family: string;
  exists(path: string): boolean;
  run(file: string, args: readonly string[], limit: number): Promise<CommandResult>;
  /** Sees to it that nothing installed from now on starts; the returned function undoes it. */
  keepQuiet(packages: readonly string[]): () => void;
}

export interface InstallReport {
  readonly installed: readonly string[];
  readonly missing: readonly { readonly package: string; readonly without: string; readonly because: string }[];
}

const both: readonly InstallMode[] = ['demo', 'test'];
/** Programs that people use over SSH. */
function throughGateway(parts: readonly (readonly [package_: string, file: string])[]): readonly Need[] {
  return parts.map(([package_, file]) => ({
    package: package_,
    files: [file],
    modes: ['test'],
    without: `${package_} through the SSH gateway is not tried`,
  }));
}
/** What the gateways are measured beside. */
function besideGateways(parts: readonly (readonly [package_: string, file: string, of: string])[]): readonly Need[] {
  return parts.map(([package_, file, of]) => ({
    package: package_,
    files: [file],
    modes: ['test'],
    without: `the gateway of ${of} is measured beside nothing but the target itself`,
  }));
}
/** Parts of one program, of no use without each other. */
function samba(parts: readonly (readonly [package_: string, file: string])[]): readonly Need[] {
  const without = 'Active Directory is not tried, for want of a domain controller';
  return parts.map(([package_, file]) => ({ package: package_, files: [file], modes: ['test'], without }));
}
/** A token in software, what looks into it, and what compiles the library that speaks to it. */
function token(parts: readonly (readonly [package_: string, file: string])[]): readonly Need[] {
  const without = 'no root key is kept in a security module';
  return parts.map(([package_, file]) => ({ package: package_, files: [file], modes: ['test'], without }));
}
const NEEDS: readonly Need[] = [
  { package: 'openssh-server', files: ['/usr/sbin/sshd'], modes: both, without: 'there are no Linux hosts to reach' },
  { package: 'openssh-client', files: ['/usr/bin/ssh'], modes: both, without: 'nothing is tried with a real ssh' },
  {
    package: 'sudo',
    files: ['/usr/bin/sudo'],
    modes: both,
    without: 'sudo rules on the hosts are read but never tried',
  },
  { package: 'openssl', files: ['/usr/bin/openssl'], modes: both, without: 'the PostgreSQL target speaks no TLS' },
  {
    package: 'iproute2',
    files: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'],
    modes: ['test'],
    without: 'whether a target is reached without Reeve is not tried over a network of its own',
  },
  {
    package: 'nftables',
    files: ['/usr/sbin/nft', '/sbin/nft'],
    modes: ['test'],
    without: 'whether a target is reached without Reeve is not tried over a network of its own',
  },
  {
    package: 'rsync',
    files: ['/usr/bin/rsync'],
    modes: ['test'],
    without: 'rsync through the SSH gateway is not tried',
  },
  ...throughGateway([
    ['git', '/usr/bin/git'],
    ['vim', '/usr/bin/vim'],
    ['tmux', '/usr/bin/tmux'],
    ['procps', '/usr/bin/top'],
    ['ansible-core', '/usr/bin/ansible'],
  ]),
  {
    package: 'postgresql',
    files: ['/usr/lib/postgresql/*/bin/postgres'],
    modes: ['test'],
    without: 'Debian’s PostgreSQL is not tried, only the embedded one',
  },
  {
    package: 'postgresql-client',
    files: ['/usr/bin/psql'],
    modes: ['test'],
    without: 'nothing is tried with a real psql',
  },
  {
    package: 'mariadb-server',
    files: ['/usr/sbin/mariadbd'],
    modes: ['test'],
    without: 'there is no MariaDB server to read and change',
  },
  {
    package: 'mariadb-client',
    files: ['/usr/bin/mariadb'],
    modes: ['test'],
    without: 'there is no MariaDB server to read and change',
  },
  ...samba([
    ['samba', '/usr/sbin/samba'],
    ['samba-common-bin', '/usr/bin/samba-tool'],
    ['samba-ad-provision', '/usr/share/samba/setup/provision.ldif'],
    ['samba-dsdb-modules', '/usr/lib/*/samba/ldb/samldb.so'],
    ['samba-vfs-modules', '/usr/lib/*/samba/vfs/acl_xattr.so'],
    ['ldb-tools', '/usr/bin/ldbmodify'],
  ]),
  ...besideGateways([
    ['pgbouncer', '/usr/sbin/pgbouncer', 'PostgreSQL'],
    ['haproxy', '/usr/sbin/haproxy', 'MySQL'],
    ['nginx-light', '/usr/sbin/nginx', 'web applications'],
  ]),
  {
    package: 'slapd',
    files: ['/usr/sbin/slapd'],
    modes: ['test'],
    without: 'there is no LDAP directory to read and change',
  },
  {
    package: 'ldap-utils',
    files: ['/usr/bin/ldapsearch'],
    modes: ['test'],
    without: 'the directory is not tried with a real ldapsearch',
  },
  {
    package: 'glewlwyd',
    files: ['/usr/bin/glewlwyd'],
    modes: ['test'],
    without: 'there is no service with a REST API to read and change',
  },
  {
    package: 'sqlite3',
    files: ['/usr/bin/sqlite3'],
    modes: ['test'],
    without: 'there is no service with a REST API to read and change',
  },
  ...token([
    ['softhsm2', '/usr/bin/softhsm2-util'],
    ['opensc', '/usr/bin/pkcs11-tool'],
    ['g++', '/usr/bin/g++'],
    ['make', '/usr/bin/make'],
    ['python3', '/usr/bin/python3'],
  ]),
  {
    package: 'chromium',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
    modes: ['test'],
    without: 'the console is not tried in a browser',
  },
];

const POLICY = '/usr/sbin/policy-rc.d';
const CLUSTER_CONF = '/etc/postgresql-common/createcluster.conf';

/** A `*` stands for one folder name. */
function existsHere(path: string): boolean {
  const [before = '', after] = path.split('/*/');
  if (after === undefined) return existsSync(path);
  return existsSync(before) && readdirSync(before).some((name) => existsSync(`${before}/${name}/${after}`));
}

function thisMachine(): Machine {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const values = [...release.matchAll(/^(?:ID|ID_LIKE)=(.*)$/gm)].map((match) => match[1] ?? '');
  return {
    root: process.getuid?.() === 0,
    family: values.join(' ').replaceAll('"', '').toLowerCase(),
    exists: existsHere,
    run: (file, args, limit) =>
      runCommand(file, args, { limit, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' } }),
    keepQuiet,
  };
}

/** Installs what is missing and can be, and reports the rest. Never throws for a package that cannot be had: `missing` says why. */
export async function installNeeds(
  mode: InstallMode,
  log: (line: string) => void = () => undefined,
  machine: Machine = thisMachine(),
): Promise<InstallReport> {
  const has = (need: Need): boolean => need.files.some((file) => machine.exists(file));
  const wanted = NEEDS.filter((need) => need.modes.includes(mode) && !has(need));
  if (wanted.length === 0) return { installed: [], missing: [] };
  const obstacle = whyNotInstall(machine);
  const because = new Map<string, string>();
  if (obstacle === undefined) {
    const can = wanted.filter((need) => need.package !== 'chromium' || !/\bubuntu\b/.test(machine.family));
    for (const need of wanted) if (!can.includes(need)) because.set(need.package, 'Ubuntu has it as a snap only');
    const { failure, unknown } = await aptInstall(
      machine,
      can.map((need) => need.package),
      log,
    );
    if (failure !== undefined) for (const need of can) because.set(need.package, failure);
    for (const name of unknown) because.set(name, 'this release has no package of that name');
  }
  const missing = wanted
    .filter((need) => !has(need))
    .map((need) => ({
      package: need.package,
      without: need.without,
      because: because.get(need.package) ?? obstacle ?? 'installed, but its program is not where it should be',
    }));
  for (const each of missing) log(`MISSING ${each.package}: ${each.because}; without it ${each.without}`);
  if (missing.length > 0 && obstacle !== undefined)
    log(`to have everything: sudo apt-get install ${missing.map((each) => each.package).join(' ')}`);
  return { installed: wanted.filter(has).map((need) => need.package), missing };
}

function whyNotInstall(machine: Machine): string | undefined {
  if (!/\b(debian|ubuntu)\b/.test(machine.family)) return 'this is neither Debian nor Ubuntu';
  return machine.root ? undefined : 'not root';
}

interface AptOutcome {
  /** In apt's words; absent when all went well. */
  readonly failure?: string;
  /** Left out, since one of these would keep apt from installing the rest. */
  readonly unknown: readonly string[];
}

async function aptInstall(
  machine: Machine,
  packages: readonly string[],
  log: (line: string) => void,
): Promise<AptOutcome> {
  if (packages.length === 0) return { unknown: [] };
  log(`installing ${packages.join(', ')} with apt-get`);
  const begun = performance.now();
  const undo = machine.keepQuiet(packages);
  let unknown: readonly string[] = [];
  try {
    const install = (names = packages): Promise<CommandResult> =>
      machine.run(
        'apt-get',
        [
          'install',
          '-y',
          '--no-install-recommends',
          '-o',
          'DPkg::Lock::Timeout=300',
          '-o',
          'Dpkg::Options::=--force-confold',
          ...names,
        ],
        420_000,
      );
    const listed = async (...names: readonly string[]): Promise<number> => {
      const known = await machine.run('apt-cache', ['policy', ...names], 30_000);
      return known.stdout.match(/Candidate: (?!\(none\))/g)?.length ?? 0;
    };
    let result = (await listed(...packages)) < packages.length ? undefined : await install();
    if (result === undefined || result.code !== 0) {
      log('the package lists are old or empty: apt-get update');
      const update = await machine.run('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=300'], 180_000);
      if (update.code !== 0) log(`apt-get update failed: ${lastLines(update.stderr, 2)}`);
      if ((await listed(...packages)) < packages.length) {
        const counts = await Promise.all(packages.map((name) => listed(name)));
        // Where nothing is known the lists could not be had, and apt has better words for that.
        if (counts.some((count) => count > 0)) unknown = packages.filter((_, index) => counts[index] === 0);
      }
      result = await install(packages.filter((name) => !unknown.includes(name)));
    }
    if (result.code !== 0) return { failure: lastLines(result.stderr || result.stdout, 2), unknown };
    log(`installed in ${Math.round((performance.now() - begun) / 100) / 10} s`);
    return { unknown };
  } catch (cause) {
    return { failure: cause instanceof Error ? cause.message : String(cause), unknown };
  } finally {
    undo();
  }
}

/**
 * Keeps what is being installed from starting, and PostgreSQL from making a cluster nobody asked for.
 * An administrator's own files stay as they are; ours go again.
 */
function keepQuiet(packages: readonly string[]): () => void {
  const undo: (() => void)[] = [];
  if (!existsSync(POLICY)) {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(POLICY, 0o755);
    undo.push(() => rmSync(POLICY, { force: true }));
  }
  if (packages.includes('postgresql') && !existsSync(CLUSTER_CONF)) {
    mkdirSync(dirname(CLUSTER_CONF), { recursive: true });
    writeFileSync(CLUSTER_CONF, 'create_main_cluster = false\n');
    const shipped = '/usr/share/postgresql-common/createcluster.conf';
    undo.push(() =>
      existsSync(shipped) ? copyFileSync(shipped, CLUSTER_CONF) : rmSync(CLUSTER_CONF, { force: true }),
    );
  }
  return () => {
    for (const each of undo) each();
  };
}
