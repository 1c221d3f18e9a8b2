import { reseal } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows } from '#kit/key-ring/index.ts';
import { TOTP_SECRETS, totpContext } from './second-factor.ts';

interface Row {
  readonly identityId: string;
  readonly sealed: Buffer;
}

/** Seals the secrets of one-time code apps under the newest key of the records. */
export const rewrapCodes = rewrapRows<Row>({
  name: 'one-time codes',
  ring: 'records',
  purpose: TOTP_SECRETS,
  count: (keyId) => sql`select count(*) as n from signin_totp where ${isUnderAnother(sql`sealed_secret`, keyId)}`,
  rows: ({ after, most, keyId }) => sql`
    select identity_id, sealed_secret as sealed from signin_totp
    where ${isUnderAnother(sql`sealed_secret`, keyId)} and (${after?.[0] ?? null}::uuid is null or identity_id > ${after?.[0] ?? null}::uuid)
    order by identity_id limit ${most} for update skip locked`,
  place: (row) => [row.identityId],
  again: (key, row) => reseal(key, row.sealed, totpContext(row.identityId)),
  write: (moved) => sql`
    update signin_totp t set sealed_secret = fresh.sealed
    from unnest(${moved.map(({ row }) => row.identityId)}::uuid[], ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (identity_id, sealed)
    where t.identity_id = fresh.identity_id`,
});
