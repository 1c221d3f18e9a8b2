import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { scimClientRemoved } from '../events.ts';
import { requireClient } from './store.ts';
import { endTokens } from './tokens.ts';

/**
 * Shuts a directory out: its tokens end and its identity has left. Nobody it pushed leaves by it: that a directory is
 * silent says nothing of people. A client made anew under the same name goes on where this one stopped.
 */
export async function removeClient(
  ctx: Ctx,
  permit: Permit<'scim_client.remove'>,
  input: { readonly id: string },
): Promise<void> {
  const client = await requireClient(ctx.tx, input.id);
  await endTokens(ctx, client.id, ctx.now);
  await ctx.tx.run(sql`update scim_client set removed_at = ${ctx.now} where id = ${client.id}`);
  await changeIdentityFacts(ctx, permit, { identityId: client.identityId, change: { state: 'leaver' } });
  await ctx.record(permit, {
    event: scimClientRemoved,
    data: { clientId: client.id, sourceId: client.sourceId, name: client.name },
  });
}
