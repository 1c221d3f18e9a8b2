import { sql } from '#kit/db/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import { holdIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { orderSent, orderWithdrawn } from '../events.ts';
import { openRequest } from '../open-request.ts';
import { goingOn, judgedDuties } from '../submit-request.ts';
import { withdrawRequest } from '../withdraw-request.ts';
import { refuseOver } from './change-order.ts';
import { judgeToSend, type JudgedOrder } from './judge-order.ts';
import { requireOrder } from './store.ts';

/** What became of a cart that was sent. */
export interface Sent {
  readonly orderId: string;
  readonly requestIds: readonly string[];
  /** Lines that were sent now. */
  readonly lines: number;
  /** Lines that stay in the cart. */
  readonly kept: number;
}

/**
 * Sends what of a cart can be asked for, as one request for each person, all in one transaction; what cannot stays in
 * the cart with its reason. Each person's request is decided by itself. Throws `request_order.nothing_goes_on`.
 */
export const sendOrder = async (
  ctx: Ctx,
  permit: Permit<'request_order.submit'>,
  decide: Decide,
  id: string,
): Promise<Sent> => {
  const order = refuseOver(await requireOrder(ctx.tx, id, 'lock'));
  const { reason } = order;
  if (reason === null) throw invalid('/reason', 'says why it is needed', 'say it: reeve cart change --reason "…"');
  const judged = await judgeToSend(ctx, permit, decide, order);
  const going = judged.people
    .filter((person) => person.problem === undefined)
    .map((person) => ({ ...person, going: goingOn(person.lines.map((l) => l.judged)) }))
    .filter((person) => person.going.length > 0);
  if (going.length === 0) throw nothingGoesOn(judged);
  // In one order for everybody who sends a cart, so that two never wait for each other.
  await holdIdentities(ctx.tx, going.map((person) => person.identityId).sort());
  const requestIds: string[] = [];
  for (const person of going) {
    const { permit: mayAsk } = await decide.permit(ctx.tx, {
      principal: ctx.principal,
      action: 'request.submit',
      resource: { type: 'Identity', id: person.identityId },
    });
    const request = await openRequest(ctx, mayAsk, {
      requesterId: ctx.principal.id,
      beneficiaryId: person.identityId,
      orderId: order.id,
      startsAt: order.startsAt,
      reason,
      ticket: order.ticket,
      policy: judged.policy,
      lines: person.going,
      steps: person.steps,
      duties: judgedDuties(
        person.identityId,
        person.lines.map((l) => l.judged),
      ),
    });
    requestIds.push(request.id);
  }
  const lines = going.reduce((n, person) => n + person.going.length, 0);
  const before = judged.people.reduce((n, person) => n + person.sent.length, 0);
  const kept = judged.people.length * judged.items.length - before - lines;
  await ctx.tx.run(sql`
    update request_order set state = ${kept === 0 ? 'sent' : 'draft'}, sent_at = coalesce(sent_at, ${ctx.now}), changed_at = ${ctx.now}
     where id = ${order.id}`);
  await ctx.record(permit, {
    event: orderSent,
    data: { orderId: order.id, number: order.number, requestIds, lines, kept },
  });
  return { orderId: order.id, requestIds, lines, kept };
};

const nothingGoesOn = ({ items, people }: JudgedOrder): AppError => {
  if (items.length === 0 || people.length === 0)
    return invalid(
      items.length === 0 ? '/items' : '/people',
      items.length === 0 ? 'names nothing to ask for' : 'names nobody it is for',
      'add to the cart first: reeve cart change',
    );
  return new AppError({
    code: 'request_order.nothing_goes_on',
    status: 409,
    detail: 'none of what is in the cart can be asked for',
    fix: 'preview the cart to see why: reeve cart check',
  });
};

/** Takes back everything of a cart that is not decided, or whose time has not come. Answers the requests it changed. */
export const withdrawOrder = async (
  ctx: Ctx,
  permit: Permit<'request_order.withdraw'>,
  decide: Decide,
  id: string,
): Promise<readonly string[]> => {
  const order = await requireOrder(ctx.tx, id, 'lock');
  const live = await ctx.tx.many<{ id: string }>(sql`
    select r.id from request r
     where r.order_id = ${order.id}
       and exists (select from request_line l where l.request_id = r.id and l.state in ('pending', 'scheduled')) order by r.id`);
  for (const request of live) {
    const { permit: mayWithdraw } = await decide.permit(ctx.tx, {
      principal: ctx.principal,
      action: 'request.withdraw',
      resource: { type: 'Request', id: request.id },
    });
    await withdrawRequest(ctx, mayWithdraw, { id: request.id });
  }
  const requestIds = live.map((r) => r.id);
  await ctx.record(permit, { event: orderWithdrawn, data: { orderId: order.id, number: order.number, requestIds } });
  return requestIds;
};
