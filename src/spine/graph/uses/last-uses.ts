import { sql, type Tx } from '#kit/db/index.ts';

/** When somebody last used an account through Reeve, and on which grants those sessions rested. */
export interface LastUse {
  readonly identityId: string;
  readonly accountId: string;
  readonly systemId: string;
  /** Null: of the account by any grant. */
  readonly grantId: string | null;
  readonly at: Date;
}

/** An account somebody can use, with what its target tells of its use. */
export interface UsableAccount {
  readonly id: string;
  readonly systemId: string;
  /** Whose it is; null where it is nobody's, as shared ones are. */
  readonly identityId: string | null;
  /** Null means unknown, never unused. */
  readonly lastUsedAt: Date | null;
}

/** The last use of each account by each of these identities, and the last one that rested on each grant. */
export const lastUsesOf = async (tx: Tx, identityIds: readonly string[]): Promise<LastUse[]> =>
  await tx.many<LastUse>(sql`
    select u.identity_id, u.account_id, u.system_id, null::uuid as grant_id, max(u.started_at) as at
      from access_use u where u.identity_id = any(${sql.array(identityIds)}::uuid[]) group by 1, 2, 3
    union all
    select u.identity_id, u.account_id, u.system_id, g, max(u.started_at)
      from access_use u cross join unnest(u.grant_ids) g where u.identity_id = any(${sql.array(identityIds)}::uuid[])
     group by 1, 2, 3, 4`);

/** Accounts that are there now: those of these identities, and these. */
export const usableAccounts = async (
  tx: Tx,
  identityIds: readonly string[],
  accountIds: readonly string[],
): Promise<UsableAccount[]> =>
  await tx.many<UsableAccount>(sql`
    select id, system_id, identity_id, last_used_at from account
     where valid_to is null and (identity_id = any(${sql.array(identityIds)}::uuid[]) or id = any(${sql.array(accountIds)}::uuid[]))`);
