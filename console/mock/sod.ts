import type {
  SodConflict,
  SodControlRun,
  SodException,
  SodMatrix,
  SodRule,
  SodRuleOfLibrary,
  SodViolator,
} from '../src/api/shapes/sod.ts';
import { days, id, missing, page, type Routes } from './answer.ts';
import { person } from './people.ts';

const always = {
  systemIds: [],
  ownerId: null,
  validFrom: days(-200),
  validTo: null,
  counts: 'held' as const,
  windowSeconds: null,
  orgUnits: [],
  personCondition: null,
  libraryId: null,
  controls: [],
};
const rules: SodRule[] = [
  {
    ...always,
    id: id('50', 0),
    name: 'Create and pay a vendor',
    description: 'Nobody may both add a supplier and send it money.',
    risk: 'A made-up supplier can be set up and paid by one person.',
    orgUnits: ['Finance'],
    libraryId: 'P2P-01',
    controls: [
      { id: id('c0', 0), name: 'Review of new vendors paid within five days', ownerId: person(2).id, everyDays: 30 },
    ],
    severity: 'critical',
    mode: 'enforce',
    functions: [
      { name: 'Create vendors', entitlements: [{ id: 'e1', name: 'Create vendors', gone: false }] },
      { name: 'Release payments', entitlements: [{ id: 'e2', name: 'Release payments', gone: false }] },
    ],
  },
  {
    ...always,
    id: id('50', 1),
    name: 'Build and deploy alone',
    description: 'What one person builds another releases.',
    risk: 'Code nobody else has seen runs in production.',
    counts: 'same_window',
    windowSeconds: 3600,
    severity: 'high',
    mode: 'warn',
    functions: [
      { name: 'Change the build', entitlements: [{ id: 'e3', name: 'sudo on build1', gone: false }] },
      { name: 'Release to web hosts', entitlements: [{ id: 'e4', name: 'sudo on web1', gone: false }] },
    ],
  },
];
rules.push({
  ...always,
  id: id('50', 8),
  name: 'Request access / Approve access',
  description: '',
  risk: 'Access can be self-approved.',
  counts: 'act',
  libraryId: 'IT-08',
  severity: 'high',
  mode: 'enforce',
  functions: [
    { name: 'Request access', entitlements: [] },
    { name: 'Approve access', entitlements: [] },
  ],
});
const guards = {
  guards: [
    {
      kind: 'policy',
      name: 'requests.nobody_decides_to_their_own_benefit',
      says: 'nobody decides about a request of theirs, or for them',
      actions: ['request.approve', 'request.deny'],
      inForce: true,
      text: '@id("requests.nobody_decides_to_their_own_benefit")\nforbid (…)\nwhen { resource.benefits.contains(principal) };',
      refused: 1,
      lastRefusedAt: days(-2),
    },
    {
      kind: 'check',
      name: 'request.own_benefit',
      says: 'nor in the name of somebody else, nor where that came about meanwhile',
      actions: ['request.approve', 'request.deny'],
      inForce: true,
      text: null,
      refused: 0,
      lastRefusedAt: null,
    },
  ],
  done: [
    {
      at: days(-1),
      who: person(4).name,
      whoId: person(4).id,
      guard: 'requests.nobody_decides_to_their_own_benefit',
      what: 'request.step_approved',
      resourceType: 'Request',
      resourceId: id('70', 1),
      eventId: null,
    },
  ],
  refused: [
    {
      at: days(-2),
      who: person(3).name,
      whoId: person(3).id,
      action: 'request.approve',
      guard: 'requests.nobody_decides_to_their_own_benefit',
      resourceType: 'Request',
      resourceId: id('4e', 0),
      eventId: id('ee', 1),
    },
  ],
};
let warnDays = [30, 14, 7, 1];
const exceptions: SodException[] = [
  {
    id: id('5c', 0),
    ruleId: id('50', 1),
    ruleName: 'Build and deploy alone',
    identityId: person(3).id,
    reason: 'On call alone at night',
    control: 'Every release is read by another the next morning',
    controlOwnerId: person(2).id,
    approvedBy: person(1).id,
    validFrom: days(-3),
    validTo: days(27),
    controlId: null,
    evidenceEveryDays: 7,
    evidenceDueAt: days(-1),
    lastRunAt: days(-8),
    lastResult: 'passed',
  },
];
const runs: SodControlRun[] = [
  {
    id: id('c1', 0),
    exceptionId: id('5c', 0),
    ranBy: person(2).id,
    ranAt: days(-8),
    result: 'passed',
    reference: 'AUD-112: 14 releases read',
    note: '',
  },
];
const step = (n: number, name: string) => ({ kind: 'entitlement', id: id('e7', n), name });
const violators: SodViolator[] = [0, 4, 7].map((n) => ({
  person: person(n).name,
  rules: ['Create and pay a vendor'],
  exercised: n === 4 ? 'both' : 'unknown',
  lastExercisedAt: n === 4 ? days(-3) : null,
  identity: { id: person(n).id, name: person(n).name },
  violations: rules.slice(0, n === 0 ? 2 : 1).map((rule) => ({
    ruleId: rule.id,
    rule: rule.name,
    severity: rule.severity,
    mode: rule.mode,
    summary: 'has both',
    since: days(-40 - n),
    validFrom: days(-40),
    validTo: null,
    exercised: n === 4 ? ('both' as const) : ('unknown' as const),
    lastExercisedAt: n === 4 ? days(-3) : null,
    sides: rule.functions.map((f, i) => ({
      function: f.name,
      lastUsedAt: n === 4 ? days(-3 - i) : null,
      paths: [[step(20 + i, 'finance-all'), step(i, f.entitlements[0]?.name ?? '')], [step(i, f.name)]],
    })),
  })),
}));
const functions = [
  'Administer users and roles',
  'Approve purchase orders',
  'Create purchase orders',
  'Enter supplier invoices',
  'Execute supplier payments',
  'Maintain supplier master',
  'Receive goods or services',
  'Review security audit logs',
];
const cell = (
  one: number,
  other: number,
  severity: SodRule['severity'],
  people: number,
): SodMatrix['cells'][number] => ({
  one: functions[one] ?? '',
  other: functions[other] ?? '',
  rules: [
    {
      id: id('50', 0),
      name: `${functions[one]} / ${functions[other]}`,
      severity,
      mode: people > 5 ? 'record' : 'enforce',
      people,
    },
  ],
});
const matrix: SodMatrix = {
  functions,
  cells: [
    cell(0, 7, 'critical', 1),
    cell(1, 2, 'high', 23),
    cell(1, 4, 'high', 0),
    cell(2, 3, 'medium', 12),
    cell(2, 5, 'high', 4),
    cell(2, 6, 'high', 0),
    cell(3, 4, 'critical', 3),
    cell(3, 5, 'high', 7),
    cell(3, 6, 'high', 0),
    cell(4, 5, 'critical', 14),
  ],
};
const inLibrary = (
  name: string,
  process: string,
  severity: SodRuleOfLibrary['severity'],
  state: SodRuleOfLibrary['state'],
  key: string,
): SodRuleOfLibrary => ({
  id: key,
  name,
  process,
  severity,
  risk: 'A made-up supplier or a swapped bank account can be set up and paid by the same person.',
  control: 'Independent call-back on changes of bank details.',
  sameOrgUnit: process !== 'IT',
  dynamic: false,
  aboutReeve: process === 'IT',
  state,
  keptBy: state === 'kept' ? 'nobody decides about a request of theirs, or for them: request.own_benefit' : null,
  ruleId: state === 'in_force' ? id('50', 0) : state === 'kept' ? id('50', 8) : null,
  mode: state === 'offered' || state === 'kept' ? null : 'enforce',
  functions: name.split(' / ').map((one, i) => ({
    key: `F-${one.toLowerCase().replaceAll(' ', '-')}`,
    name: one,
    entitlements: state === 'in_force' ? 2 : i === 0 && state === 'unmapped' ? 1 : 0,
  })),
});
const library: SodRuleOfLibrary[] = [
  inLibrary('Maintain supplier master / Execute supplier payments', 'Procure-to-Pay', 'critical', 'unmapped', 'P2P-01'),
  inLibrary('Create purchase orders / Approve purchase orders', 'Procure-to-Pay', 'high', 'in_force', 'P2P-04'),
  inLibrary('Enter sales orders / Issue credit notes', 'Order-to-Cash', 'high', 'offered', 'O2C-03'),
  inLibrary('Administer vault and safes / Audit privileged sessions', 'IT', 'critical', 'in_force', 'IT-09'),
  inLibrary('Request access / Approve access', 'IT', 'high', 'kept', 'IT-08'),
];
const standing: SodConflict = {
  ruleId: id('50', 1),
  rule: 'Build and deploy alone',
  severity: 'high',
  mode: 'warn',
  summary: 'may change the build and release it',
  validFrom: days(-3),
  validTo: null,
  sides: [
    {
      function: 'Change the build',
      access: [
        {
          entitlementId: id('e7', 6),
          path: [
            { kind: 'grant', id: id('67', 0), name: 'grant' },
            { kind: 'entitlement', id: id('e7', 6), name: 'sudo on build1' },
          ],
        },
      ],
    },
    {
      function: 'Release to web hosts',
      access: [{ entitlementId: id('e7', 0), path: [{ kind: 'entitlement', id: id('e7', 0), name: 'sudo on web1' }] }],
    },
  ],
};

