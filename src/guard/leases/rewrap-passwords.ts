import { reseal } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows } from '#kit/key-ring/index.ts';
import { PASSWORDS } from './ask-lease.ts';
import { passwordContext } from './model.ts';

interface Row {
  readonly id: string;
  readonly sealed: Buffer;
}

/** Seals the passwords of users that are being made under the newest key of the vault. */
export const rewrapLeasePasswords = rewrapRows<Row>({
  name: 'passwords of leases',
  ring: 'vault',
  purpose: PASSWORDS,
  count: (keyId) => sql`
    select count(*) as n from lease
    where sealed_password is not null and ${isUnderAnother(sql`sealed_password`, keyId)}`,
  rows: ({ after, most, keyId }) => sql`
    select id, sealed_password as sealed from lease
    where sealed_password is not null and ${isUnderAnother(sql`sealed_password`, keyId)}
      and (${after?.[0] ?? null}::uuid is null or id > ${after?.[0] ?? null}::uuid)
    order by id limit ${most} for update skip locked`,
  place: (row) => [row.id],
  again: (key, row) => reseal(key, row.sealed, passwordContext(row.id)),
  write: (moved) => sql`
    update lease l set sealed_password = fresh.sealed
    from unnest(${moved.map(({ row }) => row.id)}::uuid[], ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (id, sealed)
    where l.id = fresh.id`,
});
