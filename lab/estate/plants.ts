/** What is planted in the estate: kind, where, how, and what must be found. */
import type { LabHost } from '../hosts.ts';
import { MORE_PEOPLE, MORE_PLANTS } from './more-plants.ts';
import { HIDDEN_DECOYS, HIDDEN_PEOPLE, HIDDEN_PLANTS } from './hidden-plants.ts';
import { OUTLYING_DECOYS, OUTLYING_PEOPLE, OUTLYING_PLANTS } from './outlying-plants.ts';
import { OUTLYING_SERVER_PLANTS } from './outlying-server-plants.ts';
import { SERVER_PLANTS } from './server-plants.ts';
import { days, file, program, sudoers, type EstateKeys, type Plant } from './planting.ts';

export type { EstateKeys, Plant } from './planting.ts';

export const PLANTS: readonly Plant[] = [
  // web1
  {
    on: 'web1',
    account: 'toor',
    kind: 'uid_zero',
    says: /root under another name/u,
    how: `echo 'toor:x:0:0::/root:/bin/bash' >>/etc/passwd; echo 'toor:*:19000:0:90:7:::' >>/etc/shadow`,
  },
  {
    on: 'web1',
    account: 'amara',
    kind: 'sudo',
    says: /any command as root.*without a password/u,
    how: sudoers('amara', 'amara ALL=(ALL) NOPASSWD: ALL'),
  },
  {
    on: 'web1',
    account: 'ben',
    kind: 'sudo',
    says: /pattern/u,
    how: sudoers('ben', 'ben ALL=(root) NOPASSWD: /usr/bin/cat /var/log/*'),
  },
  {
    on: 'web1',
    account: 'chloe',
    kind: 'sudo',
    says: /vim.*shell|shell/u,
    how: sudoers('chloe', 'chloe ALL=(root) /usr/bin/vim'),
  },
  {
    on: 'web1',
    account: 'www-data',
    kind: 'secret_in_file',
    says: /app\/\.env/u,
    how: file(
      '/var/www/app/.env',
      'APP=shop\nDB_PASSWORD=k3Yb0ard-Cat-91\nDB_HOST=${DB_HOST}',
      '644',
      'www-data:www-data',
    ),
  },
  {
    on: 'web1',
    account: 'amara',
    kind: 'secret_in_file',
    says: /AWS/u,
    how: file(
      '/home/amara/.aws/credentials',
      '[default]\naws_access_key_id = AKIAQ7R3MZ2KLPW5TGHB\naws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCYzz12345678ab',
      '600',
      'amara:amara',
    ),
  },
  {
    on: 'web1',
    account: 'dora',
    kind: 'stale_password',
    says: /\d{3} days old/u,
    how: `sed -i "s/^dora:\\([^:]*\\):[0-9]*:/dora:\\1:${days(500)}:/" /etc/shadow`,
  },
  // web2
  { on: 'web2', account: 'dina', kind: 'group', says: /docker/u, how: 'usermod -aG docker dina' },
  { on: 'web2', account: 'emil', kind: 'group', says: /raw disks/u, how: 'usermod -aG disk emil' },
  {
    on: 'web2',
    account: 'root',
    kind: 'setuid',
    says: /\.helper.*bash|\.helper/u,
    how: 'mkdir -p /opt/tools && cp /bin/bash /opt/tools/.helper && chmod 4755 /opt/tools/.helper',
  },
  {
    on: 'web2',
    account: 'root',
    kind: 'setuid',
    says: /report.*find|report/u,
    how: 'cp /usr/bin/find /var/tmp/report && chmod 4755 /var/tmp/report',
  },
  {
    on: 'web2',
    account: 'mia',
    kind: 'root_runs_writable',
    says: /backup\.sh.*sudo/u,
    how: `${program('/opt/bin/backup.sh', 'mia:mia')}\n${sudoers('mia', 'mia ALL=(root) NOPASSWD: /opt/bin/backup.sh')}`,
  },
  {
    on: 'web2',
    account: 'nils',
    kind: 'root_runs_writable',
    says: /agent.*service/u,
    how: `${program('/opt/agent/run', 'nils:nils')}\n${file('/etc/systemd/system/agent.service', '[Service]\nExecStart=/opt/agent/run --fast')}`,
  },
  {
    on: 'web2',
    account: 'quinn',
    kind: 'group',
    says: /contain/u,
    how: 'groupadd -o -g "$(getent group docker | cut -d: -f3)" contain && usermod -aG contain quinn',
  },
  // db1
  {
    on: 'db1',
    account: 'finn',
    kind: 'key_shared',
    says: /root@db1/u,
    how: (keys) =>
      `echo '${keys('shared').publicKey}' | tee -a /root/.ssh/authorized_keys >>/home/finn/.ssh/authorized_keys`,
  },
  {
    on: 'db1',
    account: 'root',
    kind: 'key_opens_privileged',
    says: /old laptop/u,
    how: (keys) => `echo '${keys('old laptop').publicKey}' >>/root/.ssh/authorized_keys`,
  },
  { on: 'db1', account: '', kind: 'readable_secret', says: /shadow/u, how: 'chmod 644 /etc/shadow' },
  {
    on: 'db1',
    account: 'lena',
    kind: 'writable_file',
    says: /cron\.d\/sync/u,
    how: `groupadd deploy && usermod -aG deploy lena\n${file('/etc/cron.d/sync', '0 3 * * * root /usr/bin/true', '664', 'root:deploy')}`,
  },
  {
    on: 'db1',
    account: 'paul',
    kind: 'sudo',
    says: /LD_PRELOAD/u,
    how: sudoers('paul', 'Defaults env_keep += "LD_PRELOAD"\npaul ALL=(root) /usr/bin/id'),
  },
  {
    on: 'db1',
    account: '',
    kind: 'export',
    says: /no_root_squash/u,
    how: file('/etc/exports', '/srv/share 10.0.0.0/8(rw,no_root_squash)'),
  },
  {
    on: 'db1',
    account: 'finn',
    kind: 'secret_in_file',
    says: /pgpass/u,
    how: file('/home/finn/.pgpass', 'db.larkspur.example:5432:shop:finn:Tr0ub4dor-and-3', '600', 'finn:finn'),
  },
  // app1
  {
    on: 'app1',
    account: 'gina',
    kind: 'private_key_readable',
    says: /deploy_key/u,
    how: (keys) => file('/opt/deploy/deploy_key', keys('gina').privateKey.trim(), '644', 'gina:gina'),
  },
  { on: 'app1', account: 'gina', kind: 'key_leads_to', says: /root@db1/u },
  {
    on: 'app1',
    account: 'ines',
    kind: 'stale_password',
    says: /privileged/u,
    how: `usermod -aG sudo ines; sed -i "s/^ines:\\([^:]*\\):[0-9]*:/ines:\\1:${days(400)}:/" /etc/shadow`,
  },
  {
    on: 'app1',
    account: 'jonas',
    kind: 'never_expiring_password',
    says: /never expires/u,
    how: 'chage -M 99999 jonas',
  },
  {
    on: 'app1',
    account: 'svc-backup',
    kind: 'service_shell',
    says: /bash/u,
    how: `useradd -r -m -s /bin/bash svc-backup && echo "svc-backup:$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \\n')" | chpasswd`,
  },
  {
    on: 'app1',
    account: '',
    kind: 'capability',
    says: /cap_setuid/u,
    how: 'mkdir -p /opt/py && cp "$(readlink -f /usr/bin/perl)" /opt/py/interpreter && setcap cap_setuid+ep /opt/py/interpreter',
  },
  {
    on: 'app1',
    account: 'jonas',
    kind: 'secret_in_file',
    says: /command line/u,
    how: file('/home/jonas/.bash_history', 'ls\nmysql -u shop -pSumm3rRain22 shop\nexit', '600', 'jonas:jonas'),
  },
  {
    on: 'app1',
    account: 'otto',
    kind: 'polkit',
    says: /polkit/u,
    how: `groupadd tech && usermod -aG tech otto\n${file('/etc/polkit-1/rules.d/10-tech.rules', 'polkit.addRule(function(action, subject) {\n  if (action.id == "org.freedesktop.systemd1.manage-units" && subject.isInGroup("tech")) return polkit.Result.YES;\n});')}`,
  },
  { on: 'app1', account: 'rosa', kind: 'dormant', says: /not used for/u, how: 'usermod -aG sudo rosa' },
  {
    on: 'app1',
    account: 'root',
    kind: 'private_key_readable',
    says: /tls\.key/u,
    how: 'mkdir -p /srv/keys && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out /srv/keys/tls.key 2>/dev/null && chmod 644 /srv/keys/tls.key',
  },
  // jump1
  {
    on: 'jump1',
    account: 'hugo',
    kind: 'key_leads_to',
    says: /root@web1/u,
    how: (keys) => file('/home/hugo/.ssh/id_ed25519', keys('hugo').privateKey.trim(), '600', 'hugo:hugo'),
  },
  {
    on: 'jump1',
    account: 'kiosk',
    kind: 'empty_password',
    says: /no password/u,
    how: `useradd -m -s /bin/bash kiosk && passwd -d kiosk >/dev/null`,
  },
  {
    on: 'jump1',
    account: 'karl',
    kind: 'sudo',
    says: /by group %ops/u,
    how: `groupadd ops && usermod -aG ops karl\n${sudoers('ops', '%ops ALL=(ALL) NOPASSWD: ALL')}`,
  },
  {
    on: 'jump1',
    account: '',
    kind: 'root_runs_writable',
    says: /clean\.sh.*cron/u,
    how: `${program('/srv/clean.sh', 'root:root', '777')}\n${file('/etc/cron.d/clean', '*/5 * * * * root /srv/clean.sh >/dev/null 2>&1')}`,
  },
  {
    on: 'jump1',
    account: 'lars',
    kind: 'sudo',
    says: /as deploybot/u,
    how: sudoers('deploybot', 'deploybot ALL=(ALL) ALL\nlars ALL=(deploybot) NOPASSWD: /usr/bin/env'),
  },
  {
    on: 'jump1',
    account: 'mona',
    kind: 'doas',
    says: /doas/u,
    how: file('/etc/doas.conf', 'permit nopass mona as root'),
  },
  {
    on: 'jump1',
    account: 'root',
    kind: 'trusted_host',
    says: /anybody from anywhere/u,
    how: file('/root/.rhosts', '+ +', '600'),
  },
  // PostgreSQL
  { on: 'pg', account: 'dba_old', kind: 'superuser', says: /superuser/u },
  { on: 'pg', account: 'hr_tool', kind: 'role_control', says: /create and change roles/u },
  { on: 'pg', account: 'etl', kind: 'server_files', says: /through loaders.*runs programs|runs programs/u },
  { on: 'pg', account: 'shop_owner', kind: 'owns', says: /owns database shop/u },
  { on: 'pg', account: 'reader', kind: 'grant_option', says: /orders/u },
  { on: 'pg', account: '', kind: 'definer_routine', says: /run_as_admin/u },
  { on: 'pg', account: 'logview', kind: 'dangerous_function', says: /pg_read_file/u },
  { on: 'pg', account: 'report', kind: 'weak_password', says: /own name/u },
  { on: 'pg', account: 'copier', kind: 'all_data', says: /replication/u },
  { on: 'pg', account: 'auditor', kind: 'all_data', says: /row-level/u },
  // MariaDB
  { on: 'maria', account: 'boss', kind: 'superuser', says: /every global privilege/u },
  { on: 'maria', account: 'filer', kind: 'server_files', says: /files as the server/u },
  { on: 'maria', account: 'nobody_asked', kind: 'empty_password', says: /no password/u },
  { on: 'maria', account: 'monitor', kind: 'weak_password', says: /password is/u },
  { on: 'maria', account: 'tom', kind: 'superuser', says: /overrides checks/u },
  { on: 'maria', account: 'giver', kind: 'grant_option', says: /to others/u },
  { on: 'maria', account: 'caller', kind: 'role_control', says: /act as somebody privileged/u },
  // OpenLDAP
  { on: 'ldap', account: 'vera', kind: 'directory_admin', says: /privileged group admins/u },
  { on: 'ldap', account: 'svc-sync', kind: 'directory_admin', says: /own rules/u },
  { on: 'ldap', account: 'zero', kind: 'directory_admin', says: /root on every host/u },
  { on: 'ldap', account: 'plain', kind: 'plain_password', says: /in the clear/u },
  { on: 'ldap', account: '', kind: 'open_rule', says: /logged in/u },
  // Active Directory
  { on: 'ad', account: 'nested.adm', kind: 'tier_zero', says: /administers the domain/u },
  { on: 'ad', account: 'once.admin', kind: 'admin_count', says: /adminCount/u },
  { on: 'ad', account: 'svc-sql', kind: 'kerberoastable', says: /Kerberoasting/u },
  { on: 'ad', account: 'no.preauth', kind: 'asrep_roastable', says: /AS-REP/u },
  { on: 'ad', account: 'svc-web', kind: 'delegation', says: /unconstrained/u },
  { on: 'ad', account: 'svc-repl', kind: 'domain_control', says: /DCSync/u },
  { on: 'ad', account: 'nested.adm', kind: 'never_expiring_password', says: /privileged/u },
  { on: 'ad', account: 'WS01$', kind: 'no_laps', says: /LAPS/u },
  { on: 'ad', account: 'help.desk', kind: 'control_path', says: /members of/u },
  { on: 'ad', account: 'reset.er', kind: 'control_path', says: /resets passwords of/u },
  { on: 'ad', account: 'noted', kind: 'secret_in_attribute', says: /description/u },
  { on: 'ad', account: 'svc-app', kind: 'delegation', says: /cifs/u },
  ...MORE_PLANTS,
  ...HIDDEN_PLANTS,
  ...OUTLYING_PLANTS,
  ...SERVER_PLANTS,
  ...OUTLYING_SERVER_PLANTS,
];

