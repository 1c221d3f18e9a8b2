import type { Estate, KeyTrust, OutsideLogon, Finding } from '../src/api/shapes/findings.ts';
import { days, id, minutes, missing, page, where, type Ask, type Routes } from './answer.ts';
import { person, systems } from './people.ts';

const on = (n: number) => ({ systemId: systems[n]?.id ?? '', systemName: systems[n]?.name ?? '' });

const rows: readonly (readonly [
  account: string,
  system: number,
  severity: Finding['severity'],
  kind: string,
  reason: string,
  evidence: string,
  entitlement: string | null,
])[] = [
  ['toor', 0, 'critical', 'uid_zero', 'has uid 0: toor is root under another name', '/etc/passwd:31', null],
  [
    'deploy',
    0,
    'critical',
    'sudo',
    'may run any command as root through sudo without a password; by group %ops',
    '/etc/sudoers.d/ops:1',
    'sudo:ALL',
  ],
  [
    '',
    1,
    'critical',
    'root_runs_writable',
    'everybody may change /srv/clean.sh, and root runs it by cron',
    '/etc/cron.d/clean:1; /srv/clean.sh, mode 777, owner root, group root',
    null,
  ],
  [
    'lena.berg',
    1,
    'high',
    'group',
    'in group docker: starts containers as root through the Docker socket',
    '/etc/group docker',
    'group:docker',
  ],
  [
    'gina',
    2,
    'high',
    'key_leads_to',
    'holds a key that opens root@web1',
    'SHA256:4Jm0 in /opt/deploy/deploy_key and /root/.ssh/authorized_keys:2 of root@web1',
    null,
  ],
  [
    'www-data',
    0,
    'high',
    'secret_in_file',
    '/var/www/app/.env holds a secret (secret in a setting) in the clear, readable by everybody',
    '/var/www/app/.env:2, mode 644, owner www-data, group www-data',
    null,
  ],
  [
    'dba_old',
    3,
    'high',
    'superuser',
    'is a superuser: no check applies',
    'role dba_old: superuser',
    'attribute:superuser',
  ],
  [
    'svc-backup',
    2,
    'medium',
    'service_shell',
    'is a service account with a shell (/bin/bash), opened by a password',
    '/etc/passwd:28',
    null,
  ],
  ['mbergstrom', 1, 'low', 'orphan', 'belongs to nobody known', 'no identity matches the account mbergstrom', null],
  ['ines', 2, 'low', 'never_expiring_password', 'its password never expires', '/etc/shadow ines', null],
];
const paths: Finding[] = rows.map(([accountName, system, severity, kind, reason, evidence, entitlement], n) => ({
  id: id('9f', n),
  ...on(system),
  accountName,
  accountId: accountName === '' ? null : id('ac', n),
  kind,
  source: kind === 'orphan' ? 'reading' : kind.startsWith('key_') ? 'keys' : 'look',
  severity,
  power: n < 5,
  reason,
  evidence,
  entitlement,
  byHand: entitlement === null ? 'give it to root alone: chown root …; chmod go-w …' : null,
  canVault: ['uid_zero', 'sudo', 'group', 'superuser'].includes(kind),
  state: 'open',
  ownerId: n === 1 ? person(2).id : null,
  ownerName: n === 1 ? person(2).name : null,
  acceptedBecause: null,
  acceptedUntil: null,
  underway: n === 6 ? 'remove' : null,
  problem: null,
  firstSeenAt: days(-12 + n),
  lastSeenAt: minutes(-40),
  goneAt: null,
}));

const estate: Estate = {
  percent: 42,
  systems: systems.slice(0, 4).map((system, n) => ({
    systemId: system.id,
    systemName: system.name,
    kind: n === 3 ? 'postgres' : 'linux',
    percent: [61, 35, 12, null][n] ?? null,
    findings: [14, 9, 21, 0][n] ?? 0,
    critical: [1, 2, 6, 0][n] ?? 0,
    accounts: [6, 5, 8, 0][n] ?? 0,
    owned: [5, 3, 0, 0][n] ?? 0,
    lookedAt: n === 3 ? null : minutes(-40 - n * 60),
    wholeLookAt: n === 3 ? null : days(-n - 1),
    problem: n === 2 ? 'the host did not finish within 120000 ms' : null,
  })),
  trend: Array.from({ length: 21 }, (_, n) => ({ day: days(n - 20).slice(0, 10), percent: 18 + n + (n % 4) })),
};

