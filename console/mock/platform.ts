import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type {
  AuditEvent,
  InclusionProof,
  Passkey,
  PolicyDryRun,
  PolicyVersion,
  PolicyVersionDetail,
  SshKey,
  Token,
} from '../src/api/shapes/platform.ts';
import { days, id, minutes, missing, page, where, type Ask, type Routes } from './answer.ts';
import { person } from './people.ts';

const types = [
  'request.submitted',
  'approval.given',
  'grant.started',
  'session.opened',
  'session.ended',
  'secret.rotated',
  'signin.succeeded',
  'decision.refused',
  'import.applied',
];
const events: AuditEvent[] = Array.from({ length: 1_013 }, (_, n) => ({
  id: id('ae', n),
  seq: n,
  at: minutes(-(1_013 - n) * 3),
  type: types[n % types.length] ?? '',
  actor: n % 4 === 3 ? { kind: 'component', id: 'worker' } : { kind: 'identity', id: person(n % 20).id },
  via: n % 4 === 3 ? 'worker' : 'console',
  address: n % 4 === 3 ? null : '127.0.0.1',
  subject: person((n * 3) % 40).id,
  trace: createHash('md5').update(String(n)).digest('hex'),
  decision: { id: id('de', n), policies: ['requests.own'] },
  data: { grantId: id('67', n % 4), reason: 'INC-4812 slow checkout', seconds: 7_200 },
  sealed: ['name'],
}));

// A real tree and a real signature: the check in the browser is the real one.
const sha = (...parts: (Buffer | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const canonical = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(',')}]`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
          .join(',')}}`
      : JSON.stringify(value);
const entryOf = ({ id: own, at, type, trace, data }: AuditEvent) => ({
  v: 1,
  id: own,
  at,
  type,
  trace,
  data,
  sealed: { name: 'c2VhbGVk' },
});
const leaves = events.map((event) =>
  sha(Buffer.of(0), canonical({ ...entryOf(event), sealed: sha(canonical({ name: 'c2VhbGVk' })).toString('base64') })),
);
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
const root = (of: Buffer[]): Buffer =>
  of.length === 1
    ? (of[0] ?? Buffer.alloc(0))
    : sha(Buffer.of(1), root(of.slice(0, split(of.length))), root(of.slice(split(of.length))));
