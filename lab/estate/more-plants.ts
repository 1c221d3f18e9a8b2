/** Plants of the second kind: ways that lead to root by way of access lists, hooks, search paths, stacks and groups. */
import { file, program, sudoers, type Plant } from './planting.ts';

/** An access list as setfacl(1) writes it (`u:ben:rw`), set without it: xattr(7) by way of perl, since the programs are not everywhere. */
const acl = (
  path: string,
  user: string,
  may: number,
): string => `NR=$(case $(uname -m) in x86_64) echo 188;; *) echo 5;; esac)
perl -e '
  my ($nr, $path, $uid, $may) = @ARGV; my @s = stat $path; my $m = $s[2];
  my $u = pack("V", 2); my $n = 0xFFFFFFFF;
  $u .= pack("vvV", 1, ($m >> 6) & 7, $n) . pack("vvV", 2, $may, $uid) . pack("vvV", 4, ($m >> 3) & 7, $n) . pack("vvV", 16, 7, $n) . pack("vvV", 32, $m & 7, $n);
  my $x = "system.posix_acl_access"; syscall(0 + $nr, $path, $x, $u, length $u, 0) == 0 or die "setxattr: $!";' "$NR" ${path} "$(id -u ${user})" ${may}`;

export const MORE_PLANTS: readonly Plant[] = [
  // Access lists
  {
    on: 'web1',
    account: 'arne',
    kind: 'writable_file',
    says: /sudoers\.d\/kept.*access list user:arne:rw/u,
    how: `${sudoers('kept', '# nothing yet')}\n${acl('/etc/sudoers.d/kept', 'arne', 6)}`,
  },
  {
    on: 'web1',
    account: 'bodil',
    kind: 'writable_file',
    says: /cron\.d\/tidy.*access list user:bodil/u,
    how: `${file('/etc/cron.d/tidy', '5 4 * * * root /usr/bin/true')}\n${acl('/etc/cron.d/tidy', 'bodil', 6)}`,
  },
  {
    on: 'web1',
    account: 'carl',
    kind: 'root_runs_writable',
    says: /carl may change \/opt\/kiosk\/serve.*service.*access list/u,
    how: `${program('/opt/kiosk/serve')}\n${file('/etc/systemd/system/kiosk.service', '[Service]\nExecStart=/opt/kiosk/serve')}\n${acl('/opt/kiosk/serve', 'carl', 7)}`,
  },
  {
    on: 'web1',
    account: 'disa',
    kind: 'root_runs_writable',
    says: /searches it for programs.*access list user:disa/u,
    how: `mkdir -p /opt/site/bin && echo 'PATH=/opt/site/bin:/usr/bin:/bin' >>/etc/environment\n${acl('/opt/site/bin', 'disa', 7)}`,
  },
  {
    on: 'web1',
    account: 'root',
    kind: 'keys_writable',
    says: /egil may add keys that open root/u,
    how: `mkdir -p /root/.ssh && touch /root/.ssh/authorized_keys\n${acl('/root/.ssh/authorized_keys', 'egil', 6)}`,
  },
  {
    on: 'web1',
    account: 'frej',
    kind: 'readable_secret',
    says: /frej may read \/etc\/shadow/u,
    how: acl('/etc/shadow', 'frej', 4),
  },
  {
    on: 'web2',
    account: 'greta',
    kind: 'control_socket',
    says: /docker\.sock.*containers/u,
    how: `perl -MIO::Socket::UNIX -e 'unlink "/run/docker.sock"; IO::Socket::UNIX->new(Local => "/run/docker.sock", Listen => 1) or die' && chown root:docker /run/docker.sock && chmod 660 /run/docker.sock\n${acl('/run/docker.sock', 'greta', 6)}`,
  },
  // Units, hooks, search paths
  {
    on: 'web2',
    account: '',
    kind: 'writable_file',
    says: /worker\.service/u,
    how: file('/etc/systemd/system/worker.service', '[Service]\nExecStart=/usr/bin/true', '666'),
  },
  {
    on: 'web2',
    account: 'hans',
    kind: 'root_runs_writable',
    says: /environment/u,
    how: `${file('/srv/env/worker', 'A=1', '644', 'hans:hans')}\n${file('/etc/systemd/system/other.service', '[Service]\nEnvironmentFile=-/srv/env/worker\nExecStart=/usr/bin/true')}`,
  },
  {
    on: 'web2',
    account: 'iben',
    kind: 'root_runs_writable',
    says: /searches it for programs/u,
    how: `mkdir -p /opt/iben/bin && chown iben:iben /opt/iben/bin && echo 'export PATH=/opt/iben/bin:$PATH' >>/root/.bashrc`,
  },
  {
    on: 'web2',
    account: 'jarl',
    kind: 'root_runs_writable',
    says: /runs it from \/etc\/cron\.daily\/rotate/u,
    how: `${program('/srv/rotate/step', 'jarl:jarl')}\n${file('/etc/cron.daily/rotate', '#!/bin/sh\n/srv/rotate/step --all', '755')}`,
  },
  {
    on: 'web2',
    account: 'kaja',
    kind: 'root_runs_writable',
    says: /names of files there as options/u,
    how: `mkdir -p /srv/inbox && chown kaja:kaja /srv/inbox\n${file('/etc/cron.d/pack', '7 * * * * root cd /srv/inbox && tar czf /root/inbox.tgz *')}`,
  },
  {
    on: 'web2',
    account: 'leif',
    kind: 'runs_writable',
    says: /runs it by cron.*|mia runs it/u,
    how: `${program('/srv/mia/job', 'leif:leif')}\n${file('/etc/cron.d/mia', '8 * * * * mia /srv/mia/job')}`,
  },
  {
    on: 'web2',
    account: 'root',
    kind: 'startup_writable',
    says: /olga may change \/root\/\.profile/u,
    how: `touch /root/.profile\n${acl('/root/.profile', 'olga', 6)}`,
  },
  {
    on: 'db1',
    account: 'greger',
    kind: 'writable_file',
    says: /ld\.so\.conf\.d|update-motd/u,
    how: `${file('/etc/update-motd.d/10-hello', '#!/bin/sh\necho hello', '755', 'greger:root')}`,
  },
  {
    on: 'db1',
    account: 'hedda',
    kind: 'root_runs_writable',
    says: /PAM runs it/u,
    how: `${program('/opt/pam/note', 'hedda:hedda')}\n${file('/etc/pam.d/notes', 'session optional pam_exec.so /opt/pam/note')}`,
  },
  {
    on: 'db1',
    account: 'ivar',
    kind: 'root_runs_writable',
    says: /loads libraries/u,
    how: `mkdir -p /opt/ivar/lib && chown ivar:ivar /opt/ivar/lib\n${file('/etc/ld.so.conf.d/ivar.conf', '/opt/ivar/lib')}`,
  },
  // Capabilities
  {
    on: 'db1',
    account: '',
    kind: 'capability',
    says: /every capability/u,
    how: 'mkdir -p /opt/all && cp /bin/true /opt/all/tool && setcap all=ep /opt/all/tool',
  },
  {
    on: 'db1',
    account: 'jytte',
    kind: 'given_capability',
    says: /cap_sys_admin/u,
    how: file('/etc/security/capability.conf', 'cap_sys_admin jytte'),
  },
  // Doors
  {
    on: 'db1',
    account: 'kjell',
    kind: 'pam_trust',
    says: /pam_wheel/u,
    how: `groupadd -f trusted && usermod -aG trusted kjell\n${file('/etc/pam.d/su-l', 'auth sufficient pam_wheel.so trust group=trusted')}`,
  },
  {
    on: 'db1',
    account: '',
    kind: 'export',
    says: /exports\.d/u,
    how: file('/etc/exports.d/scratch.exports', '/srv/scratch *(rw,all_squash,anonuid=0)'),
  },
  {
    on: 'app1',
    account: '',
    kind: 'docker_tcp',
    says: /2375/u,
    how: file('/etc/docker/daemon.json', '{"hosts": ["unix:///run/docker.sock", "tcp://0.0.0.0:2375"]}'),
  },
  {
    on: 'app1',
    account: 'klara',
    kind: 'trusted_host',
    says: /anybody from anywhere is let in as klara/u,
    how: file('/home/klara/.rhosts', '+ +', '600', 'klara:klara'),
  },
  {
    on: 'app1',
    account: 'liv',
    kind: 'group_admin',
    says: /add anybody to group docker/u,
    how: 'touch /etc/gshadow; groupadd -f docker; gpasswd -A liv docker',
  },
  {
    on: 'app1',
    account: 'magne',
    kind: 'uid_twin',
    says: /uid of/u,
    how: `echo "magne:x:$(id -u jonas):$(id -g jonas)::/home/jonas:/bin/bash" >>/etc/passwd`,
  },
  {
    on: 'app1',
    account: 'root',
    kind: 'auto_login',
    says: /stands before the machine/u,
    how: file(
      '/etc/systemd/system/getty@tty1.service.d/auto.conf',
      '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear %I',
    ),
  },
  // Passwords
  { on: 'jump1', account: 'nora', kind: 'weak_password', says: /own name/u, how: 'echo nora:nora123 | chpasswd' },
  { on: 'jump1', account: 'oluf', kind: 'weak_password', says: /tries first/u, how: 'echo oluf:Welcome1 | chpasswd' },
  {
    on: 'jump1',
    account: 'petra',
    kind: 'weak_hash',
    says: /MD5/u,
    how: `usermod -p "$(perl -e 'print crypt("Rather-Long-And-Odd-91", "\\$1\\$abcdefgh\\$")')" petra`,
  },
  {
    on: 'jump1',
    account: '',
    kind: 'readable_secret',
    says: /shadow\.bak/u,
    how: 'mkdir -p /var/backups && cp /etc/shadow /var/backups/shadow.bak && chmod 644 /var/backups/shadow.bak',
  },
];

/** Who the plants above are about, by host: ordinary people. */
export const MORE_PEOPLE: Readonly<Record<string, readonly string[]>> = {
  web1: ['arne', 'bodil', 'carl', 'disa', 'egil', 'frej'],
  web2: ['greta', 'hans', 'iben', 'jarl', 'kaja', 'leif', 'olga'],
  db1: ['greger', 'hedda', 'ivar', 'jytte', 'kjell'],
  app1: ['klara', 'liv'],
  jump1: ['nora', 'oluf', 'petra'],
};
