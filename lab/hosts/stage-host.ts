/** Writes the files a lab host boots with: accounts, keys, sudo rules, sshd's settings. Runs as root (files keep their owners). */
import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mustRun } from '../run-command.ts';
import { makePassword, makeSshKey, type SshKey } from '../ssh-keys.ts';
import type { HostPlan, PlannedUser } from './plan.ts';

/** One account as planted, with what a test needs to log in as it. Lives in memory only. */
export interface LabAccount {
  readonly name: string;
  readonly uid: number;
  readonly password?: string;
  readonly key?: SshKey;
}

export interface StagedHost {
  readonly hostKey: SshKey;
  /** root, the management account `reeve` and every planned user, by name. */
  readonly accounts: ReadonlyMap<string, LabAccount>;
}

const SYSTEM_USERS: readonly (readonly [string, number, number, string, string])[] = [
  ['daemon', 1, 1, '/usr/sbin', '/usr/sbin/nologin'],
  ['bin', 2, 2, '/bin', '/usr/sbin/nologin'],
  ['sys', 3, 3, '/dev', '/usr/sbin/nologin'],
  ['sync', 4, 65534, '/bin', '/bin/sync'],
  ['man', 6, 12, '/var/cache/man', '/usr/sbin/nologin'],
  ['mail', 8, 8, '/var/mail', '/usr/sbin/nologin'],
  ['www-data', 33, 33, '/var/www', '/usr/sbin/nologin'],
  ['backup', 34, 34, '/var/backups', '/usr/sbin/nologin'],
  ['sshd', 101, 65534, '/run/sshd', '/usr/sbin/nologin'],
  ['nobody', 65534, 65534, '/nonexistent', '/usr/sbin/nologin'],
];
const SYSTEM_GROUPS: readonly (readonly [string, number])[] = [
  ['root', 0],
  ['daemon', 1],
  ['bin', 2],
  ['sys', 3],
  ['adm', 4],
  ['tty', 5],
  ['disk', 6],
  ['mail', 8],
  ['man', 12],
  ['sudo', 27],
  ['www-data', 33],
  ['backup', 34],
  ['shadow', 42],
  ['utmp', 43],
  ['staff', 50],
  ['users', 100],
  ['docker', 998],
  ['nogroup', 65534],
];
const DAY_MS = 86_400_000;

const sshdConfig = (address: string, port: number): string => `# written by the lab
ListenAddress ${address}
Port ${port}
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
UsePAM yes
PermitRootLogin yes
PubkeyAuthentication yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
AcceptEnv LANG LC_*
PrintMotd no
UseDNS no
LogLevel VERBOSE
MaxStartups 200:30:400
MaxSessions 100
Subsystem sftp internal-sftp
`;

/** SHA-512 crypt of each password, in order. Perl's `crypt` is the C library's; it is part of every Debian. */
async function hashPasswords(passwords: readonly string[]): Promise<readonly string[]> {
  if (passwords.length === 0) return [];
  const input = passwords.map((password) => `${makePassword().slice(0, 16)} ${password}\n`).join('');
  const program = 'while(<STDIN>){chomp;my($s,$p)=split / /,$_,2;print crypt($p,"\\$6\\$$s\\$"),"\\n"}';
  return (await mustRun('perl', ['-e', program], { input })).trimEnd().split('\n');
}

/** The management account Reeve logs in as where root login is not wanted: a key, a password and full sudo. */
const MANAGEMENT: PlannedUser = {
  name: 'reeve',
  fullName: 'Reeve management account',
  uid: 999,
  home: '/home/reeve',
  password: 'set',
  passwordMaxDays: null,
  key: true,
  sudo: ['ALL=(ALL:ALL) NOPASSWD: ALL'],
};

