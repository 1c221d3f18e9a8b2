import { open, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { HappenedEvent } from '#spine/operations/contract.ts';
import { sealContext } from '../record/entry.ts';
import type { EventType } from '../event-type.ts';
import { openingKeysFor } from '../record/subject-keys.ts';

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly subjectId: string | null;
  readonly data: Record<string, unknown>;
  readonly sealed: Record<string, string>;
}

/**
 * Reads one event back for a reaction, its personal fields opened. A field of somebody who was erased meanwhile is
 * left out, so a reaction must not rely on personal fields. Throws `event.not_found`.
 */
export async function loadEvent(
  db: Db,
  keys: Keys,
  types: ReadonlyMap<string, EventType>,
  id: string,
): Promise<HappenedEvent> {
  // Rows of the log never change, and most have nothing that is sealed: a dozen reactions read each.
  const row = await db.maybe<Row>(
    sql.named('audit_load', sql`select id, at, type, subject_id, data, sealed from audit_event where id = ${id}`),
  );
  if (row === undefined) throw notFound('event', id);
  const subject = row.subjectId ?? undefined;
  const fields = types.get(row.type)?.fields ?? {};
  const sealed = Object.entries(row.sealed).filter(([name]) => fields[name] !== undefined);
  const data = { ...row.data };
  if (subject !== undefined && sealed.length > 0) {
    const key = await db.tx(async (tx) => (await openingKeysFor(tx, keys, [subject])).get(subject), { readOnly: true });
    if (key !== undefined)
      for (const [name, box] of sealed) {
        const plain = open(key, Buffer.from(box, 'base64'), sealContext(row.id, name, subject));
        data[name] = JSON.parse(plain.toString('utf8')) as unknown;
      }
  }
  return { id: row.id, at: row.at, type: row.type, subject, data };
}
