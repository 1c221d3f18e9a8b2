import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { AuditEvent, InclusionProof, Passkey, Policy, SshKey, Token } from '../src/api/shapes/platform.ts';
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
  actor: n % 4 === 3 ? { kind: 'component', id: 'worker', name: null } : { kind: 'identity', ...person(n % 20) },
  subject: person((n * 3) % 40),
  resource: { type: 'Grant', id: id('67', n % 4) },
  outcome: n % 9 === 7 ? 'refused' : 'allowed',
  via: n % 4 === 3 ? 'worker' : 'console',
  data: { grantId: id('67', n % 4), reason: 'INC-4812 slow checkout', seconds: 7_200 },
  trace: createHash('md5').update(String(n)).digest('hex'),
}));

// A real tree and a real signature: the check in the browser is the real one.
const sha = (mark: number, ...parts: Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.of(mark)).update(Buffer.concat(parts)).digest();
const leaves = events.map((event) => Buffer.from(JSON.stringify(event)));
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
const root = (of: Buffer[]): Buffer =>
  of.length === 1
    ? sha(0, of[0] ?? Buffer.alloc(0))
    : sha(1, root(of.slice(0, split(of.length))), root(of.slice(split(of.length))));
const path = (index: number, of: Buffer[]): Buffer[] => {
  if (of.length === 1) return [];
  const k = split(of.length);
  return index < k
    ? [...path(index, of.slice(0, k)), root(of.slice(k))]
    : [...path(index - k, of.slice(k)), root(of.slice(0, k))];
};
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const proof = (index: number): InclusionProof => {
  const head = root(leaves).toString('base64');
  const signed = Buffer.from(`reeve/demo\n${String(leaves.length)}\n${head}\n`);
  return {
    leaf: (leaves[index] ?? Buffer.alloc(0)).toString('base64'),
    index,
    path: path(index, leaves).map((node) => node.toString('base64')),
    checkpoint: {
      origin: 'reeve/demo',
      size: leaves.length,
      root: head,
      signed: signed.toString('base64'),
      signature: sign(null, signed, privateKey).toString('base64'),
      keyId: 'demo-1',
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
    },
  };
};

const tokens: Token[] = [
  {
    id: id('70', 0),
    name: 'Nightly report',
    scopes: ['audit.list'],
    createdAt: days(-10),
    expiresAt: days(20),
    lastUsedAt: minutes(-400),
  },
];
const keys: SshKey[] = [
  {
    id: id('55', 0),
    name: 'Laptop',
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:3xq1Lw0cBq8n6n0m2m7m3Q1k0o5mZq1T9yYVY3n4f0A',
    createdAt: days(-12),
    lastUsedAt: minutes(-12),
  },
];
const passkeys: Passkey[] = [{ id: id('90', 0), name: 'Laptop', createdAt: days(-12), lastUsedAt: minutes(-30) }];
const policies: Policy[] = [
  {
    id: 'requests.own',
    module: 'requests',
    shipped: true,
    effect: 'permit',
    summary: 'Everybody may ask for access for themselves.',
    text: '@id("requests.own")\npermit (\n  principal is Reeve::Identity,\n  action == Reeve::Action::"request.submit",\n  resource\n) when { resource.identity == principal };',
  },
  {
    id: 'requests.no_self_approval',
    module: 'requests',
    shipped: true,
    effect: 'forbid',
    summary: 'Nobody decides on a request that benefits them.',
    text: '@id("requests.no_self_approval")\nforbid (\n  principal,\n  action == Reeve::Action::"request.approve",\n  resource\n) when { resource.identity == principal };',
  },
  {
    id: 'house.night',
    module: 'house',
    shipped: false,
    effect: 'forbid',
    summary: 'Contractors do not work at night.',
    text: '@id("house.night")\nforbid (principal, action, resource)\nwhen { principal.kind == "vendor" };',
  },
];
const ceremony = {
  ceremonyId: 'c1',
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Reeve:lena.berg?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Reeve&digits=6&period=30',
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
        where(events.toReversed(), ask, 'outcome', (row) => row.outcome),
        ask,
        'type',
        (row) => row.type,
      ),
      ask,
    ),
  'GET /v1/audit/events/{id}': (ask) => events[indexOf(ask)],
  'GET /v1/audit/events/{id}/proof': (ask) => proof(indexOf(ask)),
  'GET /v1/signin': () => ({ environment: 'demo', firstRun: false }),
  'POST /v1/signin/password': () => ({}),
  'POST /v1/signin/end': () => ({}),
  'POST /v1/setup/password': () => ceremony,
  'POST /v1/setup/totp': () => ({}),
  'GET /v1/tokens': (ask) => page(tokens, ask),
  'POST /v1/tokens': ({ body }) => ({
    id: id('70', 1),
    name: body['name'],
    scopes: body['scopes'],
    createdAt: minutes(0),
    expiresAt: days(30),
    lastUsedAt: null,
    value: 'reeve_example_token_value',
  }),
  'GET /v1/ssh-keys': (ask) => page(keys, ask),
  'POST /v1/ssh-keys': ({ body }) => {
    const key: SshKey = {
      id: id('55', keys.length),
      name: String(body['name']),
      type: 'ssh-ed25519',
      fingerprint: 'SHA256:…',
      createdAt: new Date().toISOString(),
      lastUsedAt: null,
    };
    keys.push(key);
    return key;
  },
  'GET /v1/passkeys': (ask) => page(passkeys, ask),
  'GET /v1/totp': () => ({ enrolled: false, since: null }),
  'POST /v1/totp/begin': () => ceremony,
  'POST /v1/totp': () => ({}),
  'GET /v1/policies': (ask) => page(policies, ask),
  'POST /v1/policies/validate': ({ body }) =>
    String(body['text']).includes('permit') || String(body['text']).includes('forbid')
      ? { ok: true, issues: [] }
      : {
          ok: false,
          issues: [{ message: 'a policy begins with permit or forbid', line: 1, help: 'Did you mean “permit”?' }],
        },
  'POST /v1/policies/dry-run': () => ({
    considered: 2_114,
    changed: [{ principal: 'Acme Lifts', action: 'session.open', resource: 'web1', before: 'allow', after: 'deny' }],
  }),
};
