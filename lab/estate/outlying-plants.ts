/** Plants of the fourth kind: rules that say less than they give, programs that hosts run for their own reasons, and ways in that stand in no list of accounts. */
import { file, program, sudoers, type EstateKeys, type Plant } from './planting.ts';

const key = (keys: EstateKeys, name: string): string => keys(name).publicKey.trim();

export const OUTLYING_PLANTS: readonly Plant[] = [
  // Rules of sudo that say less than they give
  {
    on: 'web1',
    account: 'agda',
    kind: 'sudo',
    says: /any command as root.*forbids nothing/u,
    how: sudoers(
      'nested',
      'User_Alias INNER = agda\nUser_Alias OUTER = INNER\nCmnd_Alias SHELLS = /bin/su, /bin/bash\nCmnd_Alias WAYS = SHELLS\nOUTER ALL=(ALL) ALL, !WAYS',
    ),
  },
  {
    on: 'web1',
    account: 'bjarke',
    kind: 'sudo',
    says: /sudoedit.*pattern/u,
    how: sudoers('bjarke', 'bjarke ALL=(root) sudoedit /etc/app/*/settings'),
  },
  {
    on: 'web1',
    account: 'casper',
    kind: 'sudo',
    says: /environment/u,
    how: sudoers('casper', 'casper ALL=(root) SETENV: /usr/bin/uptime ""'),
  },
  {
    on: 'web1',
    account: 'dagmar',
    kind: 'sudo',
    says: /group disk/u,
    how: `groupadd -f disk\n${sudoers('dagmar', 'dagmar ALL=(:disk) NOPASSWD: /usr/bin/dd')}`,
  },
  {
    on: 'web1',
    account: 'elof',
    kind: 'sudo',
    says: /any command as root.*without a password/u,
    how: `echo "%#$(id -g elof) ALL=(#0) NOPASSWD: ALL" >/etc/sudoers.d/elof && chmod 440 /etc/sudoers.d/elof`,
  },
  {
    on: 'web1',
    account: 'folke',
    kind: 'sudo',
    says: /any command as .*privileged|any command as root/u,
    how: sudoers('folke', 'folke ALL=(ALL, !root) NOPASSWD: ALL'),
  },
  {
    on: 'web1',
    account: 'gudmund',
    kind: 'sudo',
    says: /passwd.*write any file/u,
    how: sudoers(
      'gudmund',
      'gudmund ALL=(root) /usr/bin/passwd, /usr/sbin/setcap, /usr/sbin/chpasswd, /usr/sbin/insmod, /usr/bin/install, /usr/bin/gpasswd, /usr/bin/setfacl, /usr/bin/nginx',
    ),
  },
  {
    on: 'web1',
    account: 'halvdan',
    kind: 'root_runs_writable',
    says: /\/opt\/kit.*sudo/u,
    how: `mkdir -p /opt/kit && chown halvdan /opt/kit\n${sudoers('halvdan', 'halvdan ALL=(root) /opt/kit/')}`,
  },
  {
    on: 'web1',
    account: 'inga',
    kind: 'root_runs_writable',
    says: /sudo.*environment|environment.*sudo/u,
    how: `${file('/srv/sudo/environment', 'A=1', '644', 'inga:inga')}\n${sudoers('zz-environment', 'Defaults env_file=/srv/sudo/environment')}`,
  },
  {
    on: 'web1',
    account: 'jens',
    kind: 'root_runs_writable',
    says: /\/srv\/rules.*sudo takes rules/u,
    how: `${file('/srv/rules/site', '@include /etc/sudoers', '440')}\nchown jens /srv/rules\n${file('/etc/sudo.conf', 'Plugin sudoers_policy sudoers.so sudoers_file=/srv/rules/site')}`,
  },
  {
    on: 'web1',
    account: 'knud',
    kind: 'id_range',
    says: /\/etc\/subuid.*uid 0|uid 0.*\/etc\/subuid/u,
    how: `echo 'knud:0:65536' >>/etc/subuid`,
  },
  // What hosts run for their own reasons
  {
    on: 'web2',
    account: 'ketil',
    kind: 'root_runs_writable',
    says: /\/srv\/plug\/added.*udev/u,
    how: `${program('/srv/plug/added', 'ketil:ketil')}\n${file('/etc/udev/rules.d/90-plug.rules', 'ACTION=="add", SUBSYSTEM=="usb", RUN+="/srv/plug/added --now"')}`,
  },
  {
    on: 'web2',
    account: 'laust',
    kind: 'root_runs_writable',
    says: /\/srv\/mod\/load.*modprobe/u,
    how: `${program('/srv/mod/load', 'laust:laust')}\n${file('/etc/modprobe.d/own.conf', 'install dccp /srv/mod/load')}`,
  },
  {
    on: 'web2',
    account: 'malte',
    kind: 'root_runs_writable',
    says: /\/srv\/core\/keep.*sysctl\.d/u,
    how: `${program('/srv/core/keep', 'malte:malte')}\n${file('/etc/sysctl.d/60-core.conf', 'kernel.core_pattern = |/srv/core/keep %p')}`,
  },
  {
    on: 'web2',
    account: 'nanna',
    kind: 'root_runs_writable',
    says: /\/srv\/at\/once.*at/u,
    how: `${program('/srv/at/once', 'nanna:nanna')}\n${file('/var/spool/cron/atjobs/a0000101c8a5b2', '#!/bin/sh\n# atrun uid=0 gid=0\n# mail root 0\ncd /root || exit 1\n/srv/at/once --now', '700')}`,
  },
  {
    on: 'web2',
    account: 'odin',
    kind: 'root_runs_writable',
    says: /\/srv\/ana\/job.*cron/u,
    how: `${program('/srv/ana/job', 'odin:odin')}\n${file('/etc/anacrontab', 'SHELL=/bin/sh\n1\t5\tana.job\t/srv/ana/job --daily')}`,
  },
  {
    on: 'web2',
    account: 'rasmus',
    kind: 'writable_file',
    says: /cron\.service\.d/u,
    how: 'mkdir -p /etc/systemd/system/cron.service.d && chown rasmus /etc/systemd/system/cron.service.d',
  },
  {
    on: 'web2',
    account: 'signe',
    kind: 'root_runs_writable',
    says: /\/srv\/vpn\/up.*openvpn/u,
    how: `${program('/srv/vpn/up', 'signe:signe')}\n${file('/etc/openvpn/client.conf', 'remote vpn.larkspur.example\nscript-security 2\nup /srv/vpn/up')}`,
  },
  {
    on: 'web2',
    account: 'tage',
    kind: 'root_runs_writable',
    says: /\/srv\/lib\/trace\.so.*every program/u,
    how: `${program('/srv/lib/trace.so', 'tage:tage')}\necho /srv/lib/trace.so >>/etc/ld.so.preload`,
  },
  {
    on: 'web2',
    account: 'uffe',
    kind: 'root_runs_writable',
    says: /\/opt\/tool-of-root.*cron/u,
    how: `${program('/srv/real/tool', 'uffe:uffe')}\nln -s /srv/real/tool /opt/tool-of-root\n${file('/etc/cron.d/linked', '17 3 * * * root /opt/tool-of-root')}`,
  },
  {
    on: 'web2',
    account: '',
    kind: 'open_service',
    says: /shell of root from 9999/u,
    how: `${file('/etc/systemd/system/maint@.service', '[Service]\nExecStart=-/bin/bash -i\nStandardInput=socket\nStandardOutput=socket')}\n${file('/etc/systemd/system/maint.socket', '[Socket]\nListenStream=9999\nAccept=yes')}`,
  },
  // Groups, folders, capabilities
  { on: 'app1', account: 'ragna', kind: 'group', says: /shadow/u, how: 'groupadd -f shadow; usermod -aG shadow ragna' },
  { on: 'app1', account: 'sanne', kind: 'group', says: /kmem/u, how: 'groupadd -f kmem; usermod -aG kmem sanne' },
  { on: 'app1', account: 'tyra', kind: 'group', says: /lxd/u, how: 'groupadd -f lxd; usermod -aG lxd tyra' },
  { on: 'app1', account: 'ulrik', kind: 'group', says: /root/u, how: 'usermod -g 0 ulrik' },
  {
    on: 'app1',
    account: '',
    kind: 'capability',
    says: /cap_dac_read_search/u,
    how: 'mkdir -p /opt/cap && cp /bin/true /opt/cap/reader && setcap cap_dac_read_search+ep /opt/cap/reader',
  },
  {
    on: 'app1',
    account: '',
    kind: 'capability',
    says: /cap_chown/u,
    how: 'cp /bin/true /opt/cap/owner && setcap cap_chown+ep /opt/cap/owner',
  },
  {
    on: 'app1',
    account: '',
    kind: 'setgid',
    says: /group shadow/u,
    how: 'cp /usr/bin/head /opt/cap/look && chgrp shadow /opt/cap/look && chmod 2755 /opt/cap/look',
  },
  {
    on: 'app1',
    account: 'valdis',
    kind: 'polkit',
    says: /polkit/u,
    how: file(
      '/etc/polkit-1/localauthority/50-local.d/own.pkla',
      '[own]\nIdentity=unix-user:valdis\nAction=org.freedesktop.packagekit.*;org.freedesktop.systemd1.*\nResultAny=yes\nResultActive=yes',
    ),
  },
  {
    on: 'app1',
    account: 'verner',
    kind: 'certificate_login',
    says: /certificate for verner logs in as root/u,
    how: `${file('/etc/ssh/principals/root', '# who may be root\nroot\nverner')}\n: >/etc/ssh/user-authority.pub\nprintf 'AuthorizedPrincipalsFile /etc/ssh/principals/%%u\\nTrustedUserCAKeys /etc/ssh/user-authority.pub\\n' >>/etc/ssh/sshd_config`,
  },
  // Ways in that stand in no list of accounts
  {
    on: 'jump1',
    account: '',
    kind: 'network_accounts',
    says: /\+::0:0|NIS/u,
    how: `echo '+::0:0:::/bin/bash' >>/etc/passwd`,
  },
  {
    on: 'jump1',
    account: 'root',
    kind: 'key_opens_privileged',
    says: /whoever signs with .*\(authority\)/u,
    how: (keys) =>
      `mkdir -p /root/.ssh && echo 'cert-authority ${key(keys, 'authority')}' >>/root/.ssh/authorized_keys`,
  },
  {
    on: 'jump1',
    account: 'root',
    kind: 'kerberos_login',
    says: /visiting@LARKSPUR/u,
    how: file('/root/.k5login', 'visiting@LARKSPUR.EXAMPLE', '600'),
  },
  {
    on: 'jump1',
    account: '',
    kind: 'loose_block',
    says: /permitemptypasswords/u,
    how: file('/etc/ssh/sshd_config.d/95-kiosk.conf', 'Match User kiosk\n  PermitEmptyPasswords yes'),
  },
  {
    on: 'jump1',
    account: 'svend',
    kind: 'root_runs_writable',
    says: /\/srv\/keys\/ask.*which keys open/u,
    how: `${program('/srv/keys/ask', 'svend:svend')}\n${file('/opt/keys/ask-all', '#!/bin/sh\n/srv/keys/ask "$1"', '755')}\nprintf 'AuthorizedKeysCommand /opt/keys/ask-all %%u\\nAuthorizedKeysCommandUser root\\n' >>/etc/ssh/sshd_config`,
  },
  {
    on: 'jump1',
    account: 'thea',
    kind: 'doas',
    says: /doas/u,
    how: `groupadd -f wards && usermod -aG wards thea && echo 'permit :wards as root cmd vi' >>/etc/doas.conf`,
  },
  {
    on: 'jump1',
    account: 'root',
    kind: 'secret_in_file',
    says: /\.my\.cnf/u,
    how: file('/root/.my.cnf', '[client]\nuser=root\npassword=Rather-Long-And-Odd-81', '644'),
  },
];

