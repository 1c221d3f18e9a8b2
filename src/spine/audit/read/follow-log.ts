import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { horizonOf, readUnderWay } from '../sequence/horizon.ts';
import { toDocument } from './read-entry.ts';
import { refuseUnlessAsWritten, stampedColumns, type StampedRow } from './as-written.ts';

/** A place in the log, in commit order. */
export interface LogCursor {
  readonly xid: string;
  readonly eventId: string;
}

/** An event as whoever follows the log sees it: without anything personal. */
export interface FollowedEvent {
  readonly id: string;
  readonly xid: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Where the log ends for now: whoever follows it from here misses nothing that is committed later. */
export const endOfLog = async (tx: Tx): Promise<LogCursor> => {
  const underWay = await readUnderWay(tx, { lastXid: '0' });
  const { xid } = await tx.one<{ xid: string }>(sql`select (${horizonOf(underWay)})::text as xid`);
  return { xid, eventId: FIRST };
};

/**
 * The events of some types after a place of the log, in commit order, and the place to go on from. None is passed over: a
 * transaction still under way holds back what came after it. `types` may end in `.*`; `*` is all.
 */
export const followLog = async (
  tx: Tx,
  after: LogCursor,
  ask: { readonly types: readonly string[]; readonly most: number },
): Promise<{ readonly events: readonly FollowedEvent[]; readonly cursor: LogCursor; readonly more: boolean }> => {
  const underWay = await readUnderWay(tx, { lastXid: after.xid });
  // Restored into a younger cluster: what happens from now on has lower numbers than the place that was kept.
  if (underWay.restored) return { events: [], cursor: await endOfLog(tx), more: true };
  const last = await tx.maybe<LogCursor & { readonly n: number }>(sql`
    select xid::text as xid, id as event_id, n from (
      select xid, id, row_number() over (order by xid, id) as n from audit_event
       where (xid, id) > (${after.xid}::xid8, ${after.eventId}::uuid) and xid < ${horizonOf(underWay)}
       order by xid, id limit ${ask.most}) w
     order by n desc limit 1`);
  if (last === undefined) return { events: [], cursor: after, more: false };
  const events = await tx.many<FollowedEvent>(sql`
    select e.id, e.xid::text as xid, e.type, e.data from audit_event e
     where (e.xid, e.id) > (${after.xid}::xid8, ${after.eventId}::uuid)
       and (e.xid, e.id) <= (${last.xid}::xid8, ${last.eventId}::uuid)
       and exists (select from unnest(${ask.types}::text[]) as t (kind)
                    where kind in ('*', e.type) or (kind like '%.*' and starts_with(e.type, left(kind, -1))))
     order by e.xid, e.id`);
  return { events, cursor: { xid: last.xid, eventId: last.eventId }, more: last.n >= ask.most };
};

/** What anybody may know of an event, believed only as Reeve wrote it. Throws `integrity.audit_log`. */
export const readPublicEvent = async (
  db: Queryable,
  keys: Keys,
  id: string,
): Promise<
  { readonly type: string; readonly at: Date; readonly data: Readonly<Record<string, unknown>> } | undefined
> => {
  const row = await db.maybe<StampedRow>(sql`select ${stampedColumns} from audit_event e where e.id = ${id}`);
  if (row === undefined) return undefined;
  refuseUnlessAsWritten(keys, row);
  return { type: row.type, at: new Date(toDocument(row).at), data: row.data };
};
