import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { forgetEnrolmentLinks } from './enrolment-link.ts';
import { tokenCreated, tokenRevoked } from './events.ts';

/** The longest an API token lives. */
export const LONGEST_TOKEN_DAYS = 366;

/** Creates an API token for an identity. The token is returned once; only its hash is kept. */
export async function createToken(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly endsAt: Date;
  },
): Promise<{ readonly id: string; readonly token: string; readonly endsAt: Date }> {
  const days = (input.endsAt.getTime() - ctx.now.getTime()) / 86_400_000;
  if (days <= 0 || days > LONGEST_TOKEN_DAYS) {
    throw invalid(
      '/endsAt',
      `must lie within the next ${LONGEST_TOKEN_DAYS} days`,
      'choose a date a person will remember to renew',
    );
  }
  const id = newId(ctx.now.getTime());
  const token = newToken('rv');
  await ctx.tx.run(sql`
    insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
    values (${id}, ${hashToken(token)}, ${input.identityId}, ${input.name}, ${input.scopes}, ${ctx.now}, ${input.endsAt})`);
  await ctx.record(permit, {
    event: tokenCreated,
    subject: input.identityId,
    data: { tokenId: id, name: input.name, scopes: [...input.scopes] },
  });
  return { id, token, endsAt: input.endsAt };
}

/** Revokes one of the asker's own tokens. Somebody else's answers as if it did not exist. */
export async function revokeToken(
  ctx: Ctx,
  permit: Permit<'token.revoke'>,
  input: { readonly id: string },
): Promise<void> {
  const changed = await ctx.tx.run(sql`
    update api_token set revoked_at = ${ctx.now}
    where id = ${input.id} and identity_id = ${ctx.principal.id} and revoked_at is null`);
  if (changed === 0) throw notFound('token', input.id);
  await ctx.record(permit, { event: tokenRevoked, subject: ctx.principal.id, data: { tokenId: input.id } });
}

/** Ends every sign-in, token and unused enrolment link of an identity at once: they left, or their device is lost. Returns how many sign-ins and tokens. */
export async function endAllProofs(ctx: Ctx, identityId: string): Promise<number> {
  const signins = await ctx.tx.run(
    sql`update signin set ended_at = ${ctx.now} where identity_id = ${identityId} and ended_at is null`,
  );
  const tokens = await ctx.tx.run(
    sql`update api_token set revoked_at = ${ctx.now} where identity_id = ${identityId} and revoked_at is null`,
  );
  await forgetEnrolmentLinks(ctx.tx, identityId);
  return signins + tokens;
}
