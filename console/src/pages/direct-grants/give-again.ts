import type { DirectGrant, GiveBody } from '../../api/direct-grants.ts';

/** What gives somebody again what was ended by mistake: the same, for as long as was left of it, or from when it was to begin. */
export const giveAgain = (row: DirectGrant, now: Date): GiveBody | undefined => {
  if (row.validTo !== null && new Date(row.validTo) <= now) return undefined;
  return {
    identity: row.identityId,
    ...(row.entitlementId === null ? {} : { entitlementId: row.entitlementId }),
    ...(row.roleId === null ? {} : { roleId: row.roleId }),
    ...(new Date(row.validFrom) > now ? { from: row.validFrom } : {}),
    ...(row.validTo === null ? {} : { until: row.validTo }),
    because: `ended by mistake; given before because: ${row.reason ?? 'nobody said'}`.slice(0, 1000),
  };
};
