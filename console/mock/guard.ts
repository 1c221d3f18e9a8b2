import type { Finding, Secret, Session, SodRule, SodViolation } from '../src/api/shapes/guard.ts';
import { days, id, minutes, missing, page, where, type Ask, type Routes } from './answer.ts';
import { accounts, person, systems } from './people.ts';

const system = (n: number) => ({ id: systems[n]?.id ?? '', name: systems[n]?.name ?? '' });

const sessions: Session[] = Array.from({ length: 260 }, (_, n) => ({
  id: id('5e5', n),
  identity: person(n % 12),
  system: system(n % 5),
  account: n % 3 === 0 ? 'root' : 'lena',
  protocol: 'ssh',
  state: n < 2 ? 'live' : 'ended',
  startedAt: minutes(-12 - n * 50),
  endedAt: n < 2 ? null : minutes(-5 - n * 50),
  endedBecause: n < 2 ? null : n % 5 === 0 ? 'the grant ended' : 'the person left',
  address: '127.0.0.1',
  privileged: n % 3 === 0,
  grantId: id('67', 0),
  requestId: id('4e', 0),
  recording: { bytes: 18_211 + n, complete: n >= 2, digest: n < 2 ? null : `sha256:${String(n).padStart(64, 'a')}` },
  commands: n % 9,
}));

const cast = (): string => {
  const lines = [
    JSON.stringify({ version: 2, width: 90, height: 26, timestamp: 1_760_000_000, env: { TERM: 'xterm-256color' } }),
  ];
  let at = 0.4;
  const say = (text: string, wait: number): void => {
    lines.push(JSON.stringify([Number(at.toFixed(3)), 'o', text]));
    at += wait;
  };
  say('Reeve: recorded · until 16:20 · ends if revoked · grant G-91\r\n', 0.6);
  for (const [command, output] of [
    ['uptime', ' 15:02:11 up 41 days,  2 users,  load average: 0.31, 0.22, 0.18'],
    [
      'sudo systemctl status nginx',
      '\u001b[1;32m●\u001b[0m nginx.service - web server\r\n   Active: \u001b[1;32mactive (running)\u001b[0m',
    ],
    [
      'sudo tail -3 /var/log/nginx/error.log',
      'upstream timed out (110)\r\nupstream timed out (110)\r\nupstream timed out (110)',
    ],
    ['sudo systemctl restart nginx', ''],
    ['exit', 'logout'],
  ] as const) {
    say('\u001b[1;34mlena@web1\u001b[0m:~$ ', 1.1);
    for (const char of command) say(char, 0.09);
    say(`\r\n${output}${output === '' ? '' : '\r\n'}`, command.includes('tail') ? 25 : 1.4);
  }
  return `${lines.join('\n')}\n`;
};

const secrets: Secret[] = systems.map((each, n) => ({
  id: id('5c', n),
  name: `${each.name}/${each.kind === 'linux' ? 'root' : 'postgres'}`,
  kind: n === 3 ? 'ssh_key' : 'password',
  system: system(n),
  account: { id: accounts[n * 5]?.id ?? '', name: 'root' },
  version: 3 + n,
  rotatedAt: days(-n * 6),
  nextRotationAt: days(30 - n * 7),
  health: n === 4 ? 'failed' : n === 5 ? 'overdue' : 'ok',
  checkout: n === 1 ? { id: id('c0', 1), by: person(5), since: minutes(-20), until: minutes(40), mine: false } : null,
}));

const findings: Finding[] = accounts
  .filter((account) => account.identity === null || account.privileged)
  .map((account, n) => ({
    id: id('f1', n),
    kind:
      account.identity === null
        ? account.privileged
          ? 'privileged_account'
          : 'orphan_account'
        : 'service_over_privileged',
    severity: account.name === 'root' ? 'high' : n % 2 === 0 ? 'medium' : 'low',
    subject: { id: account.id, name: account.name, type: 'account' },
    system: account.system,
    because: account.privilegedBecause.length > 0 ? account.privilegedBecause : ['no identity is known for it'],
    foundAt: minutes(-n * 90),
    state: 'open',
  }));

const rules: SodRule[] = [
  {
    id: id('50', 0),
    name: 'Create and pay a vendor',
    description: 'Nobody may both add a supplier and send it money.',
    severity: 'critical',
    left: { name: 'Create vendors', entitlements: [{ id: 'e1', name: 'Create vendors (orders)' }] },
    right: { name: 'Release payments', entitlements: [{ id: 'e2', name: 'Release payments (orders)' }] },
    violations: 2,
    enabled: true,
  },
  {
    id: id('50', 1),
    name: 'Build and deploy alone',
    description: 'What is built by one person is released by another.',
    severity: 'high',
    left: { name: 'Change the build', entitlements: [] },
    right: { name: 'Release to web hosts', entitlements: [] },
    violations: 0,
    enabled: true,
  },
];
const violations: SodViolation[] = [0, 6].map((n, k) => ({
  id: id('5d', k),
  rule: { id: id('50', 0), name: 'Create and pay a vendor' },
  severity: 'critical',
  identity: person(n),
  left: [person(n).name, 'Ledger clerk', 'Create vendors'],
  right: [person(n).name, 'Release payments'],
  bothUsed: k === 0,
  since: days(-40 - n),
  state: 'open',
}));

const one = <T extends { readonly id: string }>(rows: readonly T[], what: string, { params }: Ask): T => {
  const found = rows.find((row) => row.id === params['id']);
  if (found === undefined) throw missing(what);
  return found;
};
const put = <T extends { readonly id: string }>(rows: T[], what: string, ask: Ask, next: Partial<T>): object => {
  const found = one(rows, what, ask);
  rows[rows.indexOf(found)] = { ...found, ...next };
  return {};
};

export const guardRoutes: Routes = {
  'GET /v1/sessions': (ask) =>
    page(
      where(
        where(sessions, ask, 'state', (row) => row.state),
        ask,
        'identityId',
        (row) => row.identity.id,
      ),
      ask,
    ),
  'GET /v1/sessions/{id}': (ask) => one(sessions, 'session', ask),
  'GET /v1/sessions/{id}/recording': cast,
  'POST /v1/sessions/{id}/end': (ask) =>
    put(sessions, 'session', ask, {
      state: 'ended',
      endedAt: new Date().toISOString(),
      endedBecause: String(ask.body['reason']),
    }),
  'GET /v1/vault/secrets': (ask) =>
    page(
      where(secrets, ask, 'health', (row) => row.health),
      ask,
    ),
  'POST /v1/vault/secrets/{id}/checkout': (ask) => {
    const until = new Date(Date.now() + Number(ask.body['seconds']) * 1_000).toISOString();
    put(secrets, 'secret', ask, {
      checkout: { id: id('c0', 9), by: person(0), since: new Date().toISOString(), until, mine: true },
    });
    return { id: id('c0', 9), until, value: 'correct-horse-battery' };
  },
  'POST /v1/vault/secrets/{id}/checkin': (ask) => put(secrets, 'secret', ask, { checkout: null }),
  'POST /v1/vault/secrets/{id}/rotate': (ask) =>
    put(secrets, 'secret', ask, { rotatedAt: new Date().toISOString(), health: 'ok' }),
  'GET /v1/findings': (ask) =>
    page(
      where(
        where(findings, ask, 'severity', (row) => row.severity),
        ask,
        'state',
        (row) => row.state,
      ),
      ask,
    ),
  'GET /v1/sod/rules': (ask) => page(rules, ask),
  'GET /v1/sod/violations': (ask) =>
    page(
      where(violations, ask, 'state', (row) => row.state),
      ask,
    ),
};
