import type { Campaign, CampaignItem } from '../src/api/shapes/campaigns.ts';
import { days, id, minutes, missing, page, type Routes } from './answer.ts';
import { entitlement, identities, person } from './people.ts';

const items: CampaignItem[] = Array.from({ length: 26 }, (_, n) => {
  const who = identities[n * 9];
  const what = entitlement(n % 2 === 0 ? (n * 2) % 10 : 10);
  const live = n === 0;
  return {
    id: id('17', n),
    reviewer: person(0),
    identity: { ...person(n * 9), department: who?.department ?? null, jobTitle: who?.jobTitle ?? null },
    entitlement: what,
    account: { id: id('ac', n), name: 'lena' },
    grantId: id('67', n),
    risk: what.risk,
    evidence: {
      because: n % 3 === 0 ? 'Requested 40 min ago, INC-4812' : 'Found on the target at the first import',
      since: days(-n * 11 - 1),
      lastUsedAt: n % 4 === 3 ? null : minutes(-20 - n * 900),
      uses30d: n % 4 === 3 ? 0 : 14 - (n % 9),
      sessions: n % 3 === 0 ? [{ id: id('5e5', 0), startedAt: minutes(-12), seconds: live ? null : 410, live }] : [],
      peers: { having: 2 + (n % 7), of: 9, group: who?.department ?? 'the team' },
      sod:
        n === 5
          ? [
              {
                rule: { id: id('50', 0), name: 'Create and pay a vendor' },
                severity: 'critical',
                left: ['Ledger clerk', 'Create vendors'],
                right: ['Release payments'],
              },
            ]
          : [],
    },
    recommendation: {
      decision: n % 4 === 3 ? 'revoke' : 'keep',
      sentence:
        n % 4 === 3
          ? 'Never seen used since it was given; 2 of 9 peers have it.'
          : `Used ${String(14 - (n % 9))} times in 30 days, last ${n === 0 ? 'a moment' : 'days'} ago.`,
    },
    group: 'decide',
    decision: null,
    canUndo: false,
    revocation: null,
  };
});
const count = (of: (item: CampaignItem) => boolean): number => items.filter(of).length;
const campaign = (): Campaign => ({
  id: id('ca', 0),
  name: 'Privileged access, fourth quarter',
  state: 'open',
  scope: 'Privileged access on all systems',
  openedAt: days(-2),
  dueAt: days(5),
  items: items.length,
  decided: count((item) => item.decision !== null),
  revoked: count((item) => item.decision?.decision === 'revoke'),
  proven: count((item) => item.revocation?.state === 'proven'),
  mine: count((item) => item.decision === null),
  owner: person(1),
});
const older: Campaign = {
  id: id('ca', 1),
  name: 'Ledger roles',
  state: 'signed',
  scope: 'orders',
  openedAt: days(-60),
  dueAt: days(-40),
  items: 31,
  decided: 31,
  revoked: 4,
  proven: 4,
  mine: 0,
  owner: person(1),
};

const put = (wanted: string | undefined, change: (item: CampaignItem) => CampaignItem): void => {
  const at = items.findIndex((item) => item.id === wanted);
  const found = items[at];
  if (found === undefined) throw missing('item');
  items[at] = change(found);
};

export const campaignRoutes: Routes = {
  'GET /v1/campaigns': (ask) => page([campaign(), older], ask),
  'POST /v1/campaigns/preview': () => ({
    items: 26,
    identities: 24,
    privileged: 13,
    unassigned: 2,
    reviewers: [
      { reviewer: person(1), items: 15 },
      { reviewer: person(2), items: 11 },
    ],
  }),
  'POST /v1/campaigns': campaign,
  'GET /v1/campaigns/{id}': ({ params }) => (params['id'] === older.id ? older : campaign()),
  'GET /v1/campaigns/{id}/items': (ask) => page(items, ask),
  'POST /v1/campaigns/{id}/sign': () => ({}),
  'POST /v1/items/{id}/decide': ({ params, body }) => {
    const decision = body['decision'];
    const at = new Date().toISOString();
    put(params['id'], (item) => {
      if (decision === null) return { ...item, decision: null, revocation: null, canUndo: false };
      const revoke = decision === 'revoke';
      return {
        ...item,
        decision: {
          decision: revoke ? 'revoke' : 'keep',
          reason: typeof body['reason'] === 'string' ? body['reason'] : null,
          at,
          by: person(0),
        },
        canUndo: !revoke,
        revocation: revoke
          ? {
              state: 'pending',
              decidedAt: at,
              endedSessions: item.evidence.sessions.length,
              provenAt: null,
              milliseconds: null,
              note: null,
            }
          : null,
      };
    });
    if (decision === 'revoke')
      setTimeout(
        () =>
          put(params['id'], (item) =>
            item.revocation === null
              ? item
              : {
                  ...item,
                  revocation: {
                    ...item.revocation,
                    state: 'proven',
                    provenAt: new Date().toISOString(),
                    milliseconds: 412,
                  },
                },
          ),
        2_500,
      );
    return {};
  },
};
