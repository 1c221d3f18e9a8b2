import type { Cart, CartItem, CartRemark, Offer } from '../src/api/shapes/requests.ts';
import { id, minutes, missing, page, type Ask, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';
import { siteAdmin } from './role-parameters.ts';
import { conflict, sendOne } from './requests.ts';

const entitled: Offer[] = entitlements.map((e, n) => ({
  kind: 'entitlement',
  id: e.id,
  name: e.name,
  systemName: e.systemName,
  description: e.description,
  risk: e.risk as Offer['risk'],
  privileged: e.privileged,
  maxSeconds: e.maxSeconds,
  had: n === 1 ? 'held' : null,
  parameters: [],
  reasons: [{ kind: 'name', text: 'its name' }],
}));
const offers: Offer[] = [
  ...entitled,
  {
    kind: 'role',
    id: siteAdmin.id,
    name: siteAdmin.name,
    systemName: null,
    description: 'Runs the applications of one site',
    risk: 'medium',
    privileged: false,
    maxSeconds: null,
    had: null,
    parameters: siteAdmin.parameters,
    reasons: [{ kind: 'name', text: 'its name' }],
  },
];

let cart: Cart | undefined;

const remarksOf = (items: readonly CartItem[], people: Cart['people']): CartRemark[] =>
  items.flatMap((item) =>
    item.what.name !== 'Release payments'
      ? []
      : people.slice(0, 1).map(({ id: identityId }) => ({
          itemId: item.id,
          identityId,
          verdict: 'conflict' as const,
          because: 'You have “Create vendors”, and nobody may do both.',
          longestSeconds: null,
          sod: [conflict],
        })),
  );

const judged = (next: Omit<Cart, 'lines' | 'allowed' | 'remarks' | 'verdicts'>): Cart => {
  const remarks = remarksOf(next.items, next.people);
  const lines = next.items.length * next.people.length;
  const allowed = lines - remarks.length - next.sent;
  return {
    ...next,
    lines,
    remarks,
    allowed,
    verdicts: next.people.map((identity) => ({
      identity,
      problem: null,
      allowed: next.items.length - remarks.filter((r) => r.identityId === identity.id).length,
      requests: [],
      steps: [
        { n: 1, stage: 1, kind: 'manager', approvers: [person(1)], because: 'the manager' },
        { n: 2, stage: 2, kind: 'owner', approvers: [person(2)], because: 'high risk needs two' },
      ],
    })),
  };
};

const empty = (): Cart =>
  judged({
    id: id('04', 1),
    number: 'O-12',
    state: 'draft',
    reason: null,
    ticket: null,
    startsAt: null,
    changedAt: minutes(-1),
    sentAt: null,
    people: [],
    items: [],
    sent: 0,
  });

const strings = (given: unknown): string[] => (Array.isArray(given) ? given.map(String) : []);
interface Wanted {
  readonly entitlementId?: string;
  readonly eligible?: boolean;
  readonly seconds?: number;
}

const changed = (before: Cart, { body }: Ask): Cart => {
  const wanted = (Array.isArray(body['items']) ? body['items'] : []) as Wanted[];
  const dropped = strings(body['dropItems']);
  const items = before.items.filter(
    (i) =>
      !dropped.includes(i.id) &&
      !wanted.some((w) => w.entitlementId === i.what.id && (w.eligible === true) === i.eligible),
  );
  const added = wanted.flatMap(({ entitlementId, eligible = false, seconds }): CartItem[] => {
    const found = entitlements.find((e) => e.id === entitlementId);
    if (found === undefined) return [];
    const { id: own, name, systemId, systemName, privileged, risk } = found;
    const what = {
      kind: 'entitlement' as const,
      id: own,
      name,
      systemId,
      systemName,
      privileged,
      risk: risk as Offer['risk'],
    };
    return [{ id: `item-${own}${eligible ? '-eligible' : ''}`, what, eligible, seconds: seconds ?? null, until: null }];
  });
  const gone = strings(body['dropPeople']);
  const people = [
    ...before.people.filter((p) => !gone.includes(p.id)),
    ...strings(body['people']).map((name, n) => (name === person(0).id ? person(0) : { id: id('1d', 20 + n), name })),
  ];
  const said = (name: 'reason' | 'ticket' | 'startsAt'): string | null =>
    name in body ? ((body[name] ?? null) as string | null) : before[name];
  return judged({
    ...before,
    items: [...items, ...added],
    people: [...new Map(people.map((p) => [p.id, p])).values()],
    reason: said('reason'),
    ticket: said('ticket'),
    startsAt: said('startsAt'),
  });
};

const mine = (): Cart => {
  if (cart === undefined) throw missing('request_order');
  return cart;
};

export const orderRoutes: Routes = {
  'GET /v1/request-offers': ({ query }) => {
    const text = query.get('text')?.toLowerCase();
    const found = offers.filter(
      (o) => text === undefined || `${o.name} ${o.description ?? ''}`.toLowerCase().includes(text),
    );
    const recommended = offers.slice(2, 5).map((o) => ({
      ...o,
      reasons: [{ kind: 'peers' as const, text: 'about 60 % of the people of Engineering have it' }],
    }));
    return { items: text === undefined ? recommended : found, correctedTo: null };
  },
  'GET /v1/request-terms': () => ({
    ticketPattern: '(INC|CHG)-\\d+',
    ticketUrl: 'https://tickets.example.org/{ticket}',
  }),
  'GET /v1/request-orders': (ask) => page(cart?.state === 'draft' ? [cart] : [], ask),
  'POST /v1/request-orders': (ask) => (cart = changed(empty(), ask)),
  'GET /v1/request-orders/{id}': mine,
  'PATCH /v1/request-orders/{id}': (ask) => (cart = changed(mine(), ask)),
  'DELETE /v1/request-orders/{id}': () => {
    const { id: own } = mine();
    cart = undefined;
    return { id: own, state: 'discarded' };
  },
  'POST /v1/request-orders/{id}/submit': () => {
    const before = mine();
    const request = sendOne(before.items[0]?.what.id, before.reason ?? '');
    const kept = before.remarks.length;
    const after: Cart = { ...before, state: kept === 0 ? 'sent' : 'draft', sent: before.allowed, allowed: 0 };
    cart = kept === 0 ? undefined : after;
    return { sentNow: before.allowed, kept, requestIds: [request.id], cart: after };
  },
};
