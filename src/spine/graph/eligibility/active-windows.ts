import { sql, type Tx } from '#kit/db/index.ts';
import { eligibilitiesFor, eligibleNow } from './read-eligibility.ts';

/** A grant that an activation gave and that has not ended. */
export interface ActiveWindow {
  readonly id: string;
  readonly identityId: string;
  /** The entitlement or role. */
  readonly targetId: string;
  readonly originId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** What is active just now of these people; of everybody where nobody is named. */
export const activeWindows = async (tx: Tx, identityIds?: readonly string[]): Promise<ActiveWindow[]> =>
  await tx.many<ActiveWindow>(sql`
    select id, identity_id, coalesce(entitlement_id, role_id) as target_id, origin_id, valid_from, valid_to
      from access_grant
     where origin = 'jit' and ended_because is null
       and ${identityIds === undefined ? sql`true` : sql`identity_id = any(${sql.array(identityIds)}::uuid[])`}
     order by id`);

/** Those that nobody is eligible for any more: what they rest on has ended, whatever ended it. */
export const windowsWithoutEligibility = async (tx: Tx, identityIds?: readonly string[]): Promise<ActiveWindow[]> => {
  const windows = await activeWindows(tx, identityIds);
  if (windows.length === 0) return [];
  const eligibilities = await eligibilitiesFor(
    tx,
    windows.map((w) => w.targetId),
  );
  const still = new Set(
    (await eligibleNow(tx, [...new Set(windows.map((w) => w.identityId))])).map(
      (e) => `${e.identityId} ${e.eligibilityId}`,
    ),
  );
  return windows.filter((w) => !still.has(`${w.identityId} ${eligibilities.get(w.targetId)?.entitlementId ?? ''}`));
};
