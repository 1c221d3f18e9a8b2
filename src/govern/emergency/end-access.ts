import type { Permit } from '#spine/decide/index.ts';
import { endGrant, listGrants } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { EmergencyUse } from './model.ts';

/**
 * Ends what a use gave, with the sessions that rest on it, where it has not ended yet: also what was carried over to
 * whoever its user turned out to be.
 */
export const endAccessOf = async (ctx: Ctx, permit: Permit, use: EmergencyUse, because: string): Promise<void> => {
  const { items } = await listGrants(ctx.tx, { filter: { origin: 'emergency', originId: use.id } });
  for (const grant of items)
    if (grant.endedBecause === null) await endGrant(ctx, permit, { grantId: grant.id, because });
};
