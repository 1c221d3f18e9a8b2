import { sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { orderChanged, orderDiscarded } from '../events.ts';
import { rolesBound } from '../lines/bind-asked.ts';
import { findTargets, type AskedLine } from '../lines/find-targets.ts';
import { MOST_ITEMS, MOST_LINES, MOST_PEOPLE, type Order } from './model.ts';
import { insertOrder, requireOrder } from './store.ts';

/** What is to become otherwise in a cart; what is absent stays. */
export interface OrderChange {
  /** Identity ids, asked for by whoever may ask for them. */
  readonly addPeople?: readonly string[] | undefined;
  readonly dropPeople?: readonly string[] | undefined;
  /** What is in it already gets the time said here. */
  readonly addItems?: readonly AskedLine[] | undefined;
  /** Ids of items, or of what they ask for. */
  readonly dropItems?: readonly string[] | undefined;
  readonly reason?: string | null | undefined;
  readonly ticket?: string | null | undefined;
  readonly startsAt?: Date | null | undefined;
}

/** Begins a cart for whoever asks. It is kept until it is sent or thrown away, on whatever device it was begun. */
export const startOrder = async (
  ctx: Ctx,
  permit: Permit<'request_order.start'>,
  decide: Decide,
  change: OrderChange,
): Promise<Order> => {
  const order = await insertOrder(ctx.tx, newId(ctx.now.getTime()), ctx.principal.id);
  return await apply(ctx, permit, decide, order, change);
};

/** Changes a cart that was not sent whole yet. Throws `request_order.over`. */
export const changeOrder = async (
  ctx: Ctx,
  permit: Permit<'request_order.change'>,
  decide: Decide,
  id: string,
  change: OrderChange,
): Promise<Order> => await apply(ctx, permit, decide, refuseOver(await requireOrder(ctx.tx, id, 'lock')), change);

/** Throws a cart away; what was sent of it goes on. */
export const discardOrder = async (ctx: Ctx, permit: Permit<'request_order.discard'>, id: string): Promise<Order> => {
  const order = refuseOver(await requireOrder(ctx.tx, id, 'lock'));
  await ctx.tx.run(sql`update request_order set state = 'discarded', changed_at = ${ctx.now} where id = ${order.id}`);
  await ctx.record(permit, { event: orderDiscarded, data: { orderId: order.id, number: order.number } });
  return { ...order, state: 'discarded' };
};

/** Only what is still a cart is changed or sent. */
export const refuseOver = (order: Order): Order => {
  if (order.state === 'draft') return order;
  throw conflict(
    'request_order.over',
    `cart O-${order.number} is ${order.state} already`,
    'begin another: reeve cart new',
  );
};

const apply = async (
  ctx: Ctx,
  permit: Permit<'request_order.start' | 'request_order.change'>,
  decide: Decide,
  order: Order,
  change: OrderChange,
): Promise<Order> => {
  const { tx } = ctx;
  await dropFrom(ctx, order, change);
  await addPeople(ctx, order, change.addPeople ?? []);
  await addItems(ctx, decide, order, await rolesBound(ctx, permit, decide, change.addItems ?? []));
  const kept = <T>(next: T | undefined, before: T): T => (next === undefined ? before : next);
  const changed: Order = {
    ...order,
    reason: kept(change.reason, order.reason),
    ticket: kept(change.ticket, order.ticket),
    startsAt: kept(change.startsAt, order.startsAt),
    changedAt: ctx.now,
  };
  await tx.run(sql`
    update request_order set reason = ${changed.reason}, ticket = ${changed.ticket}, starts_at = ${changed.startsAt}, changed_at = ${ctx.now}
     where id = ${order.id}`);
  const { people, items } = await tx.one<{ people: number; items: number }>(sql`
    select (select count(*) from request_order_person where order_id = ${order.id}) as people,
           (select count(*) from request_order_item where order_id = ${order.id}) as items`);
  refuseTooMany(people, items);
  await ctx.record(permit, { event: orderChanged, data: { orderId: order.id, number: order.number, people, items } });
  return changed;
};

const refuseTooMany = (people: number, items: number): void => {
  if (people > MOST_PEOPLE)
    throw invalid('/people', `a cart is for at most ${MOST_PEOPLE} people`, 'send it, then begin another for the rest');
  if (items > MOST_ITEMS)
    throw invalid('/items', `a cart has at most ${MOST_ITEMS} things`, 'send it, then begin another for the rest');
  if (people * items > MOST_LINES)
    throw invalid(
      people > 1 ? '/people' : '/items',
      `${items} things for ${people} people are ${people * items} lines; a cart has at most ${MOST_LINES}`,
      'send it in parts',
    );
};

const dropFrom = async ({ tx }: Ctx, order: Order, change: OrderChange): Promise<void> => {
  if (change.dropPeople !== undefined)
    await tx.run(sql`
      delete from request_order_person where order_id = ${order.id} and identity_id = any(${[...change.dropPeople]}::uuid[])`);
  if (change.dropItems !== undefined)
    await tx.run(sql`
      delete from request_order_item
       where order_id = ${order.id} and (id = any(${[...change.dropItems]}::uuid[]) or coalesce(entitlement_id, role_id) = any(${[...change.dropItems]}::uuid[]))`);
};

const addPeople = async ({ tx }: Ctx, order: Order, ids: readonly string[]): Promise<void> => {
  await tx.run(sql`
    insert into request_order_person (order_id, identity_id)
    select ${order.id}, p.id from unnest(${[...ids]}::uuid[]) with ordinality p(id, n) order by p.n on conflict do nothing`);
};

const addItems = async (ctx: Ctx, decide: Decide, order: Order, lines: readonly AskedLine[]): Promise<void> => {
  const targets = await findTargets(ctx.tx, decide, ctx.principal, ctx.principal.id, lines);
  const unknown = targets.indexOf(undefined);
  if (unknown >= 0)
    throw invalid(
      `/items/${unknown}`,
      `there is nothing called ${lines[unknown]?.what ?? 'so'} you could ask for`,
      'look for it: reeve request find',
    );
  const rows = targets.flatMap((target, i) =>
    target === undefined
      ? []
      : [
          {
            id: newId(),
            entitlementId: target.kind === 'entitlement' ? target.id : null,
            roleId: target.kind === 'role' ? target.id : null,
            eligible: lines[i]?.eligible === true,
            seconds: lines[i]?.seconds ?? null,
            until: lines[i]?.until ?? null,
          },
        ],
  );
  // The last time said of something counts.
  const once = [...new Map(rows.map((row) => [`${row.entitlementId ?? row.roleId} ${row.eligible}`, row])).values()];
  await ctx.tx.run(sql`
    insert into request_order_item (id, order_id, entitlement_id, role_id, eligible, seconds, until)
    select t."id", ${order.id}, t."entitlementId", t."roleId", t."eligible", t."seconds", t."until"
      from jsonb_to_recordset(${sql.json(once)}::jsonb)
        as t("id" uuid, "entitlementId" uuid, "roleId" uuid, "eligible" boolean, "seconds" integer, "until" timestamptz)
    on conflict (order_id, coalesce(entitlement_id, role_id), eligible) do update set seconds = excluded.seconds, until = excluded.until`);
};
