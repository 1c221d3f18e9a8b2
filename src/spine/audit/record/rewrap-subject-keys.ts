import { rewrapKey } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows } from '#kit/key-ring/index.ts';
import { SUBJECT_KEYS, subjectKeyContext } from './subject-keys.ts';

interface Row {
  readonly subjectId: string;
  readonly sealed: Buffer;
}

/** Puts the keys that personal fields are sealed under, under the newest key of the records. An erased one stays erased. */
export const rewrapSubjectKeys = rewrapRows<Row>({
  name: 'subject keys',
  ring: 'records',
  purpose: SUBJECT_KEYS,
  count: (keyId) => sql`
    select count(*) as n from subject_key where wrapped is not null and ${isUnderAnother(sql`wrapped`, keyId)}`,
  rows: ({ after, most, keyId }) => sql`
    select subject_id, wrapped as sealed from subject_key
    where wrapped is not null and ${isUnderAnother(sql`wrapped`, keyId)}
      and (${after?.[0] ?? null}::uuid is null or subject_id > ${after?.[0] ?? null}::uuid)
    order by subject_id limit ${most} for update skip locked`,
  place: (row) => [row.subjectId],
  again: (key, row) => rewrapKey(key, row.sealed, subjectKeyContext(row.subjectId)),
  write: (moved) => sql`
    update subject_key k set wrapped = fresh.wrapped
    from unnest(${moved.map(({ row }) => row.subjectId)}::uuid[], ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (subject_id, wrapped)
    where k.subject_id = fresh.subject_id and k.wrapped is not null`,
});
