import type { Permit } from '#spine/decide/index.ts';
import { endGrant, getGrant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { EmergencyUse } from './model.ts';

/** Ends what a use gave, with the sessions that rest on it, where it has not ended yet. Returns whether it did. */
export const endAccessOf = async (ctx: Ctx, permit: Permit, use: EmergencyUse, because: string): Promise<boolean> => {
  const grant = await getGrant(ctx.tx, use.grantId);
  if (grant === undefined || grant.endedBecause !== null) return false;
  await endGrant(ctx, permit, { grantId: use.grantId, because });
  return true;
};