/** Writes everything below `files`; returns the secrets made on the way. */
export async function stageHost(
  files: string,
  plan: HostPlan,
  at: { readonly address: string; readonly port: number },
): Promise<StagedHost> {
  const now = Date.now();
  const today = Math.floor(now / DAY_MS);
  const write = (path: string, text: string | Buffer, mode = 0o644): void => {
    mkdirSync(dirname(join(files, path)), { recursive: true });
    writeFileSync(join(files, path), text);
    chmodSync(join(files, path), mode); // whatever the umask
  };
  const root: PlannedUser = {
    name: 'root',
    fullName: 'root',
    uid: 0,
    home: '/root',
    password: 'set',
    passwordMaxDays: null,
    key: true,
  };
  let nextUid = 1000;
  const users = [root, MANAGEMENT, ...plan.users].map((user) => ({ ...user, uid: user.uid ?? nextUid++ }));
  const needHash = users.filter((user) => (user.password ?? 'none') !== 'none');
  const passwords = new Map(needHash.map((user) => [user.name, makePassword()]));
  const hashes = await hashPasswords(needHash.map((user) => passwords.get(user.name) ?? ''));
  const hashOf = new Map(needHash.map((user, index) => [user.name, hashes[index] ?? '*']));

  const accounts = new Map<string, LabAccount>();
  const passwd: string[] = [];
  const shadow: string[] = [];
  const members = new Map<string, { gid: number; names: string[] }>(
    SYSTEM_GROUPS.map(([name, gid]) => [name, { gid, names: [] }]),
  );
  let nextGid = 900;
  for (const group of plan.groups ?? []) members.set(group.name, { gid: group.gid ?? nextGid--, names: [] });
  const lastlog: { uid: number; at: number }[] = [];

  for (const user of users) {
    const home = user.home ?? `/home/${user.name}`;
    const gid = user.uid;
    if (!members.has(user.name) && user.uid !== 0) members.set(user.name, { gid, names: [] });
    for (const group of user.groups ?? []) {
      const entry = members.get(group) ?? { gid: nextGid--, names: [] };
      entry.names.push(user.name);
      members.set(group, entry);
    }
    passwd.push(`${user.name}:x:${user.uid}:${gid}:${user.fullName},,,:${home}:${user.shell ?? '/bin/bash'}`);
    const field = { set: hashOf.get(user.name) ?? '*', locked: `!${hashOf.get(user.name) ?? '*'}`, none: '*' }[
      user.password ?? 'none'
    ];
    const maxDays = user.passwordMaxDays === null ? 99_999 : (user.passwordMaxDays ?? 90);
    shadow.push(`${user.name}:${field}:${today - (user.passwordAgeDays ?? 30)}:0:${maxDays}:7:::`);
    if (user.lastLoginDaysAgo !== undefined)
      lastlog.push({ uid: user.uid, at: Math.floor((now - user.lastLoginDaysAgo * DAY_MS) / 1000) });

    const key = user.key === true ? makeSshKey(`${user.name}@${plan.name}`) : undefined;
    const stray =
      user.name === 'root' ? (plan.strayRootKeys ?? []).map((comment) => makeSshKey(comment).publicKey) : [];
    const keys = [...(key === undefined ? [] : [key.publicKey]), ...stray];
    makeHome(join(files, home), user.uid, gid, keys);
    if (user.sudo !== undefined) {
      write(`etc/sudoers.d/${user.name}`, user.sudo.map((rule) => `${user.name} ${rule}\n`).join(''), 0o440);
    }
    const password = passwords.get(user.name);
    accounts.set(user.name, {
      name: user.name,
      uid: user.uid,
      ...(password === undefined ? {} : { password }),
      ...(key === undefined ? {} : { key }),
    });
  }
  for (const group of plan.groups ?? []) {
    if (group.sudo !== undefined)
      write(`etc/sudoers.d/group-${group.name}`, group.sudo.map((rule) => `%${group.name} ${rule}\n`).join(''), 0o440);
  }
  for (const [name, uid, gid, home, shell] of SYSTEM_USERS) {
    passwd.push(`${name}:x:${uid}:${gid}:${name}:${home}:${shell}`);
    shadow.push(`${name}:*:${today - 400}:0:99999:7:::`);
  }

  write('etc/passwd', `${passwd.join('\n')}\n`);
  write('etc/shadow', `${shadow.join('\n')}\n`, 0o640);
  chownSync(join(files, 'etc/shadow'), 0, 42);
  const groups = [...members].map(([name, { gid, names }]) => ({ name, gid, names: names.join(',') }));
  write('etc/group', groups.map((group) => `${group.name}:x:${group.gid}:${group.names}\n`).join(''));
  write('etc/gshadow', groups.map((group) => `${group.name}:*::${group.names}\n`).join(''), 0o640);
  chownSync(join(files, 'etc/gshadow'), 0, 42);
  write(
    'etc/sudoers',
    'Defaults env_reset\nDefaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n',
    0o440,
  );
  mkdirSync(join(files, 'etc/sudoers.d'), { recursive: true, mode: 0o750 });
  write('etc/hostname', `${plan.name}\n`);
  write('etc/hosts', `127.0.0.1 localhost\n${at.address} ${plan.name}\n`);
  write('etc/motd', `${plan.name}: ${plan.purpose} (lab host, made up)\n`);
  write('var/log/lastlog', renderLastlog(lastlog));
  for (const log of ['wtmp', 'btmp', 'auth.log']) write(`var/log/${log}`, '', 0o640);

  const hostKey = makeSshKey(`host ${plan.name}`);
  write('etc/ssh/ssh_host_ed25519_key', hostKey.privateKey, 0o600);
  write('etc/ssh/ssh_host_ed25519_key.pub', `${hostKey.publicKey}\n`);
  write('etc/ssh/sshd_config', sshdConfig(at.address, at.port));
  copyFileSync(join(import.meta.dirname, 'serve.sh'), join(files, 'etc/lab-init'));
  return { hostKey, accounts };
}

function makeHome(path: string, uid: number, gid: number, keys: readonly string[]): void {
  const ssh = join(path, '.ssh');
  mkdirSync(ssh, { recursive: true });
  writeFileSync(join(ssh, 'authorized_keys'), keys.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  for (const entry of [path, ssh, join(ssh, 'authorized_keys')]) chownSync(entry, uid, gid);
  for (const folder of [path, ssh]) chmodSync(folder, 0o700);
}

/** lastlog(8): one 292-byte record a uid, the time first, then the line and the host. */
function renderLastlog(logins: readonly { readonly uid: number; readonly at: number }[]): Buffer {
  const size = 292;
  const out = Buffer.alloc(size * (Math.max(0, ...logins.map((login) => login.uid)) + 1));
  for (const { uid, at } of logins) {
    out.writeInt32LE(at, uid * size);
    out.write('pts/0', uid * size + 4);
    out.write('127.0.0.1', uid * size + 36);
  }
  return out;
}
