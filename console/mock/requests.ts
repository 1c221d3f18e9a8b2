import type { AccessRequest, Approval, RequestDetail, SodHit } from '../src/api/shapes/requests.ts';
import { Refusal, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';

export const conflict: SodHit = {
  ruleId: id('50', 0),
  name: 'Create and pay a vendor',
  severity: 'critical',
  mode: 'enforce',
  tolerated: false,
  sides: [
    { function: 'Create vendors', paths: [['Ledger clerk', 'Create vendors']] },
    { function: 'Release payments', paths: [['Release payments']] },
  ],
};
const reasons = [
  'INC-4812 slow checkout',
  'Patch window tonight, CHG-221',
  'Month end close',
  'Disk full on the build host',
  'Audit asks for the log of March',
];

type What = AccessRequest['lines'][number]['what'];
const whatOf = (n: number): What => {
  const found = entitlements[n] ?? entitlements[0];
  if (found === undefined) throw missing('entitlement');
  const { id: own, name, systemId, systemName, privileged, risk } = found;
  return { kind: 'entitlement', id: own, name, systemId, systemName, privileged, risk: risk as What['risk'] };
};
const steps = (n: number, done: boolean): AccessRequest['steps'] =>
  (['manager', 'owner'] as const).map((kind, k) => ({
    id: id('57', n * 2 + k),
    n: k + 1,
    stage: k + 1,
    kind,
    state: done ? 'approved' : k === 0 ? 'open' : 'waiting',
    approvers: [person(k + 1)],
    deputies: [],
    because: k === 0 ? 'manager of the person' : 'owner of the system; high risk needs two',
    lineIds: [id('11', n)],
    openedAt: minutes(-50),
    dueAt: minutes(200),
    decidedBy: done ? person(k + 1) : null,
    decidedFor: null,
    decidedAt: done ? minutes(-45 + k) : null,
    comment: done && k === 1 ? 'ok until 18:00' : null,
    stepUp: done && k === 1 ? { method: 'passkey', at: minutes(-44) } : null,
  }));
const requestOf = (n: number, what: What, done: boolean): AccessRequest => ({
  id: id('4e', n),
  number: `R-${String(1_042 + n)}`,
  requester: person(n),
  beneficiary: person(n),
  state: done ? 'approved' : 'pending',
  summary: `${what.name} on ${what.systemName ?? '?'}${what.privileged ? ' for 2 h' : ''}`,
  endedBecause: null,
  orderId: null,
  startsAt: null,
  reason: reasons[n % 5] ?? '',
  ticket: n % 2 === 0 ? `INC-${String(4812 + n)}` : null,
  risk: what.risk,
  privileged: what.privileged,
  submittedAt: minutes(-7 * (n + 1)),
  expiresAt: minutes(10_000),
  decidedAt: done ? minutes(-44) : null,
  lines: [
    {
      id: id('11', n),
      what,
      seconds: what.privileged ? 7_200 : null,
      until: null,
      extendsGrantId: null,
      takesGrantId: null,
      byEligibilityId: null,
      state: done ? 'granted' : 'pending',
      because: null,
      sod: what.name === 'Release payments' ? [conflict] : [],
      controls: {
        stepUpSeconds: what.privileged ? 900 : null,
        sessionSeconds: null,
        oneSession: false,
        idleSeconds: null,
        observerSeconds: null,
      },
      grant: null,
      effect: done ? 'effective' : 'none',
    },
  ],
  steps: steps(n, done),
});
const requests: AccessRequest[] = Array.from({ length: 14 }, (_, n) =>
  requestOf(n, whatOf(n === 2 ? 11 : (n * 3) % 10), n === 0),
);

const change = (wanted: string | undefined, next: Partial<AccessRequest>): AccessRequest => {
  const at = requests.findIndex((each) => each.id === wanted);
  const found = requests[at];
  if (found === undefined) throw missing('request');
  if (found.state !== 'pending')
    throw new Refusal({
      status: 409,
      code: 'request.over',
      detail: `this request is ${found.state} already`,
      fix: 'reload the list',
    });
  const changed = { ...found, ...next };
  requests[at] = changed;
  return changed;
};
const approval = (request: AccessRequest): Approval => ({
  number: request.number,
  summary: `${request.beneficiary.name}: ${request.summary}`,
  risk: request.risk,
  dueAt: minutes(200),
  request,
  step: {
    n: 1,
    of: 2,
    kind: 'manager',
    because: 'you are the manager of this person',
    openedAt: request.submittedAt,
    dueAt: minutes(200),
    escalations: 0,
  },
  onBehalfOf: request.number === 'R-1044' ? person(5) : null,
  stepUp: request.privileged,
  age: 1,
});
/** Something was asked for by whoever looks at the console. */
export const sendOne = (entitlementId: string | undefined, reason: string): AccessRequest => {
  const at = entitlements.findIndex((each) => each.id === entitlementId);
  const request = {
    ...requestOf(requests.length, whatOf(at), false),
    requester: person(0),
    beneficiary: person(0),
    reason,
  };
  requests.unshift(request);
  return request;
};
const said: RequestDetail['timeline'] = [];

export const requestRoutes: Routes = {
  'GET /v1/requests': (ask) =>
    page(
      where(requests, ask, 'state', (row) => row.state),
      ask,
    ),
  'GET /v1/requests/{id}': ({ params }): RequestDetail => {
    const found = requests.find((each) => each.id === params['id']);
    if (found === undefined) throw missing('request');
    const note = { at: found.submittedAt, kind: 'submitted', lineId: null, detail: {} };
    return {
      ...found,
      timeline: [
        { ...note, id: 'h0', actor: found.requester, text: 'Asked' },
        { ...note, id: 'h1', actor: { id: null, name: 'Reeve' }, text: 'No conflict of duties' },
        ...said,
      ],
    };
  },
  'POST /v1/requests/{id}/comments': ({ body }) => {
    const note = { at: minutes(0), kind: 'comment', lineId: null, detail: {}, actor: person(0) };
    said.push({ ...note, id: `c${String(said.length)}`, text: String(body['text']) });
    return {};
  },
  'POST /v1/requests/{id}/approve': ({ params }) => change(params['id'], { state: 'approved' }),
  'POST /v1/requests/{id}/deny': ({ params }) => change(params['id'], { state: 'denied' }),
  'POST /v1/requests/{id}/remind': () => ({}),
  'POST /v1/requests/{id}/withdraw': ({ params }) => change(params['id'], { state: 'withdrawn' }),
  'GET /v1/requests/{id}/evidence': ({ params }) => ({
    items: (requests.find((each) => each.id === params['id'])?.lines ?? []).map((line, n) => ({
      lineId: line.id,
      used: n % 2 === 0 ? { sessions: 14, lastAt: minutes(-3_000) } : { sessions: 0, lastAt: null },
      before: { grants: 3, lastEndedAt: minutes(-2_900) },
      peers: { of: 12, have: 9, department: 'Platform' },
      policy: { version: 3, rule: 2, says: 'rule 2, because of privilege, 2 approvals, each with a fresh proof' },
    })),
    nextCursor: null,
  }),
  'GET /v1/approvals': (ask) => page(requests.filter((each) => each.state === 'pending').map(approval), ask),
};
