import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Order, OrderItem, SentLine } from './model.ts';

export const orderColumns = sql`o.id, o.number, o.requester_id, o.state, o.reason, o.ticket, o.starts_at, o.made_at, o.changed_at, o.sent_at`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Which cart is meant by an id or by its number, written `O-12`; what is neither is found by nobody. */
export const orderIdOf = async (tx: Tx, idOrNumber: string): Promise<string> => {
  const number = /^o-(\d{1,15})$/i.exec(idOrNumber)?.[1];
  if (number === undefined) return idOrNumber;
  const row = await tx.maybe<{ id: string }>(sql`select id from request_order where number = ${number}::bigint`);
  return row?.id ?? idOrNumber;
};

/** Throws `request_order.not_found`. */
export const requireOrder = async (tx: Tx, idOrNumber: string, lock: 'lock' | 'read' = 'read'): Promise<Order> => {
  const id = await orderIdOf(tx, idOrNumber);
  const row = UUID.test(id)
    ? await tx.maybe<Order>(
        sql`select ${orderColumns} from request_order o where o.id = ${id} ${lock === 'lock' ? sql`for no key update` : sql``}`,
      )
    : undefined;
  if (row === undefined) throw notFound('request_order', idOrNumber);
  return row;
};

export const itemsOf = async (tx: Tx, orderIds: readonly string[]): Promise<OrderItem[]> =>
  await tx.many<OrderItem>(sql`
    select id, order_id, entitlement_id, role_id, eligible, seconds, until from request_order_item
     where order_id = any(${[...orderIds]}::uuid[]) order by order_id, n`);

export const peopleOf = async (
  tx: Tx,
  orderIds: readonly string[],
): Promise<{ readonly orderId: string; readonly identityId: string }[]> =>
  await tx.many(sql`
    select order_id, identity_id from request_order_person where order_id = any(${[...orderIds]}::uuid[]) order by order_id, n`);

/** Everything that was sent with these carts, whatever became of it. */
export const sentOf = async (tx: Tx, orderIds: readonly string[]): Promise<SentLine[]> =>
  await tx.many<SentLine>(sql`
    select r.order_id, r.id as request_id, r.number, l.beneficiary_id, coalesce(l.entitlement_id, l.role_id) as target_id
      from request r join request_line l on l.request_id = r.id
     where r.order_id = any(${[...orderIds]}::uuid[]) order by r.number, l.n`);

export const insertOrder = async (tx: Tx, id: string, requesterId: string): Promise<Order> =>
  await tx.one<Order>(sql`
    insert into request_order as o (id, requester_id, made_at, changed_at) values (${id}, ${requesterId}, ${tx.now}, ${tx.now})
    returning ${orderColumns}`);
