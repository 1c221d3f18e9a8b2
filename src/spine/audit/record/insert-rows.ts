import type { Sql } from '#kit/db/index.ts';
import type { Entry } from './entry.ts';

/** A row of audit_event, hashed and stamped. */
export interface Row extends Entry {
  readonly leaf: Buffer;
  readonly stamp: Buffer;
}

const COLUMNS = `id, at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id,
  policies, data, sealed, leaf, stamp`;

const ONE = `insert into audit_event (${COLUMNS})
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

const MANY = `insert into audit_event (${COLUMNS})
  select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::uuid[], $10::text[], $11::text[], $12::jsonb[], $13::jsonb[], $14::jsonb[], $15::bytea[], $16::bytea[])`;

/** Inserts the rows with one prepared statement, whose text is the same for every number of rows. */
export function insertRows(rows: readonly Row[]): Sql {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return { name: 'audit_append_one', text: ONE, values: valuesOf(only) };
  const columns = [
    literal(rows, (r) => r.id),
    literal(rows, (r) => r.at),
    literal(rows, (r) => r.type),
    literal(rows, (r) => r.actorKind),
    literal(rows, (r) => r.actorId),
    literal(rows, (r) => r.via),
    literal(rows, (r) => r.signinId),
    literal(rows, (r) => r.address),
    literal(rows, (r) => r.subjectId),
    literal(rows, (r) => r.trace),
    literal(rows, (r) => r.decisionId),
    literal(rows, (r) => r.policies),
    literal(rows, (r) => r.data),
    literal(rows, (r) => r.sealed),
    literal(rows, (r) => `\\x${r.leaf.toString('hex')}`),
    literal(rows, (r) => `\\x${r.stamp.toString('hex')}`),
  ];
  return { name: 'audit_append_many', text: MANY, values: columns };
}

const valuesOf = (r: Row): readonly unknown[] => [
  r.id,
  r.at,
  r.type,
  r.actorKind,
  r.actorId,
  r.via,
  r.signinId,
  r.address,
  r.subjectId,
  r.trace,
  r.decisionId,
  r.policies,
  r.data,
  r.sealed,
  r.leaf,
  r.stamp,
];

/** An array literal of PostgreSQL (manual, §8.15.2); the driver's own takes several times as long. */
function literal(rows: readonly Row[], column: (row: Row) => string | null): string {
  let out = '{';
  for (const row of rows) {
    const value = column(row);
    if (out.length > 1) out += ',';
    out += value === null ? 'NULL' : `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
  }
  return `${out}}`;
}
