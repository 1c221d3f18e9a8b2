import type { Account, Entitlement, Grant, IdentityDetail, Me, Reach, System } from '../src/api/shapes/people.ts';
import type { Item } from '../src/api/shapes/of-contract.ts';
import { lineage } from './lineage.ts';
import { Refusal, days, id, minutes, missing, page, where, type Routes } from './answer.ts';

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
const states = (n: number): string =>
  n % 61 === 60 ? 'leaver' : n % 43 === 42 ? 'leave' : n % 97 === 96 ? 'pre_hire' : 'active';
const always = { validFrom: days(-400), validTo: null };

export const identities: IdentityDetail[] = Array.from({ length: 304 }, (_, n) => {
  const service = n > 295;
  const name = service
    ? `svc-batch-${String(n - 295)}`
    : `${first[n % first.length] ?? ''} ${last[(n * 7) % last.length] ?? ''}`;
  const username = name.toLowerCase().replace(' ', '.');
  return {
    id: id('1d', n),
    kind: service ? 'service' : 'person',
    displayName: name,
    username,
    email: service ? null : `${username}@hollow-oak.example`,
    state: states(n),
    department: service ? null : (departments[n % 6] ?? null),
    jobTitle: service ? null : (jobs[n % 6] ?? null),
    orgUnit: null,
    managerId: service || n === 1 ? null : id('1d', 1),
    managerName: service || n === 1 ? null : 'Dana Falk',
    ownerId: service ? id('1d', 2) : null,
    contractEnd: null,
    attributes: {},
    adminRoles: n === 0 ? ['administrator'] : [],
    mergedInto:
      n === 60
        ? { identityId: id('1d', 3), displayName: 'Mira Brandt', username: 'mira.brandt', since: days(-4) }
        : null,
    merged:
      n === 3
        ? [{ identityId: id('1d', 60), displayName: 'Finn Brandt', username: 'finn.brandt', since: days(-4) }]
        : [],
    ...always,
  };
});
export const person = (n: number) => ({ id: identities[n]?.id ?? '', name: identities[n]?.displayName ?? '' });

export const systems: System[] = ['web1', 'web2', 'db1', 'build1', 'files1', 'orders', 'sso'].map((name, n) => ({
  id: id('5e', n),
  name,
  kind: { orders: 'postgres', sso: 'rest' }[name] ?? 'linux',
  host: '127.0.0.1',
  port: name === 'orders' ? 55_432 : 2_201 + n,
  settings:
    name === 'sso' ? { description: 'version: 1\nabout: Glewlwyd 2.7\naccounts:\n  map:\n    id: /username\n' } : {},
  pinned: ['SHA256:3xq1Lw0cBq8n6n0m2m7m3Q1k0o5mZq1T9yYVY3n4f0A'],
  ownerId: id('1d', 2),
  ownerName: 'Otto Gross',
  lastReadAt: minutes(-4 - n),
  ...always,
}));
const on = (n: number) => ({ systemId: systems[n]?.id ?? '', systemName: systems[n]?.name ?? null });

const readings: Item<'discovery.runs'>[] = systems.map((system, n) => ({
  id: id('4d', n),
  systemId: system.id,
  kind: 'whole',
  state: n === 4 ? 'failed' : 'done',
  progress: n === 4 ? { pieces: 0, rows: 0 } : { pieces: 1, rows: 40 + n },
  trusted: n === 4 ? null : true,
  counts: n === 4 ? null : { accounts: 9 + n, entitlements: 14, privileged: 2 },
  problem: n === 4 ? 'the host key differs from the pinned one; nothing was read' : null,
  acceptedBy: null,
  acceptedBecause: null,
  askedAt: minutes(-4 - n),
  endedAt: minutes(-4 - n),
}));

