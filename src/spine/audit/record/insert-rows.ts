import { sql, type Sql } from '#kit/db/index.ts';
import type { Entry } from './entry.ts';

/** A row of audit_event, hashed and stamped. */
export interface Row {
  readonly entry: Entry;
  readonly leaf: Buffer;
  readonly stamp: Buffer;
}

const COLUMNS = `id, at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id,
  policies, data, sealed, leaf, stamp`;

const ONE = `insert into audit_event (${COLUMNS})
  select $1::uuid, $2::timestamptz, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::text, $11::text,
    $12::jsonb, $13::jsonb, $14::jsonb, $15::bytea, $16::bytea`;

/** Parameters: arrays for most columns, JSON arrays for the jsonb ones, and leaf hashes and stamps end to end. */
const MANY = `insert into audit_event (${COLUMNS})
  select r.id, $2, r.type, r.actor_kind, r.actor_id, r.via, r.signin_id, r.address, r.subject_id, r.trace, r.decision_id,
    r.policies, r.data, r.sealed,
    substring($14::bytea from (r.place * 48 - 47)::int for 32), substring($14::bytea from (r.place * 48 - 15)::int for 16)
  from rows from (
    unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[], $11::text[]),
    jsonb_array_elements($12), jsonb_array_elements($13), jsonb_array_elements($15)
  ) with ordinality as r (id, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id,
    policies, data, sealed, place)`;

/** Inserts the rows with one prepared statement, whose text is the same for every number of rows. */
export function insertRows(rows: readonly Row[]): Sql {
  const [first] = rows;
  if (first === undefined) throw new RangeError('there is nothing to insert');
  if (rows.length === 1) return { name: 'audit_append_one', text: ONE, values: valuesOf(first), takesWhere: true };
  const values = [
    arrayOf(rows, (e) => e.id),
    first.entry.at,
    arrayOf(rows, (e) => e.type),
    arrayOf(rows, (e) => e.actorKind),
    arrayOf(rows, (e) => e.actorId),
    arrayOf(rows, (e) => e.via),
    arrayOf(rows, (e) => e.signinId),
    arrayOf(rows, (e) => e.address),
    arrayOf(rows, (e) => e.subjectId),
    arrayOf(rows, (e) => e.trace),
    arrayOf(rows, (e) => e.decisionId),
    jsonOf(rows, (e) => e.policies),
    jsonOf(rows, (e) => e.data),
    Buffer.concat(rows.flatMap((r) => [r.leaf, r.stamp])),
    jsonOf(rows, (e) => e.sealed.text),
  ];
  return { name: 'audit_append_many', text: MANY, values, takesWhere: true };
}

const valuesOf = ({ entry: e, leaf, stamp }: Row): readonly unknown[] => [
  e.id,
  e.at,
  e.type,
  e.actorKind,
  e.actorId,
  e.via,
  e.signinId,
  e.address,
  e.subjectId,
  e.trace,
  e.decisionId,
  e.policies,
  e.data,
  e.sealed.text,
  leaf,
  stamp,
];

const arrayOf = (rows: readonly Row[], column: (entry: Entry) => string | null): string =>
  sql.array(rows.map((row) => column(row.entry)));

const jsonOf = (rows: readonly Row[], column: (entry: Entry) => string): string =>
  `[${rows.map((row) => column(row.entry)).join(',')}]`;
