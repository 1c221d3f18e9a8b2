import type { Campaign, CampaignItem, CampaignPreview } from '../src/api/shapes/campaigns.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';

const items: CampaignItem[] = Array.from({ length: 26 }, (_, n) => {
  const what = entitlements[n % 2 === 0 ? (n * 2) % 10 : 10];
  return {
    id: id('17', n),
    campaignId: id('ca', 0),
    subject: 'grant' as const,
    grantId: id('67', n),
    roleContentId: null,
    accountId: null,
    entitlementId: null,
    exceptionId: null,
    action: null,
    problem: null,
    goneSince: n === 8 ? days(-6) : null,
    identityId: person(n * 9).id,
    identityName: person(n * 9).name,
    reviewerId: person(0).id,
    routed: n % 6 === 5 ? 'owner' : 'manager',
    what: `${what?.name ?? ''}, ${what?.systemName ?? ''}`,
    evidence: {
      origin: n % 3 === 0 ? 'request' : 'import',
      reason: n % 3 === 0 ? 'INC-4812 slow checkout' : null,
      since: days(-n * 11 - 1),
      until: null,
      privileged: what?.privileged ?? false,
      risk: what?.risk ?? 'low',
      lastUse: n % 4 === 3 ? null : minutes(-20 - n * 900),
      uses: n % 4 === 3 ? 0 : 14 - (n % 9),
      sessions:
        n % 3 === 0
          ? [
              {
                sessionId: id('5e5', 0),
                protocol: 'ssh',
                startedAt: minutes(-12),
                endedAt: n === 0 ? null : minutes(-4),
                commands: 7,
                commandClasses: ['service', 'read'],
              },
            ]
          : [],
      peers: n % 5 === 4 ? null : { holding: 2 + (n % 7), of: 9 },
    },
    lastKeptAt: n % 3 === 1 || n % 4 === 2 ? days(-92) : null,
    lastKeptBy: n % 3 === 1 || n % 4 === 2 ? person(0).id : null,
    changes: n % 4 === 2 ? [{ what: 'department', was: 'Finance', is: 'Operations' }] : [],
    unchanged: n % 3 === 1 && n % 4 !== 2,
    state: 'open',
    decision: null,
    noResponse: false,
    comment: null,
    decidedBy: null,
    decidedAt: null,
    signedAt: null,
    sessionsEndedMs: null,
    effectMs: null,
    proven: null,
    closedAt: null,
  };
});
const count = (...states: CampaignItem['state'][]): number =>
  items.filter(({ state }) => states.includes(state)).length;
const base = {
  kind: 'privileged',
  reviewerRule: 'manager',
  createdBy: person(1).id,
  delta: true,
  noResponse: 'report',
  launchedAt: days(-2),
  frozenAt: days(-2),
  frozen: 26,
  withoutReviewer: 0,
  closedAt: null,
  openedBy: null,
  scheduleId: null,
} as const;
const campaign = (): Campaign => ({
  ...base,
  id: id('ca', 0),
  name: 'Privileged access, fourth quarter',
  scope: { privileged: true },
  state: 'open',
  dueAt: days(5),
  total: items.length,
  open: count('open'),
  decided: count('decided'),
  kept: count('kept'),
  revoking: count('revoking'),
  revoked: count('revoked'),
  unanswered: count('unanswered'),
});
const older: Campaign = {
  ...base,
  id: id('ca', 1),
  name: 'Ledger roles',
  scope: { systemId: id('5e', 5) },
  state: 'closed',
  dueAt: days(-40),
  closedAt: days(-41),
  total: 31,
  open: 0,
  decided: 0,
  kept: 27,
  revoking: 0,
  revoked: 4,
  unanswered: 0,
};
const draft: Campaign = {
  ...base,
  id: id('ca', 2),
  name: 'Web hosts',
  scope: { privileged: true },
  state: 'draft',
  dueAt: days(14),
  launchedAt: null,
  frozenAt: null,
  frozen: 0,
  total: 0,
  open: 0,
  decided: 0,
  kept: 0,
  revoking: 0,
  revoked: 0,
  unanswered: 0,
};

const put = (wanted: string | undefined, change: (item: CampaignItem) => CampaignItem): CampaignItem => {
  const at = items.findIndex((item) => item.id === wanted);
  const found = items[at];
  if (found === undefined) throw missing('item');
  const changed = change(found);
  items[at] = changed;
  return changed;
};

export const campaignRoutes: Routes = {
  'GET /v1/campaigns': (ask) => page([campaign(), draft, older], ask),
  'POST /v1/campaigns': () => draft,
  'GET /v1/campaigns/{id}': ({ params }) => [older, draft].find((each) => each.id === params['id']) ?? campaign(),
  'GET /v1/campaigns/{id}/preview': (): CampaignPreview => ({
    items: 26,
    rerouted: 4,
    withoutReviewer: 2,
    people: 19,
    privileged: 13,
    reviewers: [
      { identityId: person(1).id, items: 15, fellTo: 4 },
      { identityId: person(2).id, items: 11, fellTo: 0 },
    ],
    routes: [
      { routed: 'manager', items: 22 },
      { routed: 'owner', items: 3 },
      { routed: 'campaign_owner', items: 1 },
    ],
  }),
  'POST /v1/campaigns/{id}/launch': campaign,
  'POST /v1/campaigns/{id}/close': () => ({ unanswered: count('open', 'decided') }),
  'GET /v1/campaigns/{id}/items': (ask) =>
    page(
      where(items, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/items/{id}/decide': ({ params, body }) => {
    const decision = body['decision'];
    return put(params['id'], (item) =>
      decision === 'keep' || decision === 'revoke'
        ? {
            ...item,
            state: 'decided',
            decision,
            comment: typeof body['comment'] === 'string' ? body['comment'] : null,
            decidedBy: person(0).id,
            decidedAt: new Date().toISOString(),
          }
        : { ...item, state: 'open', decision: null, comment: null, decidedBy: null, decidedAt: null },
    );
  },
  'POST /v1/campaigns/{id}/decide': ({ body }) => {
    const named = Array.isArray(body['items']) ? body['items'] : undefined;
    const decision = body['decision'];
    const wanted = items.filter((item) =>
      named === undefined ? item.unchanged && item.state === 'open' : named.includes(item.id),
    );
    for (const { id: own } of wanted)
      put(own, (item) => ({
        ...item,
        state: decision === 'undo' ? 'open' : 'decided',
        decision: decision === 'keep' || decision === 'revoke' ? decision : null,
        decidedBy: decision === 'undo' ? null : person(0).id,
        decidedAt: decision === 'undo' ? null : new Date().toISOString(),
      }));
    return { decided: wanted.length, left: count('open') };
  },
  'GET /v1/campaigns/{id}/reviewers': (ask) =>
    page([{ ...campaign(), identityId: person(0).id, name: person(0).name }], ask),
  'POST /v1/campaigns/{id}/sign': () => {
    const signed = items.filter(({ state }) => state === 'decided');
    const revoked = signed.filter(({ decision }) => decision === 'revoke');
    for (const { id: own, decision } of signed)
      put(own, (item) => ({
        ...item,
        state: decision === 'revoke' ? 'revoking' : 'kept',
        signedAt: new Date().toISOString(),
      }));
    setTimeout(() => {
      for (const { id: own } of revoked)
        put(own, (item) => ({
          ...item,
          state: 'revoked',
          sessionsEndedMs: 41,
          effectMs: 412,
          proven: true,
          closedAt: new Date().toISOString(),
        }));
    }, 2_500);
    return { kept: signed.length - revoked.length, revoked: revoked.length };
  },
};