export const accounts: Account[] = systems.flatMap((system, n) =>
  ['root', 'deploy', 'lena.berg', 'old.temp', 'backup'].map((name, k): Account => ({
    id: id('ac', n * 10 + k),
    ...on(n),
    name,
    kind: k === 2 ? 'personal' : k === 1 ? 'service' : k === 0 ? 'shared' : 'unknown',
    state: name === 'old.temp' ? 'locked' : 'active',
    identityId: k === 2 ? id('1d', 0) : k === 1 ? id('1d', 296) : null,
    identityName: k === 2 ? 'Lena Berg' : k === 1 ? 'svc-batch-1' : null,
    linkedBecause: k === 2 ? 'its name is her user name' : null,
    privileged: k < 2,
    privilegedBecause:
      k === 0
        ? [{ source: 'passwd', reason: 'its user id is 0', evidence: 'root:x:0:0' }]
        : k === 1
          ? [
              {
                source: 'sudoers',
                reason: 'may run anything as root without a password',
                evidence: `deploy ALL=(ALL) NOPASSWD: ALL on ${system.name}`,
              },
            ]
          : [],
    attributes: {},
    lastUsedAt: k === 3 ? null : minutes(-60 * (k + 1) * (n + 1)),
    ...always,
  })),
);

const right = (n: number, at: number, name: string, more: Partial<Entitlement>): Entitlement => ({
  id: id('e7', n),
  ...on(at),
  kind: 'group',
  nativeId: name,
  name,
  description: null,
  ownerId: id('1d', 2),
  ownerName: 'Otto Gross',
  risk: 'low',
  privileged: false,
  requestable: true,
  maxSeconds: null,
  accountId: null,
  source: 'read',
  ...always,
  ...more,
});
export const entitlements: Entitlement[] = [
  ...systems.slice(0, 5).flatMap((system, n) => [
    right(n * 2, n, `sudo on ${system.name}`, {
      kind: 'sudo_rule',
      risk: 'high',
      privileged: true,
      maxSeconds: 28_800,
      description: 'Run anything as root with your own account',
    }),
    right(n * 2 + 1, n, `Sign in to ${system.name}`, { description: 'Shell with your own account' }),
  ]),
  right(40, 5, 'Create vendors', { risk: 'medium', description: 'Add suppliers to the ledger' }),
  right(41, 5, 'Release payments', { risk: 'critical', description: 'Send what was approved to the bank' }),
];
const grantOf = (n: number, what: Entitlement | undefined, more: Partial<Grant>): Grant => ({
  id: id('67', n),
  identityId: id('1d', 0),
  identityName: 'Lena Berg',
  entitlementId: what?.id ?? null,
  roleId: null,
  name: what?.name ?? null,
  systemName: what?.systemName ?? null,
  origin: 'birthright',
  originId: null,
  reason: 'Engineering',
  started: true,
  endedBecause: null,
  controls: { stepUpSeconds: null, sessionSeconds: null, oneSession: false, idleSeconds: null, observerSeconds: null },
  validFrom: days(-90),
  validTo: null,
  ...more,
});
const grants: Grant[] = [
  grantOf(0, entitlements[0], {
    validFrom: minutes(-40),
    validTo: minutes(80),
    origin: 'request',
    originId: id('4e', 0),
    controls: { stepUpSeconds: 900, sessionSeconds: 3_600, oneSession: true, idleSeconds: null, observerSeconds: null },
    reason: 'INC-4812 slow checkout',
  }),
  grantOf(1, entitlements[3], {}),
  grantOf(2, entitlements[10], { origin: 'import', reason: null }),
  grantOf(3, entitlements[7], { origin: 'request', originId: id('4e', 3), reason: 'builds fail', validTo: days(20) }),
];
const reached: Reach[] = [
  ...grants.map((grant, n): Reach => ({
    identityId: id('1d', 0),
    identityName: 'Lena Berg',
    nowIdentityId: null,
    nowIdentityName: null,
    via: 'grant',
    sourceId: grant.id,
    entitlementId: grant.entitlementId ?? '',
    ...on(n),
    systemId: on(n).systemId,
    name: grant.name ?? '',
    path: [
      { kind: 'grant', id: grant.id, name: 'grant' },
      { kind: 'entitlement', id: grant.entitlementId ?? '', name: grant.name ?? '' },
    ],
    privileged: n === 0,
    validFrom: grant.validFrom,
    validTo: grant.validTo,
  })),
  ...[entitlements[0], entitlements[3], entitlements[10], entitlements[4]].flatMap((what, n): Reach[] =>
    what === undefined
      ? []
      : [
          {
            identityId: id('1d', 0),
            identityName: 'Lena Berg',
            nowIdentityId: null,
            nowIdentityName: null,
            via: 'holding',
            sourceId: id('40', n),
            entitlementId: what.id,
            systemId: what.systemId,
            systemName: what.systemName,
            name: what.name,
            path: [
              { kind: 'account', id: id('ac', n), name: 'lena.berg' },
              { kind: 'entitlement', id: what.id, name: what.name },
            ],
            privileged: what.privileged,
            validFrom: days(-3),
            validTo: null,
          },
        ],
  ),
];

