import type { Secret, SecretFolder, SessionDetail, Statement } from '../src/api/shapes/guard.ts';
import { days, id, minutes, missing, page, where, type Ask, type Routes } from './answer.ts';
import { accounts, person, systems } from './people.ts';
import { houseTerms, vaultRoutes } from './vault.ts';

const system = (n: number) => ({ id: systems[n]?.id ?? '', name: systems[n]?.name ?? '' });

const sessions: SessionDetail[] = Array.from({ length: 260 }, (_, n) => ({
  id: id('5e5', n),
  identityId: person(n % 12).id,
  identityName: person(n % 12).name,
  accountId: id('ac', n % 5),
  accountName: n % 3 === 0 ? 'root' : 'lena.berg',
  systemId: system(n % 5).id,
  systemName: system(n % 5).name,
  grantIds: [id('67', 0)],
  protocol: n === 5 ? 'postgres' : n === 6 ? 'http' : 'ssh',
  state: n < 2 ? 'live' : 'ended',
  startedAt: minutes(-12 - n * 50),
  endsAt: n < 2 ? minutes(80) : null,
  endedAt: n < 2 ? null : minutes(-5 - n * 50),
  endedBecause: n < 2 ? null : n % 5 === 0 ? 'the grant ended' : 'the person left',
  bytesIn: 412 + n,
  bytesOut: 18_211 + n,
  recorded: true,
  holds: true,
  observerSeconds: n === 1 ? 300 : null,
  idleSeconds: null,
  held: n === 1 ? 'observer' : null,
  recordingBehind: null,
  recordingPurgedAt: null,
  recordingPurgedClass: null,
  pausedBecause: null,
  watchers: n < 2 ? 1 : 0,
  recordingHead: n < 2 ? null : String(n).padStart(64, 'a'),
  events: [{ atMs: 3_000, type: 'command', class: 'derived', detail: 'sudo systemctl status nginx' }],
}));

const statements: Statement[] = (
  [
    ['select id, total from orders where customer = $1', ['4711'], 'SELECT 12', null],
    ['update orders set state = $1 where id = $2', ['paid', '88213'], 'UPDATE 1', null],
    ['delete from orders', [], null, 'it changes every row: it needs a where that looks at them'],
    ["alter role billing password '(hidden)'", [], 'ALTER ROLE', null],
  ] as const
).map(([text, values, tag, refused], n) => ({
  n,
  atMs: 900 + n * 14_000,
  text,
  values: [...values],
  via: values.length > 0 ? 'prepared' : 'simple',
  refused,
  tag,
  rows: tag === null ? null : n,
  error: null,
  micros: refused === null ? 640 + n * 900 : null,
  bytes: null,
  answered: refused === null,
}));

const requests: Statement[] = (
  [
    ['GET /pages/42?token=(hidden)', 'http', '200 OK, text/html', null, 18_220],
    ['POST /api/pages', 'http', '201 Created, application/json', null, 96],
    ['GET /admin/users', 'http', null, '/admin is not open', 0],
    ['GET /live', 'websocket', '101 Switching Protocols', null, 4_410],
  ] as const
).map(([text, via, tag, refused, out], n) => ({
  n,
  atMs: 700 + n * 9_000,
  text,
  values: ['host: wiki.web.localhost:8472', 'accept: text/html', 'cookie: (hidden)'],
  via,
  refused,
  tag,
  rows: null,
  error: null,
  micros: refused === null ? 2_300 + n * 1_900 : null,
  bytes: refused === null ? { in: n * 310, out } : null,
  answered: refused === null,
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

const folders: SecretFolder[] = ['billing/app', 'web/staging'].map((path, n) => ({
  id: id('d', n),
  path,
  description: `What ${path} needs at run time`,
  ownerId: person(n).id,
  readEntitlementId: id('e', 2 * n),
  writeEntitlementId: id('e', 2 * n + 1),
  createdAt: days(-30 - n),
  secrets: 4 * n,
}));
const secrets: Secret[] = systems.map((each, n) => ({
  id: id('5c', n),
  name: `${each.name}/${each.kind === 'linux' ? 'root' : 'postgres'}`,
  kind: n === 3 ? 'ssh_key' : 'password',
  purpose: 'account',
  accountId: accounts[n * 5]?.id ?? null,
  systemId: each.id,
  ownerId: null,
  description: null,
  currentVersion: 3 + n,
  changedAt: days(-n * 6),
  checkedOutBy: n === 1 ? person(5).id : null,
  out: n === 1 ? 1 : 0,
  labels: n === 0 ? { team: 'web' } : {},
  facts: {},
  expiresAt: null,
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
        (row) => row.identityId,
      ),
      ask,
    ),
  'GET /v1/me/sessions': (ask) =>
    page(
      sessions.filter((row) => row.identityId === person(0).id),
      ask,
    ),
  'GET /v1/sessions/{id}': (ask) => one(sessions, 'session', ask),
  'GET /v1/sessions/{id}/recording': cast,
  'GET /v1/sessions/{id}/statements': ({ params }) => ({
    items: params['id'] === id('5e5', 6) ? requests : statements,
    next: null,
    problem: null,
  }),
  'GET /v1/sessions/{id}/verify': () => ({ ok: true, chunks: 12, problem: null }),
  'POST /v1/session-search': (ask) => ({
    items: sessions.slice(2, 7).map((row, n) => ({
      sessionId: row.id,
      n,
      atMs: 3_000 + n * 4_000,
      at: row.startedAt,
      type: row.protocol === 'ssh' ? 'command' : 'statement',
      class: 'change',
      text:
        row.protocol === 'ssh'
          ? `sudo ${String(ask.body['words'])} --now`
          : `select * from ${String(ask.body['words'])}`,
      protocol: row.protocol,
      identityId: row.identityId,
      identityName: row.identityName,
      accountName: row.accountName,
      systemName: row.systemName,
      purged: n === 4,
    })),
    nextCursor: null,
  }),
  'POST /v1/sessions/{id}/end': (ask) =>
    put(sessions, 'session', ask, {
      state: 'ended',
      endedAt: new Date().toISOString(),
      endedBecause: String(ask.body['because']),
    }),
  'GET /v1/vault/secrets': (ask) =>
    page(
      where(secrets, ask, 'systemId', (row) => row.systemId),
      ask,
    ),
  'GET /v1/vault/secrets/{id}': (ask) => ({
    ...one(secrets, 'secret', ask),
    terms: { ...houseTerms, path: null },
    versions: [{ version: 3, state: 'current', createdAt: days(-6) }],
  }),
  'POST /v1/vault/secrets/{id}/checkout': (ask) => {
    put(secrets, 'secret', ask, { checkedOutBy: person(0).id, out: 1 });
    return {
      once: false,
      checkoutId: ask.params['id'],
      username: 'root',
      value: 'correct-horse-battery',
      endsAt: new Date(Date.now() + Number(ask.body['seconds']) * 1_000).toISOString(),
    };
  },
  ...vaultRoutes,
  'GET /v1/vault/folders': (ask) => page(folders, ask),
  'POST /v1/vault/folders': (ask) => ({ ...folders[0], ...ask.body }),
  'DELETE /v1/vault/folders/{id}': (ask) => one(folders, 'secret_folder', ask),
  'POST /v1/vault/checkouts/{id}/checkin': (ask) => put(secrets, 'secret', ask, { checkedOutBy: null }),
};
