import { sql, type Tx } from '#kit/db/index.ts';
import { holdIdentities } from '#spine/graph/index.ts';
import { fillSides, withoutExcepted } from './find-conflicts.ts';
import type { HeldAccess, SodConflict } from './model.ts';
import { rulesFor } from './person-scope.ts';
import {
  CLEAR,
  comingWithEach,
  outcomeOf,
  sodVerdict,
  type Apart,
  type ProposedAccess,
  type SodVerdict,
} from './sod-verdict.ts';
import { exceptionsOf, usageRulesTouching, type StoredRule } from './store.ts';

/**
 * What separation of duties says to somebody using access in a session that starts now: what `sodVerdict` says to it
 * coming now, and whether what it would use, alone or with what they used lately, fills all sides of a rule about use.
 */
export const sodVerdictOnUse = async (
  tx: Tx,
  identityId: string,
  used: readonly ProposedAccess[],
  options: { readonly apart?: Apart | undefined } = {},
): Promise<SodVerdict> => {
  const held = await sodVerdict(tx, identityId, used, options);
  const usage = await usageVerdict(tx, identityId, used);
  const conflicts = [...held.conflicts, ...usage.conflicts];
  return {
    outcome: outcomeOf(conflicts),
    conflicts,
    tolerated: [...held.tolerated, ...usage.tolerated],
    standing: held.standing,
  };
};

const usageVerdict = async (tx: Tx, identityId: string, used: readonly ProposedAccess[]): Promise<SodVerdict> => {
  const session = (await comingWithEach(tx, used)).flat();
  const touched = await usageRulesTouching(
    tx,
    session.map((a) => a.entitlementId),
  );
  const rules = await rulesFor(tx, identityId, touched);
  if (rules.length === 0) return CLEAR;
  // Two sessions that start at the same instant see each other: one of them waits for the other to be on record.
  await holdIdentities(tx, [identityId]);
  const earlier = await usedLately(tx, identityId, Math.max(0, ...rules.map((r) => r.windowSeconds ?? 0)));
  const found = rules.flatMap((rule) => {
    const since = tx.now.getTime() - (rule.windowSeconds ?? 0) * 1000;
    const before = earlier.filter((use) => rule.counts === 'same_window' && use.until.getTime() >= since);
    return meeting(tx, rule, [...session, ...before.flatMap((use) => use.access)]);
  });
  const conflicts = withoutExcepted(found, await exceptionsOf(tx, identityId));
  const tolerated = found.filter((c) => !conflicts.some((left) => left.rule.id === c.rule.id));
  return { outcome: outcomeOf(conflicts), conflicts, tolerated, standing: [] };
};

/** The conflict of one rule about use, at this instant: it is in starting the session, not in a stretch of time. */
const meeting = (tx: Tx, rule: StoredRule, access: readonly HeldAccess[]): SodConflict[] => {
  const sides = fillSides(rule, access);
  return sides.length < 2 || sides.some((side) => side.access.length === 0)
    ? []
    : [{ rule, sides, validFrom: tx.now, validTo: new Date(tx.now.getTime() + 1) }];
};

/** What somebody used, and until when. */
interface EarlierUse {
  readonly until: Date;
  readonly access: readonly HeldAccess[];
}

/** What they used in sessions that go on or ended within so many seconds, by the grants each rested on and what an own account holds. */
const usedLately = async (tx: Tx, identityId: string, seconds: number): Promise<EarlierUse[]> => {
  if (seconds === 0) return [];
  const rows = await tx.many<{ until: Date; entitlementId: string | null; roleId: string | null }>(sql`
    with used as (
      select grant_ids, account_id, coalesce(ended_at, ${tx.now}) as until from access_use
       where identity_id = ${identityId} and coalesce(ended_at, ${tx.now}) >= ${tx.now}::timestamptz - make_interval(secs => ${seconds})
    )
    select u.until, g.entitlement_id, g.role_id from used u join access_grant g on g.id = any(u.grant_ids)
    union
    select u.until, h.entitlement_id, null from used u
      join account_owner o on o.account_id = u.account_id and o.identity_id = ${identityId} and o.valid_to is null
      join holding h on h.account_id = u.account_id and h.valid_to is null`);
  const access = await comingWithEach(
    tx,
    rows.map(({ entitlementId, roleId }) => ({
      ...(entitlementId === null ? { roleId: roleId ?? undefined } : { entitlementId }),
      validFrom: tx.now,
      validTo: null,
    })),
  );
  return rows.map(({ until }, i) => ({ until, access: access[i] ?? [] }));
};
