import type { Improvement, Role, RoleVersion, ShownVersion, Whom } from '../src/api/roles.ts';
import type { Candidate, MiningRun } from '../src/pages/role-mining/run-words.ts';
import { days, id, missing, page, type Routes } from './answer.ts';
import { person } from './people.ts';
import { parameterRoutes, siteAdmin } from './role-parameters.ts';

const role = (n: number, name: string, description: string, privileged = false): Role => ({
  id: id('40', n),
  name,
  description,
  ownerId: person(2).id,
  ownerName: person(2).name,
  risk: privileged ? 'high' : 'medium',
  requestable: true,
  maxSeconds: null,
  privileged,
  validFrom: days(-90),
  validTo: null,
});
const roles = [
  role(0, 'Payables clerk', 'Books invoices and answers suppliers'),
  role(1, 'Web operator', 'Keeps the web hosts running', true),
  role(2, 'Web on call', 'Keeps them running at night', true),
  { ...role(3, siteAdmin.name, 'Runs the applications of one site'), id: siteAdmin.id },
];
const groups = ['invoices', 'suppliers', 'reports'].map((name, n) => ({ id: id('e7', n), name }));

const version: RoleVersion = {
  id: id('4f', 0),
  roleId: id('40', 0),
  roleName: 'Payables clerk',
  number: 4,
  state: 'awaiting',
  kind: 'business',
  reason: 'The year end is theirs too',
  revision: 2,
  madeBy: person(1).id,
  madeByName: person(1).name,
  madeAt: days(-2),
  askedAt: days(-1),
  settledByName: null,
  settledAt: null,
  settledBecause: null,
};
const versions: RoleVersion[] = [
  version,
  {
    ...version,
    id: id('4f', 1),
    number: 3,
    state: 'published',
    reason: 'Suppliers answer by themselves',
    settledByName: person(2).name,
    settledAt: days(-40),
    settledBecause: 'agreed in the team',
  },
];
const whom: Whom = {
  assignment: { personCondition: 'person.department == "Finance" && person.site in ["Berlin", "Lyon"]', graceDays: 14 },
  exceptPeople: [{ id: person(4).id, name: person(4).name }],
  excludes: [
    {
      role: { id: id('40', 1), name: 'Web operator' },
      kind: 'static',
      severity: 'high',
      mode: 'enforce',
      ruleId: id('50', 1),
    },
  ],
};
const shown: ShownVersion = {
  ...version,
  content: {
    entitlements: [
      {
        id: id('e7', 0),
        name: 'invoices',
        goneSince: null,
        systemName: 'orders',
        validFrom: null,
        validTo: null,
        change: 'same',
      },
      {
        id: id('e7', 2),
        name: 'reports',
        goneSince: null,
        systemName: 'orders',
        validFrom: null,
        validTo: days(60),
        change: 'added',
      },
      {
        id: id('e7', 1),
        name: 'suppliers',
        goneSince: days(-3),
        systemName: 'orders',
        validFrom: days(-90),
        validTo: null,
        change: 'removed',
      },
    ],
    roles: [],
    patterns: [],
  },
  whom,
  impact: {
    state: 'done',
    progress: 100,
    asOf: days(-0.01),
    stale: null,
    holders: 48,
    bindings: 0,
    assigned: 3,
    unassigned: 1,
    blocked: 1,
    licences: [{ product: 'Ledger Suite', currency: 'EUR', costPerMonth: 12.5, gained: 46, freed: 0 }],
    costs: [{ currency: 'EUR', perMonth: 575 }],
    gaining: 46,
    losing: 48,
    gains: 46,
    losses: 48,
    newConflicts: [{ ruleId: id('50', 1), name: 'Build and deploy alone', mode: 'warn', people: 1 }],
    clearedConflicts: [],
    privilegedSystems: [],
    sessions: 2,
    over: [{ code: 'limit.delete', detail: '48 would be taken away; 40 of 800 may be at a time' }],
  },
};

