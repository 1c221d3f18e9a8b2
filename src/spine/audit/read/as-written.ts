import { equalBytes, type Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { sql, type Sql } from '#kit/db/index.ts';
import { documentText } from '../record/entry.ts';
import { stampOf } from '../record/stamp.ts';
import { leafHash } from '../tree/hash.ts';
import { entryColumns, toDocument, type EntryRow } from './read-entry.ts';

/** A row with what shows that Reeve wrote it. */
export interface StampedRow extends EntryRow {
  readonly leaf: Buffer;
  readonly stamp: Buffer;
}

/** The columns of StampedRow, of a table or join that names audit_event `e`. */
export const stampedColumns: Sql = sql`${entryColumns}, e.leaf, e.stamp`;

/**
 * Throws `integrity.audit_log` unless Reeve wrote the row just as it stands: nobody without the root key can stamp
 * another. For whoever is about to open or believe one row; what is missing from the log, only the verifier tells.
 */
export function refuseUnlessAsWritten(keys: Keys, row: StampedRow): void {
  if (isAsWritten(keys, row)) return;
  throw new AppError({
    code: 'integrity.audit_log',
    status: 500,
    detail: `event ${row.id} of the audit log is not as Reeve wrote it: it was altered in the database`,
    fix: 'run `reeve audit verify`, which names the first entry that is wrong',
  });
}

function isAsWritten(keys: Keys, row: StampedRow): boolean {
  try {
    const leaf = leafHash(documentText(toDocument(row)));
    return equalBytes(leaf, row.leaf) && equalBytes(stampOf(keys, row.id, leaf), row.stamp);
  } catch {
    // no document of ours
    return false;
  }
}
