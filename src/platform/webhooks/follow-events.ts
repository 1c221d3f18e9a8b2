import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import { endOfLog, followLog, type LogCursor } from '#spine/audit/index.ts';
import { defineJob, type JobCtx } from '#spine/operations/index.ts';
import { queueDeliveries } from './deliveries.ts';
import { means, type Subscription } from './model.ts';

/** Events looked at in one transaction. */
const AT_ONCE = 5_000;

/**
 * Looks once a minute through what the log holds since the last look and queues what somebody subscribed to. The log itself is
 * the outbox: no change waits for who may want to hear of it, and none is missed. See `startFollowing` for sooner.
 */
export const followEvents = defineJob({
  name: 'webhooks.follow',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => {
    while (await followOnce(job));
  },
});

interface Subscribed extends Subscription {
  readonly id: string;
  readonly sinceXid: string;
}

/** One look; true where there is more. One node looks at a time, and others leave it to that one. */
const followOnce = (job: JobCtx): Promise<boolean> =>
  job.act({ action: 'webhook.follow' }, async ({ tx }) => {
    const cursor = await tx.maybe<LogCursor>(
      sql`select xid::text as xid, event_id from webhook_cursor for update skip locked`,
    );
    if (cursor === undefined) return false;
    const hooks = await tx.many<Subscribed>(
      sql`select id, kinds, system_ids, owner_ids, since_xid::text as since_xid from webhook where state = 'active'`,
    );
    if (hooks.length === 0) {
      await keepCursor(tx, await endOfLog(tx));
      return false;
    }
    const types = [...new Set(hooks.flatMap(({ kinds }) => kinds))];
    const looked = await followLog(tx, cursor, { types, most: AT_ONCE });
    const systems = await systemsOf(tx, looked.events);
    await queueDeliveries(
      tx,
      looked.events.flatMap((event) =>
        hooks
          .filter((hook) => wants(hook, event, systems.get(event.id)))
          .map((hook) => ({ webhookId: hook.id, eventId: event.id, eventType: event.type })),
      ),
    );
    await keepCursor(tx, looked.cursor);
    return looked.more;
  });

const keepCursor = async (tx: Tx, { xid, eventId }: LogCursor): Promise<void> => {
  await tx.run(sql`
    update webhook_cursor set xid = ${xid}::xid8, event_id = ${eventId}
     where (xid, event_id) is distinct from (${xid}::xid8, ${eventId}::uuid)`);
};

interface Seen {
  readonly id: string;
  readonly xid: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}
interface System {
  readonly id: string;
  readonly ownerId: string | null;
}

const wants = (hook: Subscribed, event: Seen, system: System | undefined): boolean =>
  BigInt(event.xid) > BigInt(hook.sinceXid) &&
  hook.kinds.some((kind) => means(kind, event.type)) &&
  // What becomes of a webhook is not told to itself: that one message fails would make another.
  event.data['webhookId'] !== hook.id &&
  ((hook.systemIds === null && hook.ownerIds === null) ||
    (system !== undefined &&
      ((hook.systemIds ?? []).includes(system.id) || (hook.ownerIds ?? []).includes(system.ownerId ?? ''))));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const idIn = (event: Seen, field: string): string | null => {
  const value = event.data[field];
  return typeof value === 'string' && UUID.test(value) ? value : null;
};

/** The system each event is about, where it names one, or an entitlement or account of one. */
const systemsOf = async (tx: Tx, events: readonly Seen[]): Promise<ReadonlyMap<string, System>> => {
  const rows = await tx.many<System & { eventId: string }>(sql`
    select n.event_id, s.id, s.owner_id
      from unnest(${sql.array(events.map((e) => e.id))}::uuid[], ${sql.array(events.map((e) => idIn(e, 'systemId')))}::uuid[],
                  ${sql.array(events.map((e) => idIn(e, 'entitlementId')))}::uuid[], ${sql.array(events.map((e) => idIn(e, 'accountId')))}::uuid[])
        as n (event_id, system_id, entitlement_id, account_id)
      left join entitlement e on e.id = n.entitlement_id
      left join account a on a.id = n.account_id
      join system s on s.id = coalesce(n.system_id, e.system_id, a.system_id)`);
  return new Map(rows.map(({ eventId, ...system }) => [eventId, system]));
};

/** Looks once a second. Returns a stop that waits for the look in hand. */
export const startFollowing = (parts: {
  readonly job: () => JobCtx;
  readonly log: Log;
  readonly everyMs?: number;
}): (() => Promise<void>) => {
  let looking: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    looking ??= followEvents
      .run(parts.job(), undefined)
      .catch((error: unknown) => parts.log.error('what receivers subscribed to could not be queued', { error }))
      .finally(() => {
        looking = undefined;
      });
  }, parts.everyMs ?? 1000);
  return async () => {
    clearInterval(timer);
    await looking;
  };
};
