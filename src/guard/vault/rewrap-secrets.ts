import { rewrapKey } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows } from '#kit/key-ring/index.ts';
import { sealContext, type SealedPlace, type VersionState } from './model.ts';

type Row = Omit<SealedPlace, 'id'> & {
  readonly secretId: string;
  readonly state: VersionState;
  readonly sealed: Buffer;
};

/** Puts the data keys of secrets under the newest key of the vault; what they sealed stays as it is. */
export const rewrapSecrets = rewrapRows<Row>({
  name: 'secrets',
  ring: 'vault',
  purpose: 'vault wrapping',
  count: (keyId) => sql`
    select count(*) as n from secret_version
    where wrapped_key is not null and ${isUnderAnother(sql`wrapped_key`, keyId)}`,
  rows: ({ after, most, keyId }) => sql`
    select v.secret_id, v.version, v.state, v.username, v.wrapped_key as sealed, s.kind, s.purpose, s.account_id, s.system_id
    from secret_version v join secret s on s.id = v.secret_id
    where v.wrapped_key is not null and ${isUnderAnother(sql`v.wrapped_key`, keyId)}
      and (${after?.[0] ?? null}::uuid is null or (v.secret_id, v.version) > (${after?.[0] ?? null}::uuid, ${after?.[1] ?? null}::int))
    order by v.secret_id, v.version limit ${most} for update of v skip locked`,
  place: (row) => [row.secretId, row.version],
  again: (key, row) => rewrapKey(key, row.sealed, sealContext({ ...row, id: row.secretId }, row.state).key),
  write: (moved) => sql`
    update secret_version v set wrapped_key = fresh.wrapped
    from unnest(${moved.map(({ row }) => row.secretId)}::uuid[], ${moved.map(({ row }) => row.version)}::int[],
                ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (secret_id, version, wrapped)
    where v.secret_id = fresh.secret_id and v.version = fresh.version`,
});
