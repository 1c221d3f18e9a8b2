import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { REEVE_SYSTEM_ID } from '#spine/graph/index.ts';
import type { Use } from './split-by-use.ts';

/** A grant by which somebody has what is looked at. */
export interface Grant {
  readonly id: string;
  readonly identityId: string;
  readonly validFrom: Date;
}

/** What is known of use since an instant. */
export interface Uses {
  /** Sessions by grant. */
  readonly sessions: ReadonlyMap<string, number>;
  readonly of: (entitlementId: string, holders: ReadonlyMap<string, readonly Grant[]>) => Use;
}

/** Grants that a session rested on since an instant, and on which system: `grant_id, system_id, n`. */
export const seenUse = (since: Date): Sql => sql`
  select g as grant_id, u.system_id, count(*)::int as n from access_use u cross join unnest(u.grant_ids) g
   where u.started_at >= ${since} or u.ended_at is null or u.ended_at >= ${since} group by 1, 2`;

/** Whether all accounts of somebody on a system are known to be unused since an instant: `identity_id, system_id, unused`. */
export const idleAccounts = (since: Date): Sql => sql`
  select identity_id, system_id, bool_and(coalesce(last_used_at < ${since}, false)) as unused from account
   where identity_id is not null and valid_to is null and system_id <> ${REEVE_SYSTEM_ID} group by 1, 2`;

/**
 * Reads how what these people have was used since `since`. Use counts as seen where a session through Reeve rested on
 * one of the grants, and as not there only where every account of the person on that system is known to be unused since
 * then, and the grant was there all that time. Everything else is unknown.
 */
export async function readUses(
  tx: Tx,
  since: Date,
  entitlementIds: readonly string[],
  identityIds: readonly string[],
): Promise<Uses> {
  const systems = await tx.many<{ id: string; systemId: string }>(
    sql`select id, system_id from entitlement where id = any(${sql.array(entitlementIds)}::uuid[])`,
  );
  const seen = await tx.many<{ grantId: string; systemId: string; n: number }>(seenUse(since));
  const accounts = await tx.many<{ identityId: string; systemId: string; unused: boolean }>(sql`
    select * from (${idleAccounts(since)}) a where identity_id = any(${sql.array(identityIds)}::uuid[])`);
  const systemOf = new Map(systems.map((s) => [s.id, s.systemId]));
  const used = new Set(seen.map((s) => `${s.grantId} ${s.systemId}`));
  const unused = new Set(accounts.filter((a) => a.unused).map((a) => `${a.identityId} ${a.systemId}`));
  const sessions = new Map<string, number>();
  for (const { grantId, n } of seen) sessions.set(grantId, (sessions.get(grantId) ?? 0) + n);
  return {
    sessions,
    of: (entitlementId, holders) => {
      const system = systemOf.get(entitlementId) ?? '';
      const count = { used: 0, unused: 0, holders: holders.size };
      for (const [identityId, grants] of holders)
        if (grants.some((g) => used.has(`${g.id} ${system}`))) count.used += 1;
        else if (unused.has(`${identityId} ${system}`) && grants.some((g) => g.validFrom <= since)) count.unused += 1;
      return count;
    },
  };
}