const node = (account: string, system: number, root = false) => ({
  id: `${on(system).systemId}/${account}`,
  ...on(system),
  account,
  root,
});
const nodes = [node('gina', 2), node('root', 0, true), node('hugo', 1), node('deploy', 0), node('root', 2, true)];
const step = (from: number, to: number, by: 'key' | 'becomes' | 'is', fingerprint: string | null) => ({
  from: nodes[from]?.id ?? '',
  to: nodes[to]?.id ?? '',
  by,
  fingerprint,
  place: '/home/gina/.ssh/id_ed25519 → /root/.ssh/authorized_keys:2',
});
const first = step(0, 1, 'key', 'SHA256:4Jm0pYk2vJ9w5m1cQ0f4u7Zk8sX3rT6aB2dE9hL1nVo');
const second = step(2, 3, 'key', 'SHA256:Zq81aYk2vJ9w5m1cQ0f4u7Zk8sX3rT6aB2dE9hL1nWw');
const third = step(3, 1, 'becomes', null);
const trust: KeyTrust = {
  nodes,
  steps: [first, second, third],
  ways: [
    { from: first.from, to: first.to, steps: [first] },
    { from: second.from, to: third.to, steps: [second, third] },
  ],
  keys: [
    { fingerprint: first.fingerprint ?? '', comment: 'gina', opens: ['root@web1', 'root@db1'], heldBy: ['gina@app1'] },
    { fingerprint: second.fingerprint ?? '', comment: '', opens: ['deploy@web1'], heldBy: ['hugo@web2'] },
    { fingerprint: 'SHA256:nobody0000000000000', comment: 'old laptop', opens: ['root@db1'], heldBy: [] },
  ],
};
const outside: OutsideLogon[] = [
  {
    id: id('0d', 0),
    ...on(0),
    accountName: 'root',
    at: minutes(-95),
    fromAddress: '192.0.2.9',
    how: 'publickey SHA256:4Jm0',
  },
];

const change = (ask: Ask, to: Partial<Finding>): Finding => {
  const at = paths.findIndex((row) => row.id === ask.params['id']);
  const found = paths[at];
  if (found === undefined) throw missing('finding');
  paths[at] = { ...found, ...to };
  return paths[at];
};

export const findingRoutes: Routes = {
  'GET /v1/findings': (ask) =>
    page(
      where(
        where(
          where(paths, ask, 'kind', (row) => row.kind),
          ask,
          'severity',
          (row) => row.severity,
        ),
        ask,
        'state',
        (row) => row.state,
      ),
      ask,
    ),
  'POST /v1/findings/{id}/owner': (ask) => ({
    ...change(ask, { ownerName: String(ask.body['owner']) }),
    findings: 1,
  }),
  'POST /v1/findings/{id}/accept': (ask) =>
    change(ask, { state: 'accepted', acceptedBecause: String(ask.body['because']), acceptedUntil: days(90) }),
  'POST /v1/findings/{id}/vault': (ask) => ({ ...change(ask, { underway: 'vault' }), rotationId: id('40', 0) }),
  'POST /v1/findings/{id}/jit': (ask) => ({
    ...change(ask, { underway: 'jit' }),
    grantId: id('67', 0),
    until: minutes(480),
  }),
  'POST /v1/findings/{id}/remove': (ask) => change(ask, { underway: 'remove' }),
  'POST /v1/systems/{id}/look': () => ({ lookId: id('10', 0) }),
  'GET /v1/privileged-estate': () => estate,
  'GET /v1/ssh-key-trust': () => trust,
  'GET /v1/outside-logons': (ask) => page(outside, ask),
};
