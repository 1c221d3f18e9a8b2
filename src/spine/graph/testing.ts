import { silentLog } from '#kit/log/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import type { EventType, NewEvent } from '#spine/audit/event-type.ts';
import { PLATFORM, type Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** For tests of the graph alone: a permit nobody decided. Only decide can make a real one. */
export const testPermit = {
  action: 'test.act',
  principal: { kind: 'component', id: 'test' },
  resource: PLATFORM,
  decision: { id: 'test', allowed: true, policies: [], obligations: [], errors: [], version: 'test' },
} as unknown as Permit;

export interface SeenEvent {
  readonly type: string;
  readonly subject: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A context whose events go into `seen`, checked against what their type declares. */
export function testCtx(tx: Tx, seen: SeenEvent[] = []): Ctx {
  const keep = <E extends EventType>(event: NewEvent<E>): string => {
    const data: Record<string, unknown> = { ...event.data };
    for (const [name, field] of Object.entries(event.event.fields)) field.schema.parse(data[name]);
    const undeclared = Object.keys(data).filter((name) => !(name in event.event.fields));
    if (undeclared.length > 0) throw new Error(`${event.event.type} does not declare ${undeclared.join(', ')}`);
    seen.push({ type: event.event.type, subject: event.subject, data });
    return 'event';
  };
  return {
    tx,
    now: tx.now,
    principal: testPermit.principal,
    origin: { via: 'worker' },
    trace: 'test',
    log: silentLog,
    record: async (_permit, event) => await Promise.resolve(keep(event)),
    recordAll: async (_permit, events) => await Promise.resolve(events.map(keep)),
  };
}

/** Runs one write in a transaction of its own and returns what it returned. */
export const write = async <T>(
  db: Db,
  work: (ctx: Ctx, permit: Permit) => Promise<T>,
  seen?: SeenEvent[],
): Promise<T> => await db.tx((tx) => work(testCtx(tx, seen), testPermit));