const run: MiningRun = {
  id: id('41', 0),
  state: 'done',
  progress: 100,
  doing: null,
  askedBy: person(1).id,
  askedAt: days(-1),
  settledAt: days(-1),
  problem: null,
  people: 400,
  entitlements: 120,
  assignments: 8_000,
  covered: 7_900,
  atLeast: 30,
  tolerance: 0,
  fewestUsers: 2,
  department: null,
  seed: 1,
};
const candidate: Candidate = {
  id: id('42', 0),
  name: 'Engineering, Berlin: 14 entitlements',
  basis: 'access',
  people: 38,
  entitlements: 14,
  coverage: 532,
  extra: 0,
  stability: 0.97,
  rule: null,
  roleId: null,
};
const [first, second, third] = roles.map(({ id: roleId, name }) => ({ id: roleId, name }));
const nobody = { id: id('40', 9), name: 'Web on call' };
const improvements: Improvement[] = [
  {
    kind: 'retire',
    because: 'unused',
    role: nobody,
    other: null,
    people: 40,
    coverage: 0,
    extra: 0,
    lost: 160,
    stability: 1,
    sessions: 0,
    used: 0,
    unused: 160,
    unknown: 0,
    onDemand: [],
  },
  {
    kind: 'merge',
    because: 'overlap',
    role: second ?? nobody,
    other: third ?? nobody,
    people: 22,
    coverage: 88,
    extra: 6,
    lost: 0,
    stability: 0.8,
    sessions: 41,
    used: 60,
    unused: 4,
    unknown: 24,
    onDemand: [],
  },
  {
    kind: 'split',
    because: 'seldom_used',
    role: first ?? nobody,
    other: null,
    people: 38,
    coverage: 76,
    extra: 0,
    lost: 38,
    stability: 1,
    sessions: 212,
    used: 71,
    unused: 43,
    unknown: 0,
    onDemand: [{ id: id('44', 1), name: 'sudo on web1' }],
  },
];

const rule = {
  id: id('b1', 0),
  name: 'staff',
  condition: { employment_type: ['employee'] } as Record<string, string[]>,
  personCondition: null as string | null,
  ofRoleVersion: false,
  entitlementId: id('e7', 0) as string | null,
  roleId: null as string | null,
  graceDays: 0,
  validFrom: days(-200),
  gives: 'wiki on intranet',
  goneSince: null as string | null,
};
const birthrights = [
  rule,
  { ...rule, id: id('b1', 1), name: 'sales reports', gives: 'suppliers on orders', goneSince: days(-3) },
  {
    ...rule,
    id: id('b1', 2),
    name: 'role Payables clerk',
    condition: {},
    personCondition: whom.assignment?.personCondition ?? null,
    ofRoleVersion: true,
    entitlementId: null,
    roleId: id('40', 0),
    graceDays: 14,
    gives: 'role Payables clerk',
  },
];
const improvementRun = {
  id: id('43', 0),
  state: 'done',
  progress: 100,
  days: 90,
  askedAt: days(-0.2),
  settledAt: days(-0.2),
  problem: null,
};

export const rolesRoutes: Routes = {
  'GET /v1/roles': (ask) => page(roles, ask),
  'GET /v1/roles/{role}': ({ params }) => {
    const found = roles.find((r) => r.id === params['role'] || r.name === params['role']);
    if (found === undefined) throw missing('role');
    return {
      ...found,
      entitlements: groups
        .slice(0, 2)
        .map((g, n) => ({ ...g, goneSince: n === 1 ? days(-3) : null, validFrom: days(-90), validTo: null })),
      roles: [],
      privilegedThrough: null,
    };
  },
  'GET /v1/roles/{role}/whom': () => whom,
  ...parameterRoutes,
  'GET /v1/roles/{role}/holders': (ask) =>
    page(
      [3, 4, 5].map((n) => ({ grantId: id('67', n), identity: person(n) })),
      ask,
    ),
  'GET /v1/roles/{role}/versions': (ask) => page(versions, ask),
  'POST /v1/roles/{role}/draft': () => ({ ...version, state: 'draft' }),
  'GET /v1/role-versions': (ask) => page([version], ask),
  'GET /v1/role-versions/{id}': () => shown,
  'GET /v1/role-versions/{id}/people': (ask) =>
    page(
      [3, 4].map((n) => ({
        position: n,
        identity: person(n),
        gains: [{ id: id('e7', 2), name: 'reports' }],
        loses: [{ id: id('e7', 1), name: 'suppliers' }],
        newConflicts: n === 3 ? 1 : 0,
        clearedConflicts: 0,
        privileged: false,
      })),
      ask,
    ),
  'POST /v1/role-versions/{id}/look': () => ({ id: version.id, revision: 2, state: 'waiting' }),
  'GET /v1/birthrights': (ask) => page(birthrights, ask),
  'GET /v1/role-improvements': () => ({
    run: improvementRun,
    roles: roles.length,
    found: improvements.length,
    items: improvements,
  }),
  'POST /v1/role-improvements': () => improvementRun,
  'GET /v1/role-mining': (ask) => page([run], ask),
  'GET /v1/role-mining/{id}': () => run,
  'GET /v1/role-mining/{id}/candidates': (ask) => page([candidate], ask),
  'GET /v1/role-mining/{id}/outliers': (ask) =>
    page(
      [
        {
          rank: 1,
          person: person(4).name,
          identity: person(4),
          score: 4.2,
          because: [{ entitlement: groups[2], weight: 2, likeThem: { held: 0, of: 12 }, nearest: { held: 1, of: 10 } }],
        },
      ],
      ask,
    ),
};
