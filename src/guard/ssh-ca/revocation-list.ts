import { sql, type Queryable } from '#kit/db/index.ts';
import { writeRevocationList } from '#kit/ssh-certificates/index.ts';
import { LISTED_AFTER_END_MS } from './model.ts';
import { authorities } from './store.ts';

/** The revocation list as of now: everything revoked that a target would otherwise still let in. The same rows give the same bytes. */
export async function revocationList(
  tx: Queryable,
  now: Date,
): Promise<{ readonly number: bigint; readonly changedAt: Date; readonly bytes: Buffer; readonly serials: number }> {
  const { number, changedAt } = await tx.one<{ number: string; changedAt: Date }>(
    sql`select number::text as number, changed_at from ssh_revocations`,
  );
  const rows = await tx.many<{ authorityId: string; serial: string }>(sql`
    select authority_id, serial::text as serial from ssh_certificate
     where revoked_at is not null and kind <> 'gateway' and valid_to > ${new Date(now.getTime() - LISTED_AFTER_END_MS)} order by serial`);
  const revoked = (await authorities(tx)).map(({ id, publicKey }) => ({
    caKey: Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'),
    serials: rows.filter(({ authorityId }) => authorityId === id).map(({ serial }) => BigInt(serial)),
  }));
  const bytes = writeRevocationList({ number: BigInt(number), at: changedAt, comment: 'reeve', revoked });
  return { number: BigInt(number), changedAt, bytes, serials: rows.length };
}
