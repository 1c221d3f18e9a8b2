import type { Clocked, ItemActions, ReviewPolicy, Schedule } from '../src/api/shapes/reviews.ts';
import { days, id, page, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';

const review = {
  stages: null,
  reciprocal: 'allow' as const,
  holdFrom: 20,
  canaries: 0,
  challengeDays: 0,
  challengePrivileged: false,
};
const opening = {
  on: false,
  reviewer: 'owner' as const,
  days: 14,
  noResponse: 'report' as const,
  delta: false,
  review,
};
const policy: ReviewPolicy = {
  number: 2,
  policy: {
    mover: { ...opening, on: true, reviewer: 'manager', days: 7 },
    drift: { ...opening, on: true },
    risk: opening,
    risk_jump: { ...opening, on: true, reviewer: 'manager' },
    out_of_band_grant: { ...opening, on: true, noResponse: 'revoke' },
    clock: { ...opening, on: true, reviewer: 'manager' },
    collectMinutes: 15,
    everyDays: { low: null, medium: null, high: 180, critical: 90 },
  },
  reason: 'privileged access every quarter',
  madeBy: person(1).id,
  madeAt: days(-20),
};
const schedules: Schedule[] = [
  {
    id: id('5c', 0),
    name: 'Privileged access',
    kind: 'privileged',
    scope: {},
    reviewerRule: 'manager',
    delta: true,
    noResponse: 'report',
    review: { ...review, reciprocal: 'reroute', challengeDays: 7 },
    days: 14,
    everyMonths: 3,
    nextAt: days(34),
    occurrences: 2,
    createdBy: person(1).id,
    createdAt: days(-220),
    stoppedAt: null,
  },
];
const clocked: Clocked[] = Array.from({ length: 6 }, (_, n) => ({
  grantId: id('67', 40 + n),
  identityId: person(n * 7).id,
  identityName: person(n * 7).name,
  what: `${entitlements[n]?.name ?? ''} on ${entitlements[n]?.systemName ?? ''}`,
  risk: n % 2 === 0 ? 'critical' : 'high',
  keptAt: n < 2 ? null : days(-100 + n),
  dueAt: days(-20 + n * 12),
  state: n < 1 ? 'overdue' : n < 3 ? 'due' : 'certified',
  campaignId: n === 1 ? id('ca', 0) : null,
}));
const actions: ItemActions = {
  chosen: null,
  actions: [
    {
      action: 'person',
      narrowest: true,
      does: ['ends the grant of ledger_write on erp', 'takes the person out of the role Accountants'],
    },
    {
      action: 'role',
      narrowest: false,
      does: [
        'ends the grant of ledger_write on erp',
        'takes it out of role Accountants for everybody, once another person publishes that',
      ],
    },
  ],
};

export const reviewRoutes: Routes = {
  'GET /v1/review-policy': () => policy,
  'POST /v1/review-policy': () => policy,
  'GET /v1/reviews/clock': (ask) => page(clocked, ask),
  'GET /v1/reviews/clock/counts': () => ({ certified: 3, due: 2, overdue: 1 }),
  'GET /v1/campaign-schedules': () => ({ items: schedules }),
  'POST /v1/campaign-schedules': () => schedules[0],
  'POST /v1/campaign-schedules/{id}/stop': () => schedules[0],
  'GET /v1/items/{id}/actions': () => actions,
};