export const sodRoutes: Routes = {
  'GET /v1/sod/rules': (ask) => page(rules, ask),
  'PATCH /v1/sod/rules/{rule}': ({ params, body }) => {
    const at = rules.findIndex((rule) => rule.id === params['rule']);
    const found = rules[at];
    if (found === undefined) throw missing('sod_rule');
    rules[at] = { ...found, mode: body['mode'] === 'enforce' ? 'enforce' : 'warn' };
    return rules[at];
  },
  'DELETE /v1/sod/rules/{rule}': () => ({}),
  'GET /v1/sod/rules/{rule}': ({ params }) => {
    const found = rules.find((rule) => rule.id === params['rule']);
    if (found === undefined) throw missing('sod_rule');
    return found;
  },
  'POST /v1/sod/what-if': ({ body }) => {
    const gives = Array.isArray(body['gives']) && body['gives'].length > 0;
    const conflict = {
      ...standing,
      sides: standing.sides.map((side) => ({
        function: side.function,
        paths: side.access.map(({ path }) => path.map(({ name }) => name)),
      })),
    };
    const comes = gives || body['identity'] === undefined;
    return {
      comes: comes ? 1 : 0,
      clears: comes ? 0 : 1,
      blocked: 0,
      people: [{ person: person(3), comes: comes ? [conflict] : [], clears: comes ? [] : [conflict] }],
    };
  },
  'GET /v1/sod/rules/{rule}/guards': () => guards,
  'POST /v1/sod/rules/import/preview': () => ({
    items: rules.map(({ name }) => ({ name, outcome: 'unchanged', changed: [] })),
  }),
  'POST /v1/sod/rules/try': () => ({
    count: 3,
    people: violators.map(({ identity }) => identity),
  }),
  'POST /v1/sod/rules/{rule}/try': () => ({
    before: 2,
    after: 3,
    comes: [violators[1]?.identity],
    clears: [],
    comesCount: 1,
    clearsCount: 0,
  }),
  'GET /v1/sod/violations': (ask) => page(violators, ask),
  'GET /v1/sod/matrix': () => matrix,
  'GET /v1/sod/library': (ask) => page(library, ask),
  'GET /v1/sod/library/function': ({ query }) => ({
    key: query.get('key'),
    name: (query.get('key') ?? '')
      .replace('F-', '')
      .replaceAll('-', ' ')
      .replace(/^./u, (c) => c.toUpperCase()),
    examples: ['SAP:XK01', 'SAP:BP', 'Supplier master: create'],
    rules: ['P2P-01', 'P2P-02', 'P2P-03'],
    entitlements: query.get('key') === 'F-execute-supplier-payments' ? [] : [{ id: id('e7', 0), name: 'erp:vendors' }],
    suggestions: [{ id: id('e7', 1), name: 'Payment run', system: 'erp', likeness: 0.8 }],
  }),
  'PUT /v1/sod/library/function': () => ({ created: ['P2P-01'], changed: [], retired: [] }),
  'POST /v1/sod/library/adopt': ({ body }) => ({ adopted: body['ids'], created: [], changed: [], retired: [] }),
  'GET /v1/sod/exceptions/{exception}/runs': (ask) => page(runs, ask),
  'GET /v1/sod/warning-terms': () => ({ warnDays }),
  'PUT /v1/sod/warning-terms': ({ body }) => ({
    warnDays: (warnDays = Array.isArray(body['warnDays']) ? body['warnDays'].map(Number) : []),
  }),
  'GET /v1/sod/exceptions': (ask) => page(exceptions, ask),
  'DELETE /v1/sod/exceptions/{exception}': () => ({}),
  'POST /v1/identities/{identity}/sod/check': ({ params }) => ({
    outcome: 'warned',
    conflicts: [],
    tolerated: [],
    standing: params['identity'] === person(0).id ? [standing] : [],
  }),
};
