import type { Item } from '../src/api/shapes/of-contract.ts';
import { days, id, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';

type Case = Item<'drift.list'>;
type Change = Item<'massChanges.list'>;

const caseOf = (n: number, more: Partial<Case>): Case => ({
  id: id('d1', n),
  situation: 'out_of_band',
  systemId: id('5', n),
  systemName: 'web1',
  accountId: id('a1', n),
  accountName: 'lena',
  entitlementId: id('e1', n),
  entitlementName: 'docker',
  identityId: person(n + 3).id,
  personName: person(n + 3).name,
  grantId: null,
  privileged: true,
  since: days(-n),
  state: 'open',
  reaction: null,
  problem: null,
  openedAt: days(-n),
  settledAt: null,
  because: null,
  acceptedUntil: null,
  ...more,
});
const cases: Case[] = [
  caseOf(0, {}),
  caseOf(1, {
    situation: 'missing',
    accountId: null,
    accountName: null,
    entitlementName: 'shop_read',
    systemName: 'orders',
    grantId: id('6', 1),
    privileged: false,
  }),
  caseOf(2, {
    situation: 'orphan_account',
    entitlementId: null,
    entitlementName: null,
    accountName: 'temp2',
    identityId: null,
    personName: null,
  }),
  caseOf(3, { state: 'removed', reaction: 'remove', because: 'not needed any more', settledAt: days(-1) }),
  caseOf(4, { problem: 'separation of duties: deploys and approves', privileged: false }),
];

const changeOf = (n: number, more: Partial<Change>): Change => ({
  id: id('c4', n),
  kind: 'drift',
  title: 'What follows from drift on a system',
  state: 'applied',
  heldBecause: [],
  items: 12,
  appliedTo: 12,
  releasedTo: 12,
  plannedAt: days(-n),
  plannedBy: 'reconciliation',
  settledAt: days(-n),
  acceptedBy: null,
  acceptedAt: null,
  acceptedBecause: null,
  ...more,
});
const changes: Change[] = [
  changeOf(0, {
    state: 'held',
    items: 84,
    appliedTo: 0,
    releasedTo: 0,
    settledAt: null,
    heldBecause: [
      {
        code: 'limit.delete',
        systemId: null,
        count: 84,
        allowed: 50,
        detail: '84 would be taken away; 50 of 311 may be at a time',
      },
    ],
  }),
  changeOf(1, {}),
];
const move = (wanted: string | undefined, state: string): Change | undefined => {
  const at = changes.findIndex((change) => change.id === wanted);
  const found = changes[at];
  if (found !== undefined) changes[at] = { ...found, state };
  return changes[at];
};

export const driftRoutes: Routes = {
  'GET /v1/drift': (ask) =>
    page(
      where(cases, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/drift/decide': () => ({ massChangeId: id('c4', 1), state: 'applying' }),
  'POST /v1/drift/accept': () => ({ accepted: 1 }),
  'GET /v1/mass-changes': (ask) =>
    page(
      where(changes, ask, 'state', (row) => row.state),
      ask,
    ),
  'GET /v1/mass-changes/{id}/items': (ask) =>
    page(
      [1, 2, 3].map((n) => ({
        position: n,
        effect: 'delete',
        systemId: id('5', n),
        identityId: person(n + 9).id,
        what: 'remove docker from an account on web1',
        state: 'waiting',
        problem: null,
        notes: [],
      })),
      ask,
    ),
  'POST /v1/mass-changes/{id}/accept': ({ params }) => move(params['id'], 'applying'),
  'POST /v1/mass-changes/{id}/decline': ({ params }) => move(params['id'], 'declined'),
  'POST /v1/mass-changes/{id}/undo': ({ params }) => move(params['id'], 'undoing'),
};
