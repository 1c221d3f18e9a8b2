import { sql, type Sql } from '#kit/db/index.ts';

/** A row of audit_event as the tree covers it, with `at` as text to the microsecond. */
export interface EntryRow {
  readonly id: string;
  /** Null for an instant that is none (`infinity`). */
  readonly atText: string | null;
  readonly type: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly via: string;
  readonly signinId: string | null;
  readonly address: string | null;
  readonly subjectId: string | null;
  readonly trace: string;
  readonly decisionId: string | null;
  readonly policies: readonly unknown[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealed: Readonly<Record<string, string>>;
}

/** The columns of EntryRow, of a table or join that names audit_event `e`. */
export const entryColumns: Sql = sql`e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_text,
  e.type, e.actor_kind, e.actor_id, e.via, e.signin_id, e.address, e.subject_id, e.trace, e.decision_id,
  e.policies, e.data, e.sealed`;

/** An entry as it is exported and proved: the hashed text has this shape, with digests where `sealed` has ciphertext. */
export interface EntryDocument {
  readonly v: 1;
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly actor: { readonly id: string; readonly kind: string };
  readonly origin: { readonly via: string; readonly signin?: string; readonly address?: string };
  readonly subject?: string;
  readonly trace: string;
  readonly decision?: { readonly id: string | null; readonly policies: readonly unknown[] };
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealed: Readonly<Record<string, string>>;
}

export function toDocument(row: EntryRow): EntryDocument {
  return {
    v: 1,
    id: row.id,
    // Reeve writes whole milliseconds; anything finer stays visible, so that it cannot hide a change.
    at: (row.atText ?? 'never').replace(/000Z$/, 'Z'),
    type: row.type,
    actor: { id: row.actorId, kind: row.actorKind },
    origin: {
      via: row.via,
      ...(row.signinId === null ? {} : { signin: row.signinId }),
      ...(row.address === null ? {} : { address: row.address }),
    },
    ...(row.subjectId === null ? {} : { subject: row.subjectId }),
    trace: row.trace,
    ...(row.decisionId === null && row.policies.length === 0
      ? {}
      : { decision: { id: row.decisionId, policies: row.policies } }),
    data: row.data,
    sealed: row.sealed,
  };
}
