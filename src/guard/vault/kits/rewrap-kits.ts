import { reseal } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { isUnderAnother, rewrapRows, type RewrapPart } from '#kit/key-ring/index.ts';
import { drillContext, KITS, shareContext } from './make-kit.ts';

/** Seals shares that wait for their holders, and the keys drills are proved by, under the newest key of the vault. */
export const rewrapKits: readonly RewrapPart[] = [
  rewrapRows<{ readonly kitId: string; readonly number: number; readonly sealed: Buffer }>({
    name: 'shares of kits',
    ring: 'vault',
    purpose: KITS,
    count: (keyId) => sql`
      select count(*) as n from break_glass_share
      where sealed_share is not null and ${isUnderAnother(sql`sealed_share`, keyId)}`,
    rows: ({ after, most, keyId }) => sql`
      select kit_id, number, sealed_share as sealed from break_glass_share
      where sealed_share is not null and ${isUnderAnother(sql`sealed_share`, keyId)}
        and (${after?.[0] ?? null}::uuid is null or (kit_id, number) > (${after?.[0] ?? null}::uuid, ${after?.[1] ?? null}::int))
      order by kit_id, number limit ${most} for update skip locked`,
    place: (row) => [row.kitId, row.number],
    again: (key, row) => reseal(key, row.sealed, shareContext(row.kitId, row.number)),
    write: (moved) => sql`
      update break_glass_share s set sealed_share = fresh.sealed
      from unnest(${moved.map(({ row }) => row.kitId)}::uuid[], ${moved.map(({ row }) => row.number)}::int[],
                  ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (kit_id, number, sealed)
      where s.kit_id = fresh.kit_id and s.number = fresh.number`,
  }),
  rewrapRows<{ readonly id: string; readonly sealed: Buffer }>({
    name: 'drill keys of kits',
    ring: 'vault',
    purpose: KITS,
    count: (keyId) => sql`
      select count(*) as n from break_glass_kit where ${isUnderAnother(sql`sealed_drill_key`, keyId)}`,
    rows: ({ after, most, keyId }) => sql`
      select id, sealed_drill_key as sealed from break_glass_kit
      where ${isUnderAnother(sql`sealed_drill_key`, keyId)} and (${after?.[0] ?? null}::uuid is null or id > ${after?.[0] ?? null}::uuid)
      order by id limit ${most} for update skip locked`,
    place: (row) => [row.id],
    again: (key, row) => reseal(key, row.sealed, drillContext(row.id)),
    write: (moved) => sql`
      update break_glass_kit k set sealed_drill_key = fresh.sealed
      from unnest(${moved.map(({ row }) => row.id)}::uuid[], ${moved.map(({ sealed }) => sealed)}::bytea[]) as fresh (id, sealed)
      where k.id = fresh.id`,
  }),
];
