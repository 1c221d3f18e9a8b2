import { sql, type Queryable } from '#kit/db/index.ts';

/** The secret of the account by which a system is mended, where it has one. */
export const reconcileSecretOf = async (db: Queryable, systemId: string): Promise<string | undefined> =>
  (await db.maybe<{ secretId: string }>(sql`select secret_id from reconcile_account where system_id = ${systemId}`))
    ?.secretId;

export const keepReconcileSecret = (db: Queryable, systemId: string, secretId: string): Promise<number> =>
  db.run(sql`
    insert into reconcile_account (system_id, secret_id) values (${systemId}, ${secretId})
    on conflict (system_id) do update set secret_id = excluded.secret_id, set_at = reeve_now()`);
