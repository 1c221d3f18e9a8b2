import type { Account, Entitlement, Grant, IdentityDetail, Me, System } from '../src/api/shapes/people.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';

const first = [
  'Lena',
  'Dana',
  'Otto',
  'Mira',
  'Jonas',
  'Ida',
  'Paul',
  'Nora',
  'Emil',
  'Vera',
  'Karl',
  'Alma',
  'Finn',
  'Rosa',
  'Hugo',
  'Edda',
];
const last = [
  'Berg',
  'Voss',
  'Brandt',
  'Sommer',
  'Krause',
  'Lindner',
  'Hartwig',
  'Falk',
  'Ebert',
  'Reuter',
  'Winkler',
  'Moll',
  'Sauer',
  'Thoma',
  'Gross',
  'Jansen',
  'Kern',
  'Pohl',
  'Ritter',
];
const departments = ['Finance', 'Engineering', 'Operations', 'People', 'Sales', 'Real estate'];
const jobs = ['Accountant', 'Engineer', 'Site reliability engineer', 'Partner', 'Account executive', 'Facility lead'];

export const identities: IdentityDetail[] = Array.from({ length: 304 }, (_, n) => {
  const name = `${first[n % first.length] ?? ''} ${last[(n * 7) % last.length] ?? ''}`;
  const service = n > 295;
  return {
    id: id('1d', n),
    kind: service ? (n === 303 ? 'vendor' : 'service') : 'person',
    displayName: service ? (n === 303 ? 'Acme Lifts' : `svc-batch-${String(n - 295)}`) : name,
    username: service ? `svc-batch-${String(n - 295)}` : name.toLowerCase().replace(' ', '.'),
    email: service ? null : `${name.toLowerCase().replace(' ', '.')}@hollow-oak.example`,
    state: n % 61 === 60 ? 'leaver' : n % 43 === 42 ? 'leave' : n % 97 === 96 ? 'pre_hire' : 'active',
    department: service ? null : (departments[n % 6] ?? null),
    jobTitle: service ? null : (jobs[n % 6] ?? null),
    manager: service || n === 1 ? null : { id: id('1d', 1), name: 'Dana Krause' },
    accounts: (n * 3) % 5,
    privilegedAccounts: n % 9 === 0 ? 1 : 0,
    grants: 3 + (n % 4),
    owner: service ? { id: id('1d', 2), name: 'Otto Ebert' } : null,
    orgUnit: null,
    contractEnd: null,
    since: days(-400 + n),
  };
});
export const person = (n: number) => ({ id: identities[n]?.id ?? '', name: identities[n]?.displayName ?? '' });

export const systems: System[] = ['web1', 'web2', 'db1', 'build1', 'files1', 'orders'].map((name, n) => ({
  id: id('5e', n),
  name,
  kind: name === 'orders' ? 'postgres' : 'linux',
  host: '127.0.0.1',
  port: name === 'orders' ? 55432 : 2201 + n,
  owner: person(2),
  accounts: 9 + n,
  privilegedAccounts: 2 + (n % 2),
  lastReadAt: minutes(-4 - n),
  lastReadOk: n !== 4,
  lastReadNote: n === 4 ? 'the host key differs from the pinned one; nothing was read' : null,
}));
const system = (n: number) => ({ id: systems[n]?.id ?? '', name: systems[n]?.name ?? '' });

export const accounts: Account[] = systems.flatMap((each, n) =>
  ['root', 'deploy', 'lena', 'old.temp', 'backup'].map((name, k) => ({
    id: id('ac', n * 10 + k),
    system: system(n),
    name,
    nativeId: String(k === 0 ? 0 : 1000 + k),
    kind: each.kind === 'linux' ? 'unix' : 'role',
    state: name === 'old.temp' ? ('locked' as const) : ('active' as const),
    identity: name === 'lena' ? person(0) : name === 'deploy' ? { id: id('1d', 296), name: 'svc-batch-1' } : null,
    privileged: k < 2,
    privilegedBecause: k === 0 ? ['uid 0'] : k === 1 ? ['member of group sudo', 'may run ALL without a password'] : [],
    lastUsedAt: k === 3 ? null : minutes(-60 * (k + 1) * (n + 1)),
    secretId: k === 0 ? id('5c', n) : null,
  })),
);

export const entitlements: Entitlement[] = [
  ...systems.slice(0, 5).flatMap((each, n) =>
    [
      {
        name: `sudo on ${each.name}`,
        kind: 'sudo_rule',
        risk: 'high' as const,
        privileged: true,
        description: 'Run anything as root with your own account',
        maxSeconds: 28_800,
      },
      {
        name: `Sign in to ${each.name}`,
        kind: 'group',
        risk: 'low' as const,
        privileged: false,
        description: 'Shell with your own account',
        maxSeconds: null,
      },
    ].map((part, k) => ({
      ...part,
      id: id('e7', n * 2 + k),
      system: system(n),
      owner: person(2),
      requestable: true,
      holders: 3 + n,
      held: n === 1 && k === 1,
    })),
  ),
  {
    id: id('e7', 40),
    name: 'Create vendors',
    kind: 'role',
    system: system(5),
    risk: 'medium',
    privileged: false,
    description: 'Add suppliers to the ledger',
    owner: person(1),
    requestable: true,
    maxSeconds: null,
    holders: 6,
    held: true,
  },
  {
    id: id('e7', 41),
    name: 'Release payments',
    kind: 'role',
    system: system(5),
    risk: 'critical',
    privileged: false,
    description: 'Send what was approved to the bank',
    owner: person(1),
    requestable: true,
    maxSeconds: null,
    holders: 4,
    held: false,
  },
];
export const entitlement = (n: number) => {
  const found = entitlements[n];
  if (found === undefined) throw missing('entitlement');
  return found;
};

