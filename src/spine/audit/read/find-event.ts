import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { EventType } from '../event-type.ts';
import { refuseUnlessAsWritten, stampedColumns, type StampedRow } from './as-written.ts';

/**
 * The newest event of a type about a subject, from `since` on (an id), that carries these public values; undefined
 * where there is none. For whoever has to know what happened and may not believe the tables: the row is believed only
 * as Reeve wrote it. Throws `integrity.audit_log`.
 */
export async function findEvent(
  tx: Queryable,
  keys: Keys,
  ask: {
    readonly event: EventType;
    readonly subject: string;
    readonly since: string;
    readonly data: Readonly<Record<string, unknown>>;
  },
): Promise<{ readonly id: string; readonly data: Readonly<Record<string, unknown>> } | undefined> {
  const row = await tx.maybe<StampedRow>(sql`
    select ${stampedColumns} from audit_event e
    where e.subject_id = ${ask.subject} and e.id >= ${ask.since} and e.type = ${ask.event.type}
      and e.data @> ${sql.json(ask.data)} order by e.id desc limit 1`);
  if (row === undefined) return undefined;
  refuseUnlessAsWritten(keys, row);
  return { id: row.id, data: row.data };
}
