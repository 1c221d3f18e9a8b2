import { id, minutes, page, type Routes } from './answer.ts';
import { person } from './people.ts';

const webhooks = [
  {
    name: 'SIEM',
    kind: 'standard',
    host: 'siem.example.org',
    kinds: ['*'],
    state: 'active',
    because: null,
    failures: 0,
  },
  {
    name: 'Desk',
    kind: 'slack',
    host: 'hooks.slack.com',
    kinds: ['request.*'],
    state: 'active',
    because: null,
    failures: 3,
  },
  {
    name: 'Old desk',
    kind: 'teams',
    host: 'desk.example.org',
    kinds: ['request.approved', 'request.denied'],
    state: 'paused',
    because: 'the receiver said 410',
    failures: 0,
  },
].map((hook, n) => ({
  id: id('0e', n),
  version: 1,
  systemIds: n === 1 ? [id('5e', 0)] : null,
  ownerIds: null,
  oldSecretUntil: null,
  madeAt: minutes(-9_000),
  ...hook,
}));
const deliveries = Array.from({ length: 60 }, (_, n) => {
  const hook = webhooks[n % 3];
  const failed = n % 7 === 3;
  return {
    id: id('0d', n),
    webhookId: hook?.id,
    webhookName: hook?.name,
    eventId: id('ae', n),
    eventType: n % 2 === 0 ? 'request.approved' : 'grant.started',
    state: failed ? 'not_delivered' : n < 2 ? 'waiting' : 'delivered',
    because: failed ? 'the receiver said 500' : n < 2 ? 'it cannot be reached: ECONNREFUSED' : null,
    attempts: failed ? 10 : 1,
    wantedAt: minutes(-n * 7),
    settledAt: n < 2 ? null : minutes(-n * 7),
  };
});
const mails = Array.from({ length: 40 }, (_, n) => ({
  id: id('0f', n),
  identityId: person(n).id,
  identityName: person(n).name,
  template: n % 3 === 0 ? 'approval.reminder' : 'approval.wanted',
  state: n % 9 === 4 ? 'not_sent' : 'sent',
  because: n % 9 === 4 ? 'there is no mail address on record' : null,
  attempts: 1,
  wantedAt: minutes(-n * 11),
  settledAt: minutes(-n * 11),
  heldUntil: null,
  digestId: null,
}));
const calendars = [
  {
    site: 'house',
    timeZone: 'Europe/Amsterdam',
    hours: ['mon-fri 09:00-17:00'],
    holidays: 90,
    lastHoliday: '2036-12-26',
    changedAt: minutes(-9_000),
  },
  {
    site: 'cairo',
    timeZone: 'Africa/Cairo',
    hours: ['mon-thu 09:00-17:00', 'sun 09:00-17:00'],
    holidays: 0,
    lastHoliday: null,
    changedAt: minutes(-900),
  },
];
const decided = { requestId: id('4e', 0), number: 'R-1042', state: 'approved' };

/** Webhooks, mails, calendars and links of mails. */
export const noticeRoutes: Routes = {
  'GET /v1/webhooks': (ask) => page(webhooks, ask),
  'GET /v1/webhook-kinds': () => ({ items: ['grant.started', 'request.approved', 'request.denied'] }),
  'POST /v1/webhooks': () => ({ webhook: webhooks[0], secret: 'whsec_bW9jaw==' }),
  'PATCH /v1/webhooks/{id}': () => webhooks[0],
  'DELETE /v1/webhooks/{id}': ({ params }) => ({ id: params['id'] }),
  'POST /v1/webhooks/{id}/rotate-secret': () => ({
    id: webhooks[0]?.id,
    secret: 'whsec_bW9jaw==',
    oldUntil: minutes(1_440),
  }),
  'POST /v1/webhooks/{id}/test': () => ({ deliveryId: deliveries[0]?.id }),
  'GET /v1/webhook-deliveries': (ask) =>
    page(
      deliveries.filter((d) => ask.query.get('state') === null || d.state === ask.query.get('state')),
      ask,
    ),
  'POST /v1/webhook-deliveries/{id}/send-again': ({ params }) => ({ id: params['id'] }),
  'GET /v1/notices': (ask) => page(mails, ask),
  'POST /v1/notices/{id}/retry': ({ params }) => ({ id: params['id'] }),
  'GET /v1/calendars': (ask) => page(calendars, ask),
  'PUT /v1/calendars/{site}': ({ params }) => ({
    site: params['site'],
    timeZone: 'UTC',
    hours: ['mon-fri 09:00-17:00'],
  }),
  'DELETE /v1/calendars/{site}': ({ params }) => ({ site: params['site'] }),
  'POST /v1/calendars/{site}/holidays': ({ params }) => ({
    site: params['site'],
    days: 9,
    first: '2026-01-01',
    last: '2026-12-26',
  }),
  'GET /v1/decision-link-settings': () => ({ mode: 'signed_in', hours: 72 }),
  'PUT /v1/decision-link-settings': ({ body }) => body,
  'POST /v1/decision-links/open': () => ({
    state: 'open',
    signIn: false,
    signedIn: true,
    endsAt: minutes(900),
    request: {
      id: id('4e', 0),
      number: 'R-1042',
      requester: person(3).name,
      beneficiary: person(3).name,
      what: 'sudo:ALL on web1',
      reason: 'INC-4812 slow checkout',
    },
  }),
  'POST /v1/decision-links/approve': () => decided,
  'POST /v1/decision-links/deny': () => ({ ...decided, state: 'denied' }),
  'POST /v1/decision-links/decide': () => decided,
};
