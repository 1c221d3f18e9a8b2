import { sql, type Db, type Queryable } from '#kit/db/index.ts';

/** A registered key, as its person sees it. */
export interface SshKeyRow {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export const sshKeysOf = (tx: Queryable, identityId: string): Promise<SshKeyRow[]> =>
  tx.many<SshKeyRow>(sql`
    select id, name, fingerprint, public_key, created_at, last_used_at from ssh_key
    where identity_id = ${identityId} and removed_at is null order by created_at, id`);

/** The active identity a key proves, or undefined. Remembers the use. */
export async function identityOfSshKey(db: Db, fingerprint: string, now: Date): Promise<string | undefined> {
  const row = await db.maybe<{ identityId: string }>(
    sql.named(
      'ssh_key_identity',
      sql`
        update ssh_key k set last_used_at = ${now}
        from identity_facts f
        where k.fingerprint = ${fingerprint} and k.removed_at is null and f.identity_id = k.identity_id
          and f.state = 'active' and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
        returning k.identity_id`,
    ),
  );
  return row?.identityId;
}
