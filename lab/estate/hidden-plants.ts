/** Plants of the third kind: ways that lead to root at one remove, and settings that open a host to whoever asks. */
import { file, program, sudoers, type EstateKeys, type Plant } from './planting.ts';

const key = (keys: EstateKeys, name: string): string => keys(name).publicKey.trim();

export const HIDDEN_PLANTS: readonly Plant[] = [
  // What root obeys at one remove
  {
    on: 'web1',
    account: 'ulla',
    kind: 'root_runs_writable',
    says: /ulla may change \/opt\/sudo\.d.*sudo takes rules/u,
    how: `mkdir -p /opt/sudo.d && chown ulla /opt/sudo.d\n${sudoers('site', '#includedir /opt/sudo.d')}`,
  },
  {
    on: 'web1',
    account: 'vidar',
    kind: 'root_runs_writable',
    says: /obeys it as \/etc\/systemd\/system\/linked\.service/u,
    how: `${file('/srv/units/linked.service', '[Service]\nExecStart=/usr/bin/true', '644', 'vidar:vidar')}\nln -s /srv/units/linked.service /etc/systemd/system/linked.service`,
  },
  {
    on: 'web1',
    account: 'amara',
    kind: 'startup_writable',
    says: /wenche may change \/home\/amara,/u,
    how: 'chgrp wenche /home/amara && chmod 775 /home/amara',
  },
  {
    on: 'web1',
    account: 'yngve',
    kind: 'runs_writable',
    says: /log-in shell of amara/u,
    how: `${program('/opt/shells/menu', 'yngve:yngve')}\nusermod -s /opt/shells/menu amara`,
  },
  {
    on: 'web2',
    account: 'asger',
    kind: 'root_runs_writable',
    says: /\/srv\/queue\/worker\.py.*service/u,
    how: `${program('/srv/queue/worker.py', 'asger:asger')}\n${file('/etc/systemd/system/queue.service', '[Service]\nWorkingDirectory=/srv/queue\nExecStart=/usr/bin/python3 worker.py')}`,
  },
  {
    on: 'web2',
    account: 'birk',
    kind: 'root_runs_writable',
    says: /\/srv\/nightly\/nightly\.sh.*cron/u,
    how: `${program('/srv/nightly/nightly.sh', 'birk:birk')}\n${file('/etc/cron.d/nightly', '9 2 * * * root cd /srv/nightly && ./nightly.sh')}`,
  },
  {
    on: 'web2',
    account: 'cecil',
    kind: 'root_runs_writable',
    says: /\/srv\/inner\/step.*from \/opt\/outer\/run\.sh/u,
    how: `${program('/srv/inner/step', 'cecil:cecil')}\n${file('/opt/outer/run.sh', '#!/bin/sh\n. /srv/settings/of-run\n/srv/inner/step --all', '755')}\n${file('/etc/cron.d/outer', '10 2 * * * root /opt/outer/run.sh >/var/log/outer.log')}`,
  },
  {
    on: 'web2',
    account: 'dagny',
    kind: 'root_runs_writable',
    says: /\/srv\/settings\/of-run.*reads it as code/u,
    how: file('/srv/settings/of-run', 'KEEP=3', '644', 'dagny:dagny'),
  },
  {
    on: 'web2',
    account: 'eskil',
    kind: 'root_runs_writable',
    says: /runs what is in it by cron/u,
    how: `mkdir -p /srv/hourly && chown eskil /srv/hourly\n${file('/etc/cron.d/hourly', '11 * * * * root run-parts --report /srv/hourly')}`,
  },
  {
    on: 'web2',
    account: 'frans',
    kind: 'root_runs_writable',
    says: /\/srv\/hooks.*runs what is in it/u,
    how: `mkdir -p /srv/hooks && chown frans /srv/hooks\n${file('/etc/cron.d/hooks', '12 * * * * root for f in /srv/hooks/*.sh; do sh "$f"; done')}`,
  },
  {
    on: 'web2',
    account: 'gorm',
    kind: 'root_runs_writable',
    says: /LD_PRELOAD/u,
    how: `mkdir -p /srv/pre && chown gorm /srv/pre\n${file('/etc/systemd/system/traced.service', '[Service]\nEnvironment="LD_PRELOAD=/srv/pre/trace.so"\nExecStart=/usr/bin/true')}`,
  },
  {
    on: 'web2',
    account: 'helmer',
    kind: 'root_runs_writable',
    says: /logrotate\.d\/shop/u,
    how: `${program('/srv/rotated/tell', 'helmer:helmer')}\n${file('/etc/logrotate.d/shop', '/var/log/shop.log {\n  weekly\n  postrotate\n    /srv/rotated/tell\n  endscript\n}')}`,
  },
  {
    on: 'web2',
    account: 'idun',
    kind: 'polkit',
    says: /polkit/u,
    how: file(
      '/etc/polkit-1/rules.d/05-more.rules',
      'polkit.addAdminRule(function(action, subject) {\n  return ["unix-user:idun"];\n});',
    ),
  },
  {
    on: 'jump1',
    account: 'otte',
    kind: 'root_runs_writable',
    says: /supervisor/u,
    how: `${program('/srv/gate/run', 'otte:otte')}\n${file('/etc/supervisor/conf.d/gate.conf', '[program:gate]\ncommand=/srv/gate/run --fast\n\n[program:own]\nuser=nora\ncommand=/home/nora/run')}\n${program('/home/nora/run', 'nora:nora')}`,
  },
  {
    on: 'jump1',
    account: 'pia',
    kind: 'sudo_exempt',
    says: /crew/u,
    how: `groupadd crew && usermod -aG crew pia\n${sudoers('crew', 'Defaults exempt_group=crew\npia ALL=(ALL) ALL')}`,
  },
  {
    on: 'jump1',
    account: 'rune',
    kind: 'sudo',
    says: /without a password/u,
    how: sudoers(
      'rune',
      'User_Alias KEEPERS = rune\nCmnd_Alias REPAIR = /usr/bin/systemctl restart *, !/usr/bin/systemctl restart sshd\nDefaults:KEEPERS !authenticate\nKEEPERS ALL = REPAIR',
    ),
  },
  // Services
  {
    on: 'db1',
    account: '',
    kind: 'open_service',
    says: /the share scratch as root/u,
    how: file(
      '/etc/samba/smb.conf',
      '[global]\n  workgroup = SHOP\n[scratch]\n  path = /srv/scratch\n  force user = root\n[books]\n  path = /srv/books\n  admin users = jette\n[photos]\n  path = /srv/photos\n  force user = nobody',
    ),
  },
  { on: 'db1', account: 'jette', kind: 'open_service', says: /admin users/u },
  {
    on: 'db1',
    account: '',
    kind: 'open_service',
    says: /\/srv\/drop as root by rsync/u,
    how: file(
      '/etc/rsyncd.conf',
      'uid = root\n[drop]\n  path = /srv/drop\n  read only = no\n[mirror]\n  uid = nobody\n  path = /srv/mirror\n  read only = no',
    ),
  },
  // What proves
  {
    on: 'db1',
    account: '',
    kind: 'readable_secret',
    says: /web\.keytab.*Kerberos/u,
    how: file('/etc/web.keytab', 'not really', '644'),
  },
  {
    on: 'db1',
    account: 'root',
    kind: 'secret_in_file',
    says: /wg0\.conf.*WireGuard/u,
    how: file(
      '/etc/wireguard/wg0.conf',
      '[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\nAddress = 10.9.0.1/24',
      '600',
    ),
  },
  {
    on: 'app1',
    account: 'root',
    kind: 'secret_in_file',
    says: /crontabs\/root.*command line/u,
    how: file(
      '/var/spool/cron/crontabs/root',
      '13 3 * * * curl -s -u backup:Quarterly-Cat-55 https://copy.larkspur.example/put',
      '600',
    ),
  },
  {
    on: 'app1',
    account: 'root',
    kind: 'secret_in_file',
    says: /Groups\.xml.*group policy/u,
    how: file(
      '/srv/policies/Groups.xml',
      '<Groups><User name="Administrator (built-in)"><Properties action="U" cpassword="edBSHOwhZLTjt/QS9FeIcJ83mjWA98gw9guKOhJOdcqh+ZGMeXOsQbCpZ3xUjTLfCuNH8pG5aSVYdYw/NglVmQ" userName="Administrator"/></User></Groups>',
    ),
  },
  // Stacks and sshd
  {
    on: 'db1',
    account: '',
    kind: 'open_pam',
    says: /remote-desk/u,
    how: file(
      '/etc/pam.d/remote-desk',
      'auth required pam_env.so\nauth required pam_permit.so\naccount required pam_permit.so',
    ),
  },
  {
    on: 'db1',
    account: '',
    kind: 'password_tap',
    says: /note-password.*portal/u,
    how: `${program('/opt/note/note-password')}\n${file('/etc/pam.d/portal', 'auth optional pam_exec.so expose_authtok quiet /opt/note/note-password\n@include common-auth')}`,
  },
  {
    on: 'app1',
    account: 'lasse',
    kind: 'pam_trust',
    says: /su-l.*pam_listfile/u,
    how: `${file('/etc/su.allowed', 'lasse')}\n${file('/etc/pam.d/su-l', 'auth sufficient pam_listfile.so item=ruser sense=allow file=/etc/su.allowed onerr=fail\n@include common-auth')}`,
  },
  {
    on: 'app1',
    account: '',
    kind: 'loose_block',
    says: /authenticationmethods none/u,
    how: file('/etc/ssh/sshd_config.d/90-site.conf', 'Match Address 10.20.0.0/16\n  AuthenticationMethods none'),
  },
  // Keys that are bound, and are not
  {
    on: 'app1',
    account: 'mikkel',
    kind: 'runs_writable',
    says: /a key of rosa runs it/u,
    how: (keys) =>
      `${program('/srv/gate/only', 'mikkel:mikkel')}\nmkdir -p /home/rosa/.ssh && echo 'command="/srv/gate/only",restrict ${key(keys, 'gate')}' >/home/rosa/.ssh/authorized_keys && chown -R rosa:rosa /home/rosa/.ssh`,
  },
  {
    on: 'app1',
    account: 'root',
    kind: 'key_opens_privileged',
    says: /bound to starts a shell/u,
    how: (keys) =>
      `mkdir -p /root/.ssh && echo 'command="/usr/bin/vim /etc/motd" ${key(keys, 'editor')}' >>/root/.ssh/authorized_keys`,
  },
  {
    on: 'app1',
    account: '',
    kind: 'current_folder',
    says: /bash_profile/u,
    how: `echo 'PATH=.:$PATH' >>/root/.bash_profile`,
  },
  { on: 'app1', account: 'niels', kind: 'group', says: /adm: reads the logs/u, how: 'usermod -aG adm niels' },
  {
    on: 'app1',
    account: 'root',
    kind: 'setuid',
    says: /chrome-sandbox.*copy of sh/u,
    how: 'mkdir -p /opt/google/browser && cp /bin/dash /opt/google/browser/chrome-sandbox && chmod 4755 /opt/google/browser/chrome-sandbox',
  },
];

/** Who the plants above are about, by host: ordinary people. */
export const HIDDEN_PEOPLE: Readonly<Record<string, readonly string[]>> = {
  web1: ['ulla', 'vidar', 'wenche', 'yngve'],
  web2: ['asger', 'birk', 'cecil', 'dagny', 'eskil', 'frans', 'gorm', 'helmer', 'idun'],
  db1: ['jette'],
  app1: ['lasse', 'mikkel', 'niels'],
  jump1: ['otte', 'pia', 'rune'],
};

/** Things that look like these plants and are none. */
export const HIDDEN_DECOYS = [
  file('/etc/cron.d/copies', '14 4 * * * root cp /srv/decoy/data.csv /var/backups/ >>/srv/decoy/copy.log 2>&1'),
  'mkdir -p /srv/decoy && touch /srv/decoy/data.csv && chown -R nobody /srv/decoy',
  file(
    '/etc/systemd/system/decoy.service',
    '[Service]\nDynamicUser=yes\nWorkingDirectory=/srv/decoy\nExecStart=/usr/bin/python3 app.py -c /srv/decoy/data.csv',
  ),
].join('\n');
