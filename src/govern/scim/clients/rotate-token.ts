import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { scimClientRotated } from '../events.ts';
import { checkTokenEnd } from './create-client.ts';
import { requireClient } from './store.ts';
import { endTokens, giveToken } from './tokens.ts';

/** Gives a client another token, told once. Those it had end after `overlapHours`, by default at once. */
export async function rotateToken(
  ctx: Ctx,
  permit: Permit<'scim_client.rotate'>,
  input: { readonly id: string; readonly tokenEndsAt: Date; readonly overlapHours: number },
): Promise<{ readonly id: string; readonly token: string; readonly tokenEndsAt: Date }> {
  checkTokenEnd(ctx, input.tokenEndsAt);
  const client = await requireClient(ctx.tx, input.id);
  const othersEndAt = new Date(ctx.now.getTime() + input.overlapHours * 3_600_000);
  await endTokens(ctx, client.id, othersEndAt);
  const token = await giveToken(ctx, client.id, input.tokenEndsAt);
  await ctx.record(permit, {
    event: scimClientRotated,
    data: {
      clientId: client.id,
      sourceId: client.sourceId,
      name: client.name,
      tokenEndsAt: input.tokenEndsAt.toISOString(),
      othersEndAt: othersEndAt.toISOString(),
    },
  });
  return { id: client.id, token, tokenEndsAt: input.tokenEndsAt };
}
