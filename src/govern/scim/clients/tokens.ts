import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** Makes a token of a client; it is returned once, and only its hash is kept. */
export async function giveToken(ctx: Ctx, clientId: string, endsAt: Date): Promise<string> {
  const token = newToken('rvscim');
  await ctx.tx.run(sql`
    insert into scim_token (id, client_id, token_hash, created_at, created_by, ends_at)
    values (${newId(ctx.now.getTime())}, ${clientId}, ${hashToken(token)}, ${ctx.now},
            ${ctx.principal.kind === 'identity' ? ctx.principal.id : null}, ${endsAt})`);
  return token;
}

/** Ends the tokens a client has; those that end sooner anyway stay as they are. */
export const endTokens = async (ctx: Ctx, clientId: string, at: Date): Promise<number> =>
  await ctx.tx.run(sql`
    update scim_token set ends_at = greatest(created_at, ${at}::timestamptz) where client_id = ${clientId} and ends_at > ${at}`);
