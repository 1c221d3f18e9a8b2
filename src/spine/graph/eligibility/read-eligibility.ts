import { sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccessOf } from '../closure/effective-access.ts';

/** The kind of entitlement, on Reeve itself, that lets somebody activate something and gives nothing by itself. */
export const ELIGIBILITY = 'eligibility';

/** An eligibility and what it is for: exactly one of an entitlement and a role. */
export interface Eligibility {
  readonly entitlementId: string;
  readonly forEntitlementId: string | null;
  readonly forRoleId: string | null;
}

const columns = sql`e.entitlement_id, e.for_entitlement_id, e.for_role_id`;

/** Those of these entitlements that are eligibilities, by their id. */
export const eligibilitiesAmong = async (
  tx: Tx,
  entitlementIds: readonly string[],
): Promise<ReadonlyMap<string, Eligibility>> => {
  if (entitlementIds.length === 0) return new Map();
  const rows = await tx.many<Eligibility>(
    sql`select ${columns} from eligibility e where e.entitlement_id = any(${sql.array(entitlementIds)}::uuid[])`,
  );
  return new Map(rows.map((e) => [e.entitlementId, e]));
};

/** The eligibilities for these entitlements and roles, by what they are for. */
export const eligibilitiesFor = async (
  tx: Tx,
  targetIds: readonly string[],
): Promise<ReadonlyMap<string, Eligibility>> => {
  if (targetIds.length === 0) return new Map();
  const ids = sql.array(targetIds);
  const rows = await tx.many<Eligibility>(sql`
    select ${columns} from eligibility e
     where e.for_entitlement_id = any(${ids}::uuid[]) or e.for_role_id = any(${ids}::uuid[])`);
  return new Map(rows.map((e) => [e.forEntitlementId ?? e.forRoleId ?? '', e]));
};

/** By which grants somebody is eligible just now, and until when; a null end: without one. */
export interface Eligible {
  readonly identityId: string;
  readonly eligibilityId: string;
  readonly grantIds: readonly string[];
  readonly since: Date;
  readonly until: Date | null;
}

/**
 * What people are eligible for just now, by grants of it and of roles that contain it. By the same walk that tells what
 * they have.
 */
export const eligibleNow = async (
  tx: Tx,
  identityIds: readonly string[],
  only?: readonly string[],
): Promise<readonly Eligible[]> => {
  const known = await tx.many<{ entitlementId: string }>(
    only === undefined
      ? sql`select entitlement_id from eligibility`
      : sql`select entitlement_id from eligibility where entitlement_id = any(${sql.array(only)}::uuid[])`,
  );
  if (known.length === 0) return [];
  const access = await effectiveAccessOf(tx, identityIds, { only: new Set(known.map((e) => e.entitlementId)) });
  const found = new Map<string, { -readonly [K in keyof Eligible]: Eligible[K] }>();
  for (const [identityId, rows] of access)
    for (const { via, entitlementId, sourceId, validFrom, validTo } of rows) {
      if (via !== 'grant' || entitlementId === undefined) continue;
      const key = `${identityId} ${entitlementId}`;
      const before = found.get(key);
      found.set(key, {
        identityId,
        eligibilityId: entitlementId,
        grantIds: [...new Set([...(before?.grantIds ?? []), sourceId])],
        since: before === undefined || validFrom < before.since ? validFrom : before.since,
        until:
          before === undefined
            ? validTo
            : before.until === null || validTo === null
              ? null
              : before.until > validTo
                ? before.until
                : validTo,
      });
    }
  return [...found.values()];
};
