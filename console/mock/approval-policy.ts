import type { ApprovalPolicyTried, ApprovalPolicyVersion, Deputy } from '../src/api/shapes/requests.ts';
import { id, minutes, page, type Routes } from './answer.ts';
import { person } from './people.ts';

const rules: ApprovalPolicyVersion['rules'] = {
  rules: [
    { when: { risk: ['low'], privileged: false }, steps: 'automatic', longestSeconds: 28_800 },
    {
      when: { privileged: true },
      steps: ['manager', { holdersOf: id('e0', 1), approvals: 2 }],
      longestSeconds: 28_800,
    },
    { when: {}, steps: ['manager'] },
  ],
  dueHours: 24,
  escalateHours: 24,
  expireDays: 14,
};
const yaml = `rules:
  - when: { risk: [low], privileged: false }
    steps: automatic
    longestSeconds: 28800
  - when: { privileged: true }
    steps:
      - manager
      - { holdersOf: "web1:approvers", approvals: 2 }
    longestSeconds: 28800
  - when: {}
    steps: [manager]
dueHours: 24
escalateHours: 24
expireDays: 14
`;
const version = (number: number, note: string): ApprovalPolicyVersion => ({
  number,
  rules,
  yaml,
  note,
  tried: number === 1 ? null : { against: number - 1, tried: 100, changed: [1_042, 1_043] },
  madeAt: minutes(-1440 * (8 - number)),
  madeBy: `identity:${person(1).id}`,
});
const versions = [version(3, 'two for privileged access'), version(2, 'low risk at once'), version(1, 'as shipped')];

type Outcome = ApprovalPolicyTried['items'][number]['after'];
const outcome = (kinds: readonly Outcome['steps'][number]['kind'][], goesOn = true): Outcome => ({
  lines: [
    {
      lineId: id('11', 3),
      what: 'sudo:ALL',
      goesOn,
      because: goesOn ? 'can be asked for' : 'it may be asked for at most 8 h at a time',
      rule: 1,
      longestSeconds: 28_800,
      controls: {
        stepUpSeconds: kinds.length > 2 ? 900 : null,
        sessionSeconds: null,
        oneSession: false,
        idleSeconds: null,
        observerSeconds: null,
      },
    },
  ],
  steps: kinds.map((kind, k) => ({
    stage: Math.min(k + 1, 2),
    kind,
    lineIds: [id('11', 3)],
    approvers: [person(k + 1)],
  })),
  automatic: goesOn && kinds.length === 0,
  stuck: null,
});
const tried: ApprovalPolicyTried = {
  trial: '100.abc',
  against: 3,
  tried: 100,
  changed: 3,
  items: [
    { before: outcome(['manager']), after: outcome(['manager', 'named', 'named']) },
    { before: outcome(['manager']), after: outcome([]) },
    { before: outcome(['manager', 'owner']), after: outcome([], false) },
  ].map((sides, n) => ({
    id: id('4e', n),
    number: `R-${String(1_042 + n)}`,
    beneficiary: person(n),
    summary: 'sudo:ALL on web1 for 12 h',
    submittedAt: minutes(-600 * (n + 1)),
    ...sides,
  })),
};
const deputies: Deputy[] = [
  {
    id: id('d9', 1),
    of: person(0),
    deputy: person(2),
    about: ['requests'],
    stepKinds: ['manager'],
    systemIds: null,
    targetIds: null,
    startsAt: minutes(-60),
    endsAt: minutes(10_000),
    reason: 'on holiday',
    endedAt: null,
  },
];

/** Who approves what, and who decides in whose name. */
export const approvalPolicyRoutes: Routes = {
  'GET /v1/approval-policy': () => versions[0],
  'GET /v1/approval-policy/versions': (ask) => page(versions, ask),
  'POST /v1/approval-policy/try': () => tried,
  'PUT /v1/approval-policy': () => versions[0],
  'POST /v1/requests/reevaluation/preview': () => ({
    to: 3,
    items: [
      {
        id: id('4e', 1),
        number: 'R-1043',
        beneficiary: person(1),
        summary: 'sudo:ALL on web1 for 2 h',
        from: 2,
        steps: [
          { stage: 1, kind: 'manager', approvers: [person(2)], kept: person(2) },
          { stage: 2, kind: 'owner', approvers: [person(3)], kept: null },
        ],
        dropped: [{ kind: 'named', by: person(4) }],
        refused: [],
        stuck: null,
      },
    ],
  }),
  'POST /v1/requests/reevaluation': () => ({ to: 3, ids: [id('4e', 1)] }),
  'GET /v1/deputies': (ask) => page(deputies, ask),
  'POST /v1/deputies': () => deputies[0],
  'POST /v1/deputies/{id}/end': () => deputies[0],
};
