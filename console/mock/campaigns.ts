import type { Campaign, CampaignItem, CampaignPreview, Hold } from '../src/api/shapes/campaigns.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';

const adviceOf = (n: number): CampaignItem['recommendation'] =>
  n % 7 === 3
    ? { what: 'look', rule: 'duties.conflict', reasons: ['the person is in conflict with: Order and pay'] }
    : n % 4 === 3
      ? null
      : { what: 'keep', rule: 'use.recent', reasons: ['last used 3 days before the launch, 12 times in all'] };
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
    reroutedBecause: n % 6 === 5 ? 'subject_deputy' : null,
    stage: 1,
    seat: 1,
    canary: false,
    canaryFound: null,
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
      conflicts: n % 7 === 3 ? ['Order and pay'] : [],
    },
    recommendation: adviceOf(n),
    lastKeptAt: n % 3 === 1 || n % 4 === 2 ? days(-92) : null,
    lastKeptBy: n % 3 === 1 || n % 4 === 2 ? person(0).id : null,
    changes: n % 4 === 2 ? [{ what: 'department', was: 'Finance', is: 'Operations' }] : [],
    unchanged: n % 3 === 1 && n % 4 !== 2,
    state: 'open',
    decision: null,
    noResponse: false,
    comment: null,
    decidedBy: null,
    decidedFor: null,
    decidedAt: null,
    answerBy: null,
    objection: null,
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
  review: {
    stages: null,
    reciprocal: 'reroute',
    holdFrom: 20,
    canaries: 1,
    challengeDays: 0,
    challengePrivileged: false,
  },
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

const hold: Hold = {
  id: '',
  campaignId: id('ca', 0),
  reviewerId: person(3).id,
  reviewerName: person(3).name,
  heldAt: minutes(-14),
  decisions: 31,
  alike: 31,
  fast: 30,
  canaries: 0,
  missed: 0,
  outcome: null,
  because: 'decided alike and faster than anybody reads; whoever runs the certification looks at it',
  settledAt: null,
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
    page(
      [
        {
          ...campaign(),
          identityId: person(0).id,
          name: person(0).name,
          decisions: 18,
          alike: 17,
          paceMs: 4_200,
          canariesFound: 1,
          canariesMissed: 0,
          holds: 0,
          held: false,
        },
        {
          ...campaign(),
          identityId: person(3).id,
          name: person(3).name,
          decisions: 31,
          alike: 31,
          paceMs: 640,
          canariesFound: 0,
          canariesMissed: 1,
          holds: 2,
          held: true,
        },
      ],
      ask,
    ),
  'GET /v1/campaigns/{id}/holds': (ask) =>
    page<Hold>(
      [
        { ...hold, id: id('4d', 0) },
        {
          ...hold,
          id: id('4d', 1),
          heldAt: days(-1),
          canaries: 1,
          missed: 1,
          outcome: 'reopened',
          because: '1 of 1 lines known to be wrong were kept: the decisions are open again, please look',
          settledAt: days(-1),
        },
      ],
      ask,
    ),
  'POST /v1/campaigns/{id}/settle-hold': () => ({ items: 31, outcome: 'released' }),
  'GET /v1/campaigns/{id}/advice': () => ({
    items: [
      {
        recommender: 'use',
        rule: 'use.recent',
        what: 'keep',
        decided: 212,
        overturned: 9,
        shareOverturned: 0.0425,
      },
    ],
  }),
  'POST /v1/campaigns/{id}/reassign': ({ body }) => ({
    moved: Array.isArray(body['items']) ? body['items'].length : 0,
    to: person(2).id,
  }),
  'GET /v1/items/about-me': () => ({
    items: [
      {
        id: id('17', 90),
        campaignName: 'Ledger roles',
        identityId: person(0).id,
        what: 'ledger_close, payments',
        because: 'moved team',
        answerBy: days(2),
        objection: null,
      },
    ],
  }),
  'POST /v1/items/{id}/object': () => ({ answerBy: days(5) }),
  'POST /v1/items/{id}/settle-objection': () => ({ state: 'kept' }),
  'GET /v1/items/{id}/without': () => ({
    known: true,
    days: 90,
    sessions: 14,
    rested: 4,
    failed: 3,
    sentence:
      'Without this, 3 of their 14 recorded sessions of the 90 days before the launch would have failed. 1 more used it, and something else would have carried them.',
  }),
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