export const me: Me = {
  id: id('1d', 0),
  displayName: 'Lena Berg',
  username: 'lena.berg',
  email: 'lena.berg@hollow-oak.example',
  roles: ['administrator'],
  via: 'console',
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
  'GET /v1/identities/{identity}': ({ params }) => one(identities, 'identity', params['identity']),
  'GET /v1/identities/{identity}/access': () => ({ items: reached, nextCursor: null }),
  'GET /v1/identities/{identity}/access/lineage': ({ params, query }) => ({
    identityId: params['identity'],
    identityName: one(identities, 'identity', params['identity']).displayName,
    entitlementId: query.get('entitlementId'),
    entitlementName: 'sudo on web1',
    ways: lineage,
  }),
  'POST /v1/identities/{id}/enrolment': () => ({ url: 'http://localhost:8470/setup#token=example' }),
  'GET /v1/systems': (ask) =>
    page(
      where(systems, ask, 'kind', (row) => row.kind),
      ask,
    ),
  'GET /v1/systems/{system}': ({ params }) =>
    systems.find((row) => row.name === params['system'] || row.id === params['system']),
  'GET /v1/systems/{id}/schedule': ({ params }) => ({
    systemId: params['id'],
    readEverySeconds: 86_400,
    readChangesEverySeconds: 300,
    maxLossPercent: 20,
    maxLossFree: 10,
    nextReadAt: minutes(400),
    nextChangesAt: minutes(3),
    changesProblem: null,
  }),
  'GET /v1/maintenance': ({ query }) => ({
    items: [
      {
        id: id('3a', 0),
        systemId: query.get('systemId') ?? '',
        startsAt: minutes(600),
        endsAt: minutes(720),
        repeatDays: 7,
        because: 'patches on Sundays',
      },
    ],
  }),
  'POST /v1/systems/{id}/settings': () => {
    throw new Refusal({
      status: 422,
      code: 'system.settings_wrong',
      detail: 'settings of a system of kind rest are wrong: /description/version is 1, the version of this format',
      errors: [
        { pointer: '/settings/description/version', detail: 'is 1, the version of this format' },
        { pointer: '/settings/description/accounts/map', detail: '`ids` is not known here; did you mean `id`?' },
      ],
    });
  },
  'POST /v1/systems/{id}/read': () => ({ runId: id('4d', 0) }),
  'GET /v1/discovery/runs': (ask) => page(readings, ask),
  'GET /v1/accounts': (ask) =>
    page(
      where(
        where(
          where(
            where(accounts, ask, 'system', (row) => row.systemName),
            ask,
            'privileged',
            (row) => row.privileged,
          ),
          ask,
          'orphan',
          (row) => row.identityId === null,
        ),
        ask,
        'identityId',
        (row) => row.identityId,
      ),
      ask,
    ),
  'GET /v1/entitlements': (ask) =>
    page(
      where(entitlements, ask, 'requestable', (row) => row.requestable),
      ask,
    ),
  'GET /v1/entitlements/{id}': ({ params }) => ({
    ...one(entitlements, 'entitlement', params['id']),
    privilegedThrough: null,
  }),
  'GET /v1/grants': (ask) =>
    page(
      grants.filter((grant) => ask.query.get('liveAt') === null || grant.endedBecause === null),
      ask,
    ),
  'GET /v1/grants/{id}': ({ params }) => ({ ...one(grants, 'grant', params['id']), versions: [] }),
  'POST /v1/grants/{id}/end': ({ params }) => {
    const found = one(grants, 'grant', params['id']);
    grants[grants.indexOf(found)] = { ...found, endedBecause: 'given back', validTo: minutes(0) };
    return {};
  },
  'GET /v1/provisioning': ({ query }) => ({
    items: [
      {
        id: id('99', 0),
        grantId: query.get('grantId') ?? '',
        entitlementId: id('e7', 0),
        identityId: id('1d', 0),
        systemId: id('5e', 0),
        wanted: 'present',
        state: 'done',
        tries: 1,
        problem: null,
        decidedAt: minutes(-40),
        settledAt: minutes(-40),
      },
    ] satisfies Item<'provisioning.list'>[],
    nextCursor: null,
  }),
};
