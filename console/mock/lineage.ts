import type { Out } from '../src/api/shapes/of-contract.ts';
import { days, id, minutes } from './answer.ts';

/** A rule's grant, one that was asked for, and the account it was seen on. */
export const lineage: Out<'access.lineage'>['ways'] = [
  {
    via: 'grant',
    path: [
      { kind: 'grant', id: id('67', 0), name: 'birthright' },
      { kind: 'entitlement', id: id('e7', 0), name: 'sudo on web1' },
    ],
    validFrom: days(-40),
    validTo: null,
    grant: {
      id: id('67', 0),
      reason: 'rule engineers',
      told: { eventId: id('ae', 1_000), at: days(-40), by: 'component lifecycle' },
      cause: {
        kind: 'birthright',
        ruleId: id('b1', 0),
        rule: 'engineers',
        condition: { department: ['Engineering'] },
        personCondition: null,
        facts: [{ fact: 'department', value: 'Engineering', source: 'hr', externalId: 'E1042', others: [] }],
        rows: [
          {
            source: 'hr',
            externalId: 'E1042',
            present: true,
            runId: id('f0', 0),
            deliveredAt: days(-40),
            deliveredBy: 'Dana Falk',
          },
        ],
      },
    },
    account: null,
  },
  {
    via: 'grant',
    path: [
      { kind: 'grant', id: id('67', 1), name: 'request' },
      { kind: 'entitlement', id: id('e7', 0), name: 'sudo on web1' },
    ],
    validFrom: days(-2),
    validTo: days(1),
    grant: {
      id: id('67', 1),
      reason: 'the index has to be rebuilt',
      told: { eventId: id('ae', 1_001), at: days(-2), by: 'Otto Gross' },
      cause: {
        kind: 'request',
        requestId: id('4e', 0),
        number: 1042,
        requester: 'Dana Falk',
        reason: 'the index has to be rebuilt',
        submittedAt: days(-3),
        decisions: [{ step: 'owner', by: 'Otto Gross', at: days(-2), decision: 'approved', comment: null }],
      },
    },
    account: null,
  },
  {
    via: 'account',
    path: [
      { kind: 'account', id: id('ac', 0), name: 'dana' },
      { kind: 'entitlement', id: id('e7', 0), name: 'sudo on web1' },
    ],
    validFrom: days(-40),
    validTo: null,
    grant: null,
    account: {
      id: id('ac', 0),
      name: 'dana',
      linkedBecause: 'created for a grant',
      observedAt: minutes(-4),
      quality: 'read',
      givenBy: null,
      founded: true,
    },
  },
];
