import type { SodConflict, SodException, SodRule } from '../src/api/shapes/sod.ts';
import { days, id, missing, page, type Routes } from './answer.ts';
import { person } from './people.ts';

const always = { systemIds: [], ownerId: null, validFrom: days(-200), validTo: null };
const rules: SodRule[] = [
  {
    ...always,
    id: id('50', 0),
    name: 'Create and pay a vendor',
    description: 'Nobody may both add a supplier and send it money.',
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
    severity: 'high',
    mode: 'warn',
    functions: [
      { name: 'Change the build', entitlements: [{ id: 'e3', name: 'sudo on build1', gone: false }] },
      { name: 'Release to web hosts', entitlements: [{ id: 'e4', name: 'sudo on web1', gone: false }] },
    ],
  },
];
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
  },
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
  'GET /v1/sod/exceptions': (ask) => page(exceptions, ask),
  'DELETE /v1/sod/exceptions/{exception}': () => ({}),
  'POST /v1/identities/{identity}/sod/check': ({ params }) => ({
    outcome: 'warned',
    conflicts: [],
    tolerated: [],
    standing: params['identity'] === person(0).id ? [standing] : [],
  }),
};
