import { sql, type Db, type Queryable, type Tx } from '#kit/db/index.ts';

/** A registered key, as its person sees it. */
export interface SshKeyRow {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly createdAt: Date;
  readonly endsAt: Date;
  readonly lastUsedAt: Date | null;
}

export const sshKeysOf = (tx: Queryable, identityId: string): Promise<SshKeyRow[]> =>
  tx.many<SshKeyRow>(sql`
    select id, name, fingerprint, public_key, created_at, ends_at, last_used_at from ssh_key
    where identity_id = ${identityId} and removed_at is null order by created_at, id`);

/** A key that proves somebody active. */
interface KnownKey {
  readonly keyId: string;
  readonly identityId: string;
}

/** The key with a fingerprint, and the active identity it proves; undefined where it is none, removed or over. */
export const keyByFingerprint = (db: Db, fingerprint: string, now: Date): Promise<KnownKey | undefined> =>
  db.maybe<KnownKey>(
    sql.named(
      'ssh_key_known',
      sql`
        select k.id as key_id, k.identity_id from ssh_key k
        join identity_facts f on f.identity_id = k.identity_id
          and f.state = 'active' and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
        where k.fingerprint = ${fingerprint} and k.removed_at is null and k.ends_at > ${now}`,
    ),
  );

/** Remembers that a key let its person in; false where it proves nobody any more. */
export const useKey = async (tx: Queryable, keyId: string, now: Date): Promise<boolean> =>
  (await tx.run(
    sql.named(
      'ssh_key_used',
      sql`
        update ssh_key k set last_used_at = ${now} from identity_facts f
        where k.id = ${keyId} and k.removed_at is null and k.ends_at > ${now} and f.identity_id = k.identity_id
          and f.state = 'active' and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})`,
    ),
  )) === 1;

/** Whether a key still counts; whoever removes it waits until the asking transaction is over. */
export const keyHolds = async (tx: Tx, keyId: string): Promise<boolean> =>
  (await tx.maybe(
    sql`select id from ssh_key where id = ${keyId} and removed_at is null and ends_at > ${tx.now} for share`,
  )) !== undefined;
