import type { EmergencyPath, EmergencyUse } from '../src/api/shapes/emergency.ts';
import { id, minutes, missing, page, type Routes } from './answer.ts';
import { person } from './people.ts';

const what: EmergencyPath['what'] = {
  kind: 'entitlement',
  id: id('e7', 1),
  name: 'sudo:ALL',
  systemName: 'web1',
  risk: 'critical',
  privileged: true,
};
const pathOf = (n: number, name: string, more: Partial<EmergencyPath> = {}): EmergencyPath => ({
  id: id('e6', n),
  name,
  purpose: 'web1 is down and nobody is there to approve',
  what,
  users: [person(0), person(3)],
  usersHold: null,
  reviewers: [person(4)],
  longestMinutes: 60,
  reviewWithinHours: 24,
  state: 'open',
  lockedAt: null,
  lockedBecause: null,
  lockedByUseId: null,
  whoOpens: [],
  opening: null,
  definedBy: person(2),
  definedAt: minutes(-40_000),
  mine: null,
  mayUse: true,
  mayOpen: false,
  mayClose: true,
  ...more,
});
const useOf = (n: number, state: EmergencyUse['review']['state']): EmergencyUse => ({
  id: id('e5', n),
  path: { id: id('e6', 0), name: 'web1-root', state: 'open' },
  what,
  who: person(n + 3),
  reason: 'the shop answers 502 since 02:50',
  usedAt: minutes(-400 * (n + 1)),
  endsAt: minutes(-400 * (n + 1) + 60),
  endedAt: minutes(-400 * (n + 1) + 60),
  endedBecause: 'its time was over',
  grantId: id('67', n),
  stepUp: { method: n === 0 ? 'passkey' : 'totp', at: minutes(-400 * (n + 1)) },
  review: {
    state,
    dueAt: minutes(state === 'overdue' ? -60 : 900),
    reviewers: [person(4)],
    by: state === 'justified' ? person(4) : null,
    at: state === 'justified' ? minutes(-300) : null,
    comment: state === 'justified' ? 'restarted the shop, nothing else' : null,
    mayReview: state !== 'justified',
  },
  sessions: [
    {
      sessionId: id('5e', n),
      account: 'lena',
      system: 'web1',
      startedAt: minutes(-400 * (n + 1) + 2),
      endedAt: minutes(-400 * (n + 1) + 30),
      recorded: true,
      commands: 14,
      commandClasses: ['read', 'change', 'privilege'],
      mayWatch: n === 0,
    },
  ],
});
const paths = [
  pathOf(0, 'web1-root'),
  pathOf(1, 'orders-night', {
    state: 'locked',
    lockedAt: minutes(-60),
    lockedBecause: 'a use of it was not reviewed in time',
    lockedByUseId: id('e5', 1),
    whoOpens: [person(1), person(2)],
    opening: { askedBy: person(2), reason: 'reviewed by now', endsAt: minutes(1_000) },
    mayUse: false,
    mayOpen: true,
  }),
];
const uses = [useOf(0, 'waiting'), useOf(1, 'overdue'), useOf(2, 'justified')];
const one = (wanted: string | undefined): EmergencyUse => {
  const found = uses.find((use) => use.id === wanted);
  if (found === undefined) throw missing('emergency_use');
  return found;
};

/** Emergency access: paths, uses and reviews. */
export const emergencyRoutes: Routes = {
  'GET /v1/emergency-paths': (ask) => page(paths, ask),
  'POST /v1/emergency-paths': () => paths[0],
  'DELETE /v1/emergency-paths/{id}': () => paths[0],
  'POST /v1/emergency-paths/{id}/open': () => paths[0],
  'POST /v1/emergency-paths/{id}/use': () => uses[0],
  'GET /v1/emergency-uses': (ask) => {
    const scope = ask.query.get('scope');
    const wanted = uses.filter((use) => (scope === 'review' ? use.review.by === null : scope === 'all'));
    return page(wanted, ask);
  },
  'GET /v1/emergency-uses/{id}': ({ params }) => one(params['id']),
  'POST /v1/emergency-uses/{id}/review': ({ params }) => one(params['id']),
};
