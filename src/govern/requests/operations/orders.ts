import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { askExceptions } from '../orders/ask-exceptions.ts';
import { changeOrder, discardOrder, startOrder, type OrderChange } from '../orders/change-order.ts';
import type { Order } from '../orders/model.ts';
import { sendOrder, withdrawOrder } from '../orders/send-order.ts';
import { showJudged, showOrders } from '../orders/show-order.ts';
import { orderColumns, orderIdOf, requireOrder } from '../orders/store.ts';
import { namesOf } from '../show-request.ts';
import { refuseOtherTicket, type TicketTerms } from '../ticket.ts';
import { cartOut, changeIn, orderOut } from './order-shapes.ts';
import { itemsIn, peopleIn } from './order-input.ts';
import { ref } from './shapes.ts';

const orderRef = z.string().min(1).max(60);
const resource = async (input: { readonly id: string }, tx: Ctx['tx']) => ({
  type: 'RequestOrder',
  id: await orderIdOf(tx, input.id),
});

/** Carts: kept on the server, judged as a whole, sent as one request for each person. */
export const orderOperations = (edges: {
  readonly decide: Decide;
  readonly ticket: TicketTerms;
}): readonly AnyOperation[] => {
  const judged = (ctx: Ctx, order: Order) => showJudged(ctx, edges.decide, order);
  const changeOf = async (ctx: Ctx, input: z.output<z.ZodObject<typeof changeIn>>): Promise<OrderChange> => {
    refuseOtherTicket(edges.ticket, input.ticket);
    return {
      addPeople: await peopleIn(ctx, edges.decide, input.people ?? []),
      dropPeople: input.dropPeople,
      addItems: itemsIn(input),
      dropItems: input.dropItems,
      reason: input.reason,
      ticket: input.ticket,
      startsAt: input.startsAt,
    };
  };
  return [
    defineOperation({
      name: 'orders.list',
      action: 'request_order.list',
      kind: 'read',
      method: 'GET',
      path: '/v1/request-orders',
      summary: 'List my carts, newest first',
      input: z.object({ state: z.enum(['draft', 'sent', 'discarded']).optional(), ...pageInput }),
      output: pageOf(orderOut),
      cli: { command: 'cart ls', columns: ['number', 'state', 'reason', 'lines', 'sent', 'changedAt'] },
      handler: async (ctx, _permit, input) => {
        const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
        const rows = await ctx.tx.many<Order>(sql`
          select ${orderColumns} from request_order o
           where o.requester_id = ${ctx.principal.id}
             and (${input.state ?? null}::text is null or o.state = ${input.state ?? ''})
             and (${after}::uuid is null or o.id < ${after}) order by o.id desc limit ${input.limit + 1}`);
        const cut = page(rows, input.limit, (r) => [r.id]);
        return { ...cut, items: await showOrders(ctx, edges.decide, cut.items) };
      },
    }),
    defineOperation({
      name: 'orders.start',
      action: 'request_order.start',
      kind: 'write',
      method: 'POST',
      path: '/v1/request-orders',
      summary: 'Begin a cart, for oneself or for many',
      description: 'It is kept until it is sent or thrown away. Everything in it is asked for each of its people.',
      input: z.object({ ...changeIn }),
      output: cartOut,
      cli: { command: 'cart new', positional: ['what'] },
      handler: async (ctx, permit, input) => {
        const change = await changeOf(ctx, input);
        return await judged(ctx, await startOrder(ctx, permit, edges.decide, change));
      },
    }),
    defineOperation({
      name: 'orders.show',
      action: 'request_order.read',
      kind: 'read',
      method: 'GET',
      path: '/v1/request-orders/{id}',
      summary: 'Show a cart, with a verdict on what is still in it and what became of the rest',
      input: z.object({ id: orderRef }),
      output: cartOut,
      cli: { command: 'cart show', positional: ['id'] },
      resource,
      handler: async (ctx, _permit, input) => await judged(ctx, await requireOrder(ctx.tx, input.id)),
    }),
    defineOperation({
      name: 'orders.change',
      action: 'request_order.change',
      kind: 'write',
      method: 'PATCH',
      path: '/v1/request-orders/{id}',
      summary: 'Change a cart: people, things, reason, ticket, beginning',
      description: 'Answers with every verdict as it is then: somebody added may not be able to have what is in it.',
      input: z.object({ id: orderRef, ...changeIn }),
      output: cartOut,
      cli: { command: 'cart change', positional: ['id', 'what'] },
      resource,
      handler: async (ctx, permit, { id, ...input }) => {
        const change = await changeOf(ctx, input);
        return await judged(ctx, await changeOrder(ctx, permit, edges.decide, id, change));
      },
    }),
    defineOperation({
      name: 'orders.submit',
      action: 'request_order.submit',
      kind: 'write',
      method: 'POST',
      path: '/v1/request-orders/{id}/submit',
      summary: 'Send what of a cart can be asked for, one request for each person',
      description: 'What cannot be asked for stays in the cart, each line with its reason.',
      input: z.object({ id: orderRef }),
      output: z.object({
        /** Lines that were sent now, and lines that stay. */
        sentNow: z.int(),
        kept: z.int(),
        requestIds: z.array(z.uuid()),
        cart: cartOut,
      }),
      cli: { command: 'cart submit', positional: ['id'] },
      resource,
      handler: async (ctx, permit, input) => {
        const { lines, kept, requestIds } = await sendOrder(ctx, permit, edges.decide, input.id);
        return { sentNow: lines, kept, requestIds, cart: await judged(ctx, await requireOrder(ctx.tx, input.id)) };
      },
    }),
    defineOperation({
      name: 'orders.askExceptions',
      action: 'request_order.ask_exceptions',
      kind: 'write',
      method: 'POST',
      path: '/v1/request-orders/{id}/ask-exceptions',
      summary: 'Ask those who may for exceptions from the rules of duties that keep lines of a cart back',
      description: 'They are told where they grant one. At most once an hour; it grants nothing by itself.',
      input: z.object({ id: orderRef, reason: text(2000) }),
      output: z.object({ ruleIds: z.array(z.uuid()), asked: z.array(ref) }),
      cli: { command: 'cart ask-exceptions', positional: ['id'] },
      resource,
      handler: async (ctx, permit, input) => {
        const { ruleIds, asked } = await askExceptions(ctx, permit, edges.decide, input);
        return { ruleIds, asked: asked.map(await namesOf(ctx.tx, asked)) };
      },
    }),
    defineOperation({
      name: 'orders.withdraw',
      action: 'request_order.withdraw',
      kind: 'write',
      method: 'POST',
      path: '/v1/request-orders/{id}/withdraw',
      summary: 'Take back everything of a cart that is not decided or has not begun',
      input: z.object({ id: orderRef }),
      output: z.object({ requestIds: z.array(z.uuid()) }),
      cli: { command: 'cart withdraw', positional: ['id'] },
      resource,
      handler: async (ctx, permit, input) => ({
        requestIds: await withdrawOrder(ctx, permit, edges.decide, input.id),
      }),
    }),
    defineOperation({
      name: 'orders.discard',
      action: 'request_order.discard',
      kind: 'write',
      method: 'DELETE',
      path: '/v1/request-orders/{id}',
      summary: 'Throw away what is left in a cart; what was sent goes on',
      input: z.object({ id: orderRef }),
      output: z.object({ id: z.uuid(), state: z.literal('discarded') }),
      cli: { command: 'cart discard', positional: ['id'] },
      resource,
      handler: async (ctx, permit, input) => {
        const order = await discardOrder(ctx, permit, input.id);
        return { id: order.id, state: 'discarded' as const };
      },
    }),
  ];
};
