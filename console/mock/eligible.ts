import type { Eligible } from '../src/api/shapes/eligible.ts';
import { days, id, minutes, type Routes } from './answer.ts';

const of = (n: number, name: string, systemName: string, more: Partial<Eligible> = {}): Eligible => ({
  eligibilityId: id('e1', n),
  what: {
    kind: 'entitlement',
    id: id('e7', n),
    name,
    systemId: id('5c', n),
    systemName,
    risk: 'high',
    privileged: true,
  },
  since: days(-20),
  until: days(70),
  grantIds: [id('67', 90 + n)],
  longestSeconds: 28_800,
  approvals: 0,
  stepUp: false,
  active: null,
  waiting: null,
  ...more,
});

/** What the person at the console is eligible for. */
export const eligibleRoutes: Routes = {
  'GET /v1/eligibilities': () => ({
    items: [
      of(0, 'sudo:ALL', 'web1', { active: { grantId: id('67', 0), since: minutes(-18), until: minutes(42) } }),
      of(1, 'db_owner', 'orders-db', { approvals: 1, stepUp: true, longestSeconds: 3600 }),
      of(2, 'deploy', 'git', { waiting: { id: id('4e', 0), number: 'R-1042' } }),
    ],
    nextCursor: null,
  }),
};
