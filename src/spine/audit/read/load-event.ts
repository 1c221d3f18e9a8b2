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
  return await db.tx(
    async (tx) => {
      const row = await tx.maybe<Row>(
        sql`select id, at, type, subject_id, data, sealed from audit_event where id = ${id}`,
      );
      if (row === undefined) throw notFound('event', id);
      const data = { ...row.data };
      const fields = types.get(row.type)?.fields ?? {};
      const subject = row.subjectId ?? undefined;
      const key = subject === undefined ? undefined : (await openingKeysFor(tx, keys, [subject])).get(subject);
      for (const [name, sealed] of Object.entries(row.sealed)) {
        if (key === undefined || subject === undefined || fields[name] === undefined) continue;
        const plain = open(key, Buffer.from(sealed, 'base64'), sealContext(row.id, name, subject));
        data[name] = JSON.parse(plain.toString('utf8')) as unknown;
      }
      return { id: row.id, at: row.at, type: row.type, subject, data };
    },
    { readOnly: true },
  );
}