/** Who the plants above are about, by host: ordinary people. */
export const OUTLYING_PEOPLE: Readonly<Record<string, readonly string[]>> = {
  web1: ['agda', 'bjarke', 'casper', 'dagmar', 'elof', 'folke', 'gudmund', 'halvdan', 'inga', 'jens', 'knud', 'lone'],
  web2: ['ketil', 'laust', 'malte', 'nanna', 'odin', 'rasmus', 'signe', 'tage', 'uffe'],
  app1: ['ragna', 'sanne', 'tyra', 'ulrik', 'valdis', 'verner'],
  jump1: ['svend', 'thea'],
};

/** Things that look like these plants and are none. */
export const OUTLYING_DECOYS: Readonly<Record<string, readonly string[]>> = {
  web1: [
    sudoers(
      'lone',
      'lone ALL=(:users) NOPASSWD: /usr/bin/id\nlone ALL=(nobody) NOPASSWD: ALL\n# lone ALL=(ALL) ALL\nlone ALL=(root) !ALL',
    ),
    `echo 'lone:165536:65536' >>/etc/subuid`,
  ],
  web2: [
    file('/etc/modprobe.d/none.conf', 'install sctp /bin/true\nblacklist /srv/mod/load'),
    file('/etc/udev/rules.d/91-none.rules', '# RUN+="/srv/decoy/added"\nACTION=="add", RUN+="/bin/true"'),
    file('/etc/cron.d/unrun', '# 1 2 * * * root /srv/decoy/added'),
    program('/srv/decoy/added', 'nobody:nogroup'),
  ],
  app1: [
    'cp /bin/true /opt/cap/net && setcap cap_net_bind_service+ep /opt/cap/net',
    file('/etc/ssh/sshd_config.d/92-strict.conf', 'Match User lasse\n  PermitRootLogin no\n  PermitEmptyPasswords no'),
    file(
      '/etc/polkit-1/rules.d/60-no.rules',
      'polkit.addRule(function(action, subject) {\n  if (subject.user == "niels") return polkit.Result.NO;\n});',
    ),
  ],
  jump1: [`echo 'deny nora' >>/etc/doas.conf`],
  db1: [file('/etc/exports.d/fine.exports', '/srv/fine 10.0.0.0/8(rw,root_squash)')],
};
