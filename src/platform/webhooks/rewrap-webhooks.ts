import { reseal } from '#kit/crypto/index.ts';
import { sql, type Sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows, type RewrapPart } from '#kit/key-ring/index.ts';
import { PURPOSE, secretContext, urlContext } from './deliver-event.ts';

interface Row {
  readonly id: string;
  readonly sealed: Buffer;
}

const column = (name: string, of: Sql, context: (id: string) => string): RewrapPart =>
  rewrapRows<Row>({
    name,
    ring: 'records',
    purpose: PURPOSE,
    count: (keyId) => sql`select count(*) as n from webhook where ${of} is not null and ${isUnderAnother(of, keyId)}`,
    rows: ({ after, most, keyId }) => sql`
      select id, ${of} as sealed from webhook
      where ${of} is not null and ${isUnderAnother(of, keyId)} and (${after?.[0] ?? null}::uuid is null or id > ${after?.[0] ?? null}::uuid)
      order by id limit ${most} for update skip locked`,
    place: (row) => [row.id],
    again: (key, row) => reseal(key, row.sealed, context(row.id)),
    write: (moved) => sql`
      update webhook w set ${of} = fresh.sealed
      from unnest(${moved.map(({ row }) => row.id)}::uuid[], ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (id, sealed)
      where w.id = fresh.id`,
  });

/** Seals the addresses of webhooks and the secrets they are signed with under the newest key of the records. */
export const rewrapWebhooks: readonly RewrapPart[] = [
  column('webhook addresses', sql`sealed_url`, urlContext),
  column('webhook secrets', sql`sealed_secret`, secretContext),
  column('webhook secrets before', sql`sealed_old_secret`, secretContext),
];