const path = (index: number, of: Buffer[]): Buffer[] => {
  if (of.length === 1) return [];
  const k = split(of.length);
  return index < k
    ? [...path(index, of.slice(0, k)), root(of.slice(k))]
    : [...path(index - k, of.slice(k)), root(of.slice(0, k))];
};
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const typed = Buffer.concat([Buffer.of(1), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
const origin = 'reeve.audit/mock';
const keyId = sha(`${origin}\n`, typed).subarray(0, 4);
const note = (): string => {
  const text = `${origin}\n${String(leaves.length)}\n${root(leaves).toString('base64')}\n${(leaves.at(-1) ?? Buffer.alloc(32)).toString('base64')}\n${minutes(0)}\n`;
  return `${text}\n— ${origin} ${Buffer.concat([keyId, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
};
const proof = (index: number): InclusionProof => {
  const event = events[index];
  if (event === undefined) throw missing('event');
  return {
    entry: entryOf(event),
    seq: index,
    size: leaves.length,
    leaf: (leaves[index] ?? Buffer.alloc(0)).toString('base64'),
    path: path(index, leaves).map((node) => node.toString('base64')),
    checkpoint: note(),
  };
};

const tokens: Token[] = [
  {
    id: id('70', 0),
    name: 'Nightly report',
    scopes: ['audit.read'],
    createdAt: days(-10),
    endsAt: days(20),
    lastUsedAt: minutes(-400),
  },
];
const keys: SshKey[] = [
  {
    id: id('55', 0),
    name: 'Laptop',
    fingerprint: 'SHA256:3xq1Lw0cBq8n6n0m2m7m3Q1k0o5mZq1T9yYVY3n4f0A',
    publicKey: 'ssh-ed25519 AAAA…',
    createdAt: days(-12),
    endsAt: days(353),
    lastUsedAt: minutes(-12),
  },
];
const loginPolicy = {
  registeredKey: 'step_up',
  withoutKey: true,
  typedCode: false,
  rememberMinutes: 0,
  keyDays: 365,
};
const passkeys: Passkey[] = [{ id: id('90', 0), name: 'Laptop', createdAt: days(-12), lastUsedAt: minutes(-30) }];
const versionOf = (
  n: number,
  origin: 'shipped' | 'custom',
  state: PolicyVersion['state'],
  note: string,
): PolicyVersion => ({
  id: id('b0', n),
  name: `${origin}-${String(n)}`,
  origin,
  number: n,
  state,
  note,
  createdAt: days(-n),
  createdBy: 'boot',
  publishedAt: state === 'draft' ? null : days(-n),
  publishedBy: state === 'draft' ? null : 'boot',
  retiredAt: null,
});
const versions = [
  versionOf(1, 'shipped', 'active', 'What every Reeve ships with'),
  versionOf(2, 'custom', 'active', 'Vendors do not ask for access'),
  versionOf(3, 'custom', 'draft', 'Nor do agents'),
];
const text =
  '@id("house.vendors")\nforbid (principal is Reeve::Identity, action == Reeve::Action::"request.submit", resource)\nwhen { principal.kind == "vendor" };\n';
const detailOf = (version: string | undefined): PolicyVersionDetail => {
  const found = versions.find((each) => each.id === version);
  if (found === undefined) throw missing('policy_version');
  return {
    ...found,
    text,
    policies: [
      {
        id: 'house.vendors',
        effect: 'forbid',
        description: 'Vendors do not ask for access themselves.',
        obligation: null,
        text,
      },
      {
        id: 'requests.own',
        effect: 'permit',
        description: 'Everybody may ask for themselves.',
        obligation: null,
        text: text.replace('forbid', 'permit'),
      },
    ],
  };
};
const indexOf = ({ params }: Ask): number => {
  const at = events.findIndex((event) => event.id === params['id']);
  if (at < 0) throw missing('event');
  return at;
};

export const platformRoutes: Routes = {
  'GET /v1/audit/events': (ask) =>
    page(
      where(
        where(events.toReversed(), ask, 'subject', (row) => row.subject),
        ask,
        'type',
        (row) => row.type,
      ),
      ask,
    ),
  'GET /v1/audit/events/{id}/opened': (ask) => ({ ...events[indexOf(ask)], opened: { name: 'Lena Berg' } }),
  'GET /v1/audit/events/{id}/proof': (ask) => proof(indexOf(ask)),
  'GET /v1/audit/key': () => ({
    publicKey: `${origin}+${keyId.toString('hex')}+${typed.toString('base64')}`,
    origin,
    size: leaves.length,
    checkpoint: note(),
  }),
  'GET /v1/signin': () => ({ needsFirstAdministrator: process.env['FIRST_RUN'] === '1' }),
  'POST /v1/signin/password': () => ({ identityId: person(0).id }),
  'POST /v1/signin/out': () => ({ ended: 1 }),
  'POST /v1/enrolment/begin': () => ({
    identityId: person(0).id,
    username: 'lena.berg',
    challengeId: id('c1', 0),
    passkeyOptions: {},
    totpUri: 'otpauth://totp/Reeve:lena.berg?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Reeve&digits=6&period=30',
  }),
  'POST /v1/enrolment/finish': () => ({ identityId: person(0).id }),
  'GET /v1/device-login/{userCode}': () => ({ client: 'reeve on build1', endsAt: minutes(9) }),
  'POST /v1/device-login/{userCode}/decide': ({ body }) => ({ approve: body['approve'] === true }),
  'POST /v1/ssh-logins/find': ({ body }) => ({
    login: String(body['userCode']).toUpperCase().startsWith('B')
      ? {
          id: id('5a', 0),
          account: 'root',
          system: 'web1',
          clientAddress: '192.0.2.14',
          clientVersion: 'OpenSSH_9.2p1',
          keyName: null,
          askedAt: new Date().toISOString(),
          endsAt: minutes(4),
          browserAddress: '198.51.100.7',
          elsewhere: true,
        }
      : null,
  }),
  'POST /v1/ssh-logins/{id}/agree': () => ({ number: '402117' }),
  'POST /v1/ssh-logins/{id}/deny': () => ({ id: id('5a', 0) }),
  'GET /v1/ssh-login-policy': () => loginPolicy,
  'PUT /v1/ssh-login-policy': ({ body }) => Object.assign(loginPolicy, body),
  'GET /v1/tokens': (ask) => page(tokens, ask),
  'POST /v1/tokens': ({ body }) => ({ id: id('70', 1), token: 'reeve_example_token_value', endsAt: body['endsAt'] }),
  'GET /v1/ssh-keys': (ask) => page(keys, ask),
  'POST /v1/ssh-keys': ({ body }) => {
    const key: SshKey = {
      id: id('55', keys.length),
      name: String(body['name']),
      fingerprint: 'SHA256:…',
      publicKey: String(body['publicKey']),
      createdAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 365 * 86_400_000).toISOString(),
      lastUsedAt: null,
    };
    keys.push(key);
    return key;
  },
  'GET /v1/passkeys': (ask) => page(passkeys, ask),
  'GET /v1/policies/versions': (ask) => page(versions, ask),
  'GET /v1/policies/versions/{version}': ({ params }) => detailOf(params['version']),
  'POST /v1/policies/versions': () => versions[2],
  'POST /v1/policies/validate': ({ body }) =>
    /permit|forbid/.test(String(body['text']))
      ? { ok: true, problems: [], warnings: [] }
      : {
          ok: false,
          problems: [
            {
              message: 'a policy begins with permit or forbid',
              help: 'Did you mean permit?',
              at: { start: 0, end: 1 },
            },
          ],
          warnings: [],
        },
  'POST /v1/policies/versions/{version}/dry-run': (): PolicyDryRun => ({
    id: id('d0', 0),
    replayed: 2_114,
    gone: 3,
    drifted: 0,
    gained: 0,
    lost: 1,
    failing: {},
    changed: [
      {
        principal: { kind: 'identity', id: person(5).id },
        action: 'request.submit',
        resource: { type: 'Platform', id: 'reeve' },
        change: 'lost',
        before: ['requests.own'],
        after: ['house.vendors'],
      },
    ],
  }),
  'POST /v1/policies/versions/{version}/publish': () => versions[2],
};
