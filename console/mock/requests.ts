import type {
  AccessRequest,
  Approval,
  LineVerdict,
  RequestDetail,
  RequestLineInput,
} from '../src/api/shapes/requests.ts';
import { id, minutes, missing, page, where, Refusal, type Routes } from './answer.ts';
import { entitlement, entitlements, person, refTo } from './people.ts';

const conflict = {
  rule: { id: id('50', 0), name: 'Create and pay a vendor' },
  severity: 'critical' as const,
  left: ['Lena Berg', 'Ledger clerk', 'Create vendors'],
  right: ['Lena Berg', 'Release payments'],
};
const reasons = [
  'INC-4812 slow checkout',
  'Patch window tonight, CHG-221',
  'Month end close',
  'Disk full on the build host',
  'Audit asks for the log of March',
];

const steps = (n: number) => [
  {
    id: id('57', n * 2),
    order: 1,
    name: 'Manager',
    state: 'open' as const,
    approvers: [person(1)],
    decidedBy: null,
    decidedAt: null,
    comment: null,
    because: 'manager of the person',
  },
  {
    id: id('57', n * 2 + 1),
    order: 2,
    name: 'Owner',
    state: 'waiting' as const,
    approvers: [person(2)],
    decidedBy: null,
    decidedAt: null,
    comment: null,
    because: 'owner of the system; high risk needs two',
  },
];
export const requests: AccessRequest[] = Array.from({ length: 14 }, (_, n) => {
  const what = entitlement(n === 2 ? 11 : (n * 3) % 10);
  return {
    id: id('4e', n),
    requester: person(n),
    identity: person(n),
    state: n === 0 ? 'fulfilled' : 'pending',
    reason: reasons[n % 5] ?? '',
    ticket: n % 2 === 0 ? `INC-${String(4812 + n)}` : null,
    submittedAt: minutes(-7 * (n + 1)),
    lines: [
      {
        id: id('11', n),
        entitlement: what,
        seconds: what.maxSeconds === null ? null : 7_200,
        verdict: n === 2 ? 'conflict' : 'ok',
        sod: n === 2 ? [conflict] : [],
        grantId: null,
        effect: n === 0 ? 'effective' : 'none',
      },
    ],
    steps:
      n === 0
        ? steps(n).map((step, k) => ({
            ...step,
            state: 'approved',
            decidedBy: person(k + 1),
            decidedAt: minutes(-45 + k),
            comment: k === 1 ? 'ok until 18:00' : null,
          }))
        : steps(n),
  };
});

const change = (wanted: string | undefined, next: Partial<AccessRequest>): object => {
  const at = requests.findIndex((each) => each.id === wanted);
  const found = requests[at];
  if (found === undefined) throw missing('request');
  if (found.state !== 'pending')
    throw new Refusal({
      status: 409,
      code: 'request.already_decided',
      detail: `this request is ${found.state} already`,
      fix: 'reload the list',
    });
  requests[at] = { ...found, ...next };
  return {};
};
const approval = (request: AccessRequest): Approval => ({
  id: request.id,
  requestId: request.id,
  requester: request.requester,
  identity: request.identity,
  lines: request.lines,
  risk: request.lines[0]?.entitlement.risk ?? 'low',
  reason: request.reason,
  ticket: request.ticket,
  submittedAt: request.submittedAt,
  dueAt: minutes(200),
  step: { order: 1, of: 2, name: 'Manager', because: 'you are the manager of this person' },
});
const verdict = (line: RequestLineInput): LineVerdict => {
  const what = entitlements.find((each) => each.id === line.entitlementId);
  if (what === undefined) throw missing('entitlement');
  const clash = what.name === 'Release payments';
  return {
    entitlementId: line.entitlementId,
    verdict: clash ? 'conflict' : what.name === 'Create vendors' ? 'held' : 'ok',
    because: clash ? 'You may still ask; the security officer decides too' : '',
    sod: clash ? [conflict] : [],
    maxSeconds: what.maxSeconds,
    steps: [
      { name: 'Manager', approvers: [person(1)], because: 'manager of the person' },
      ...(what.risk === 'low' ? [] : [{ name: 'Owner', approvers: [person(2)], because: 'high risk needs two' }]),
    ],
  };
};
const named = (wanted: string) => {
  const found = entitlements.find((each) => each.id === wanted);
  return found === undefined ? entitlement(0) : refTo(found);
};
const linesOf = (body: Readonly<Record<string, unknown>>): RequestLineInput[] =>
  Array.isArray(body['lines']) ? (body['lines'] as RequestLineInput[]) : [];

export const requestRoutes: Routes = {
  'GET /v1/requests': (ask) =>
    page(
      where(requests, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/requests/preview': ({ body }) => ({ lines: linesOf(body).map(verdict), submittable: true }),
  'POST /v1/requests': ({ body }) => {
    const n = requests.length;
    const request: AccessRequest = {
      id: id('4e', n),
      requester: person(0),
      identity: person(0),
      state: 'pending',
      reason: String(body['reason']),
      ticket: null,
      submittedAt: new Date().toISOString(),
      steps: steps(n),
      lines: linesOf(body).map((line, k) => ({
        id: id('12', n * 10 + k),
        entitlement: named(line.entitlementId),
        seconds: line.seconds,
        verdict: 'ok',
        sod: [],
        grantId: null,
        effect: 'none',
      })),
    };
    requests.unshift(request);
    return request;
  },
  'GET /v1/requests/{id}': ({ params }): RequestDetail => {
    const found = requests.find((each) => each.id === params['id']);
    if (found === undefined) throw missing('request');
    return {
      ...found,
      history: [
        { id: 'h0', at: found.submittedAt, actor: found.requester.name, text: 'Asked', kind: 'submitted' },
        { id: 'h1', at: found.submittedAt, actor: 'Reeve', text: 'No conflict of duties', kind: 'checked' },
      ],
    };
  },
  'POST /v1/requests/{id}/approve': ({ params }) => change(params['id'], { state: 'approved' }),
  'POST /v1/requests/{id}/deny': ({ params }) => change(params['id'], { state: 'denied' }),
  'POST /v1/requests/{id}/withdraw': ({ params }) => change(params['id'], { state: 'withdrawn' }),
  'GET /v1/approvals': (ask) =>
    page(
      where(requests.filter((each) => each.state === 'pending').map(approval), ask, 'risk', (row) => row.risk),
      ask,
    ),
};