const grantOf = (n: number, holder: number, what: Entitlement, more: Partial<Grant>): Grant => ({
  id: id('67', n),
  identity: person(holder),
  entitlement: what,
  role: null,
  validFrom: days(-90),
  validTo: null,
  origin: 'birthright',
  originId: null,
  because: 'Comes with the job: Engineering',
  endedBecause: null,
  state: 'live',
  effect: 'effective',
  lastUsedAt: minutes(-300),
  sessions: 0,
  connect: null,
  ...more,
});
export const grants: Grant[] = [
  grantOf(0, 0, entitlement(0), {
    validFrom: minutes(-40),
    validTo: minutes(80),
    origin: 'request',
    originId: id('4e', 0),
    because: 'Approved by Dana Krause and Otto Ebert: INC-4812 slow checkout',
    lastUsedAt: minutes(-12),
    sessions: 2,
    connect: 'ssh -p 3022 lena@web1@localhost',
  }),
  grantOf(1, 0, entitlement(3), { connect: 'ssh -p 3022 lena@web2@localhost' }),
  grantOf(2, 0, entitlement(10), {
    origin: 'import',
    because: 'Found on the target at the first import',
    lastUsedAt: days(-120),
  }),
  grantOf(3, 0, entitlement(7), {
    origin: 'request',
    originId: id('4e', 3),
    because: 'Approved by Otto Ebert',
    effect: 'pending',
    lastUsedAt: null,
    validTo: days(20),
  }),
];

export const me: Me = {
  identity: { id: id('1d', 0), displayName: 'Lena Berg', username: 'lena.berg', email: 'lena.berg@hollow-oak.example' },
  roles: ['administrator'],
  actions: [
    'identity.list',
    'campaign.list',
    'campaign.launch',
    'sod_rule.list',
    'session.list',
    'session.end',
    'system.list',
    'secret.list',
    'secret.checkout',
    'secret.rotate',
    'finding.list',
    'audit.list',
    'policy.list',
    'request.list_all',
  ],
  signin: { id: id('51', 0), method: 'passkey', at: minutes(-30), expiresAt: minutes(450) },
  environment: 'demo',
};

const one = <T extends { readonly id: string }>(rows: readonly T[], what: string, wanted: string | undefined): T => {
  const found = rows.find((row) => row.id === wanted);
  if (found === undefined) throw missing(what);
  return found;
};

export const peopleRoutes: Routes = {
  'GET /v1/me': () => me,
  'GET /v1/identities': (ask) =>
    page(
      where(
        where(
          where(identities, ask, 'state', (row) => row.state),
          ask,
          'kind',
          (row) => row.kind,
        ),
        ask,
        'department',
        (row) => row.department,
      ),
      ask,
    ),
  'GET /v1/identities/{id}': ({ params }) => one(identities, 'identity', params['id']),
  'GET /v1/identities/{id}/access': ({ params }) => ({
    grants: grants.map((grant) => ({ ...grant, identity: { id: params['id'], name: '' } })),
    accounts: accounts.filter((account) => account.identity?.id === params['id']),
    drift: [
      {
        id: id('df', 0),
        kind: 'unexpected',
        account: { id: id('ac', 2), name: 'lena' },
        system: system(2),
        entitlement: { id: id('e7', 4), name: 'group docker' },
        since: days(-3),
      },
    ],
  }),
  'GET /v1/systems': (ask) =>
    page(
      where(systems, ask, 'kind', (row) => row.kind),
      ask,
    ),
  'GET /v1/accounts': (ask) =>
    page(
      where(
        where(
          where(accounts, ask, 'systemId', (row) => row.system.id),
          ask,
          'privileged',
          (row) => row.privileged,
        ),
        ask,
        'orphan',
        (row) => row.identity === null,
      ),
      ask,
    ),
  'GET /v1/entitlements': (ask) =>
    page(
      where(entitlements, ask, 'requestable', (row) => row.requestable),
      ask,
    ),
  'GET /v1/grants': (ask) =>
    page(
      where(grants, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/grants/{id}/end': ({ params }) => {
    const at = grants.findIndex((grant) => grant.id === params['id']);
    const grant = grants[at];
    if (grant === undefined) throw missing('grant');
    grants[at] = { ...grant, state: 'ended', effect: 'withdrawing', endedBecause: 'given back', validTo: minutes(0) };
    return {};
  },
};