/** What the hosts hold before anything is planted: ordinary people, with nothing they may do. */
const ordinary: Readonly<Record<string, readonly string[]>> = {
  web1: ['amara', 'ben', 'chloe', 'dora'],
  web2: ['dina', 'emil', 'mia', 'nils', 'quinn'],
  db1: ['finn', 'lena', 'paul'],
  app1: ['gina', 'ines', 'jonas', 'otto', 'rosa'],
  jump1: ['hugo', 'karl', 'lars', 'mona', 'deploybot'],
};

export const hostPlans = Object.entries(ordinary).map(([name, users]) => ({
  name,
  purpose: 'planted',
  users: [...users, ...(MORE_PEOPLE[name] ?? []), ...(HIDDEN_PEOPLE[name] ?? []), ...(OUTLYING_PEOPLE[name] ?? [])].map(
    (user) => ({
      name: user,
      fullName: user,
      password: ['dora', 'ines', 'jonas'].includes(user) ? ('set' as const) : ('none' as const),
      ...(user === 'rosa' ? { lastLoginDaysAgo: 200 } : {}),
    }),
  ),
}));

/** Things that look like plants and are none. */
const decoys = [
  file(
    '/etc/app.conf',
    'password = ${APP_PASSWORD}\n# password = old-and-gone\ntoken_file = /run/token\npassword_min_length = 12',
    '644',
  ),
  file('/srv/app/.env.example', 'DB_PASSWORD=changeme-please-1', '644'),
  file('/home/DECOY/notes.txt', 'the password policy wants twelve characters', '644'),
].join('\n');

/** Plants everything of one host; keys of other hosts are authorised where they lead. */
export async function plantHost(host: LabHost, keys: EstateKeys): Promise<void> {
  const steps = PLANTS.filter(({ on, how }) => on === host.name && how !== undefined).map(({ how }) =>
    typeof how === 'function' ? how(keys) : (how ?? ''),
  );
  if (host.name === 'db1') steps.push(`echo '${keys('gina').publicKey}' >>/root/.ssh/authorized_keys`);
  if (host.name === 'web1') steps.push(`echo '${keys('hugo').publicKey}' >>/root/.ssh/authorized_keys`);
  steps.push(HIDDEN_DECOYS, ...(OUTLYING_DECOYS[host.name] ?? []));
  steps.push(decoys.replaceAll('DECOY', ordinary[host.name]?.[0] ?? 'root'));
  for (const step of steps) {
    const done = await host.exec(`set -e\n${step}`, { limit: 20_000 });
    if (done.code !== 0) throw new Error(`planting on ${host.name} failed: ${step}: ${done.stderr}`);
  }
}
