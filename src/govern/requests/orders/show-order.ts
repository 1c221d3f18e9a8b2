import type { Decide } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findTargets } from '../lines/find-targets.ts';
import type { JudgedLine } from '../lines/judge-lines.ts';
import { namesOf, showTarget } from '../show-request.ts';
import { judgeOrder, type JudgedPerson } from './judge-order.ts';
import { targetIdOf, type Order, type OrderItem } from './model.ts';
import { itemsOf, peopleOf, sentOf } from './store.ts';

/** Carts as they are listed, in the order given. What whoever asks may no longer read has lost its name. */
export const showOrders = async (ctx: Ctx, decide: Decide, orders: readonly Order[]) => {
  const ids = orders.map((o) => o.id);
  const items = await itemsOf(ctx.tx, ids);
  const people = await peopleOf(ctx.tx, ids);
  const sent = await sentOf(ctx.tx, ids);
  const ref = await namesOf(
    ctx.tx,
    people.map((p) => p.identityId),
  );
  const asked = items.map((item) => ({
    entitlementId: item.entitlementId ?? undefined,
    roleId: item.roleId ?? undefined,
  }));
  const targets = await findTargets(ctx.tx, decide, ctx.principal, ctx.principal.id, asked);
  const shown = items.map((item, i) => ({
    orderId: item.orderId,
    out: {
      id: item.id,
      what: showTarget(targets[i], targetIdOf(item), kindOf(item)),
      eligible: item.eligible,
      seconds: item.seconds,
      until: item.until,
    },
  }));
  return orders.map((order) => {
    const own = shown.filter((i) => i.orderId === order.id).map((i) => i.out);
    const whom = people.filter((p) => p.orderId === order.id).map((p) => ref(p.identityId));
    return {
      id: order.id,
      number: `O-${order.number}`,
      state: order.state,
      reason: order.reason,
      ticket: order.ticket,
      startsAt: order.startsAt,
      changedAt: order.changedAt,
      sentAt: order.sentAt,
      people: whom,
      items: own,
      lines: own.length * whom.length,
      sent: sent.filter((s) => s.orderId === order.id).length,
    };
  });
};

const kindOf = (item: OrderItem): 'entitlement' | 'role' => (item.roleId === null ? 'entitlement' : 'role');

/** A cart with a verdict on all that is still in it. Paths of conflicts are for those who may see what somebody has. */
export const showJudged = async (ctx: Ctx, decide: Decide, order: Order) => {
  const [shown] = await showOrders(ctx, decide, [order]);
  if (shown === undefined) throw new Error('an order shows as one');
  const { people } =
    order.state === 'discarded' ? { people: [] as readonly JudgedPerson[] } : await judgeOrder(ctx, decide, order);
  const seen = await decide.mayMany(
    ctx.tx,
    ctx.principal,
    'access.explain',
    people.map((p) => ({ type: 'Identity', id: p.identityId })),
  );
  const ref = await namesOf(
    ctx.tx,
    people.flatMap((p) => p.steps.flatMap((s) => s.ids)),
  );
  const verdicts = people.map((person) => ({
    identity: { id: person.identityId, name: person.name },
    problem: person.problem ?? null,
    allowed: person.problem === undefined ? person.lines.filter((l) => l.judged.verdict === 'allowed').length : 0,
    requests: requestsOf(person),
    steps: person.steps.map((s, i) => ({
      n: i + 1,
      stage: s.stage,
      kind: s.kind,
      approvers: s.ids.map(ref),
      because: s.because,
    })),
  }));
  const remarks = people.flatMap((person, i) =>
    person.lines
      .filter(({ judged }) => judged.verdict !== 'allowed' || judged.sod.length > 0)
      .map(({ item, judged }) => ({
        itemId: item.id,
        identityId: person.identityId,
        ...remarkOf(judged, seen[i]?.allowed === true),
      })),
  );
  return { ...shown, verdicts, remarks, allowed: verdicts.reduce((n, v) => n + v.allowed, 0) };
};

const requestsOf = ({ sent }: JudgedPerson) => {
  const byId = new Map<string, { id: string; number: string; lines: number }>();
  for (const { requestId, number } of sent) {
    const known = byId.get(requestId) ?? { id: requestId, number: `R-${number}`, lines: 0 };
    byId.set(requestId, { ...known, lines: known.lines + 1 });
  }
  return [...byId.values()];
};

const remarkOf = ({ verdict, because, longestSeconds, sod }: JudgedLine, explained: boolean) => ({
  verdict,
  because: sod.length > 0 && !explained ? 'conflicts with duties that are kept apart' : because,
  longestSeconds,
  sod: explained ? sod : sod.map((hit) => ({ ...hit, sides: [] })),
});
