import { sql, type Sql } from '#kit/db/index.ts';
import type { Entry } from './entry.ts';

/** A row of audit_event, hashed and stamped. */
export interface Row {
  readonly entry: Entry;
  /** The leaf hash and the stamp, end to end, a character a byte (`latin1`): 32 and 16 of them. */
  readonly proof: string;
}

const COLUMNS = `id, at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id,
  policies, data, sealed, leaf, stamp`;

const ONE = `insert into audit_event (${COLUMNS})
  select $1::uuid, $2::timestamptz, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::uuid, $10::text, $11::text,
    $12::jsonb, $13::jsonb, $14::jsonb, substring($15::bytea for 32), substring($15::bytea from 33)`;

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

/** As MANY, for rows of one action: what they have in common is said once, and neither a subject nor an address is. */
const ALIKE = `insert into audit_event (${COLUMNS})
  select r.id, $2, $3, $4, r.actor_id, $6, r.signin_id, null, null, r.trace, r.decision_id,
    $9::jsonb, r.data, r.sealed,
    substring($11::bytea from (r.place * 48 - 47)::int for 32), substring($11::bytea from (r.place * 48 - 15)::int for 16)
  from rows from (
    unnest($1::uuid[], $5::text[], $7::text[], $8::text[], $13::text[]),
    jsonb_array_elements($10), jsonb_array_elements($12)
  ) with ordinality as r (id, actor_id, signin_id, trace, decision_id, data, sealed, place)`;

/** Inserts the rows with one prepared statement, whose text is the same for every number of rows. */
export function insertRows(rows: readonly Row[]): Sql {
  const [first] = rows;
  if (first === undefined) throw new RangeError('there is nothing to insert');
  if (rows.length === 1) return { name: 'audit_append_one', text: ONE, values: valuesOf(first), takesWhere: true };
  if (areAlike(rows, first.entry))
    return { name: 'audit_append_alike', text: ALIKE, values: valuesOfAlike(rows, first.entry), takesWhere: true };
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
    proofsOf(rows),
    jsonOf(rows, (e) => e.sealed.text),
  ];
  return { name: 'audit_append_many', text: MANY, values, takesWhere: true };
}

const areAlike = (rows: readonly Row[], { type, actorKind, via, policies }: Entry): boolean =>
  rows.every(
    ({ entry: e }) =>
      e.type === type &&
      e.actorKind === actorKind &&
      e.via === via &&
      e.policies === policies &&
      e.subjectId === null &&
      e.address === null,
  );

const valuesOfAlike = (rows: readonly Row[], { at, type, actorKind, via, policies }: Entry): readonly unknown[] => [
  arrayOf(rows, (e) => e.id),
  at,
  type,
  actorKind,
  arrayOf(rows, (e) => e.actorId),
  via,
  arrayOf(rows, (e) => e.signinId),
  arrayOf(rows, (e) => e.trace),
  policies,
  jsonOf(rows, (e) => e.data),
  proofsOf(rows),
  jsonOf(rows, (e) => e.sealed.text),
  arrayOf(rows, (e) => e.decisionId),
];

const valuesOf = ({ entry: e, proof }: Row): readonly unknown[] => [
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
  Buffer.from(proof, 'latin1'),
];

const arrayOf = (rows: readonly Row[], column: (entry: Entry) => string | null): string =>
  sql.array(rows.map((row) => column(row.entry)));

const jsonOf = (rows: readonly Row[], column: (entry: Entry) => string): string =>
  `[${rows.map((row) => column(row.entry)).join(',')}]`;

const proofsOf = (rows: readonly Row[]): Buffer => Buffer.from(rows.map((row) => row.proof).join(''), 'latin1');
