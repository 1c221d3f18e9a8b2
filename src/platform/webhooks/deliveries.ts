import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { enqueueMany } from '#kit/jobs/index.ts';
import { newId } from '#kit/ids/index.ts';
import { GIVE_UP_AFTER_MS } from './model.ts';

export const DELIVER = 'webhooks.deliver';

/** One event for one receiver. */
export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  /** Null: a test. */
  readonly eventId: string | null;
  readonly eventType: string;
  readonly state: 'waiting' | 'delivered' | 'not_delivered';
  readonly because: string | null;
  readonly attempts: number;
  readonly wantedAt: Date;
  readonly givesUpAt: Date;
  readonly settledAt: Date | null;
}

const columns = sql`d.id, d.webhook_id, d.event_id, d.event_type, d.state, d.because, d.attempts, d.wanted_at, d.gives_up_at, d.settled_at`;

/** Queues what is to be sent, each event once a webhook however often this runs. Returns the ids of what is new. */
export const queueDeliveries = async (
  tx: Tx,
  wanted: readonly { readonly webhookId: string; readonly eventId: string | null; readonly eventType: string }[],
): Promise<readonly string[]> => {
  if (wanted.length === 0) return [];
  const givesUpAt = new Date(tx.now.getTime() + GIVE_UP_AFTER_MS);
  const rows = await tx.many<{ id: string }>(sql`
    insert into webhook_delivery (id, webhook_id, event_id, event_type, wanted_at, gives_up_at)
    select id, webhook_id, event_id, event_type, ${tx.now}, ${givesUpAt}
      from unnest(${sql.array(wanted.map(() => newId(tx.now.getTime())))}::uuid[], ${sql.array(wanted.map((w) => w.webhookId))}::uuid[],
                  ${sql.array(wanted.map((w) => w.eventId))}::uuid[], ${sql.array(wanted.map((w) => w.eventType))}::text[])
        as w (id, webhook_id, event_id, event_type)
    on conflict on constraint webhook_hears_of_an_event_once do nothing returning id`);
  await enqueueDeliveries(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id }) => id);
};

export const enqueueDeliveries = (tx: Tx, ids: readonly string[], afterMs = 0): Promise<void> =>
  enqueueMany(
    tx,
    ids.map((id) => ({ name: DELIVER, payload: { deliveryId: id }, key: `webhook:${id}`, afterMs, priority: 1 })),
  );

export const findDelivery = (db: Queryable, id: string): Promise<Delivery | undefined> =>
  db.maybe<Delivery>(sql`select ${columns} from webhook_delivery d where d.id = ${id}`);

/** What waits for a webhook. */
export const waitingFor = async (tx: Tx, webhookId: string): Promise<readonly string[]> =>
  (
    await tx.many<{ id: string }>(
      sql`select id from webhook_delivery where webhook_id = ${webhookId} and state = 'waiting' order by id`,
    )
  ).map(({ id }) => id);

/** Settles a delivery that waits, once. */
export const settleDelivery = async (
  tx: Tx,
  id: string,
  to: { readonly state: 'delivered' | 'not_delivered'; readonly because: string | null },
): Promise<boolean> =>
  (await tx.run(sql`
    update webhook_delivery set state = ${to.state}, because = ${to.because}, attempts = attempts + 1,
           tried_at = ${tx.now}, settled_at = ${tx.now}
     where id = ${id} and state = 'waiting'`)) === 1;

export const countTry = async (tx: Tx, id: string, because: string): Promise<void> => {
  await tx.run(sql`
    update webhook_delivery set attempts = attempts + 1, because = ${because}, tried_at = ${tx.now}
     where id = ${id} and state = 'waiting'`);
};

/** Lets a delivery that failed wait again, with all its tries before it. */
export const reopenDelivery = (tx: Tx, id: string): Promise<Delivery | undefined> =>
  tx.maybe<Delivery>(sql`
    update webhook_delivery d set state = 'waiting', settled_at = null, because = null, attempts = 0,
           gives_up_at = ${new Date(tx.now.getTime() + GIVE_UP_AFTER_MS)}
     where d.id = ${id} and d.state = 'not_delivered' returning ${columns}`);

export const listDeliveries = async (
  tx: Tx,
  input: {
    readonly webhookId?: string | undefined;
    readonly state?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: (Delivery & { webhookName: string })[]; nextCursor: string | null }> => {
  const after = readCursor(input.cursor, ['at', 'id']);
  const rows = await tx.many<Delivery & { webhookName: string }>(sql`
    select ${columns}, w.name as webhook_name from webhook_delivery d join webhook w on w.id = d.webhook_id
     where (${input.state ?? null}::text is null or d.state = ${input.state ?? ''})
       and (${input.webhookId ?? null}::uuid is null or d.webhook_id = ${input.webhookId ?? null}::uuid)
       and (${after?.[0] ?? null}::timestamptz is null or (d.wanted_at, d.id) < (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::uuid))
     order by d.wanted_at desc, d.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.wantedAt.toISOString(), r.id]);
};
