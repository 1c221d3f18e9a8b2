import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { signinStarted } from './events.ts';

/** A sign-in lasts a working day, and ends earlier after two hours unused. */
export const LONGEST_HOURS = 12;
export const IDLE_HOURS = 2;

/** Starts a sign-in for a proven identity. A lock on everything stops access, not signing in: somebody has to lift it. The token is returned once; only its hash is kept. */
export async function startSignin(
  ctx: Ctx,
  permit: Permit,
  input: { readonly identityId: string; readonly method: 'passkey' | 'password_totp' },
): Promise<{ readonly sessionToken: string; readonly identityId: string }> {
  await refuseWhenLocked(ctx.tx, ctx.now, { identityId: input.identityId, emergency: true });
  const token = newToken('rvs');
  const id = newId(ctx.now.getTime());
  const address = ctx.origin.address ?? 'unknown';
  await ctx.tx.run(sql`
    insert into signin (id, token_hash, identity_id, method, ends_at, address)
    values (${id}, ${hashToken(token)}, ${input.identityId}, ${input.method},
            ${ctx.now}::timestamptz + make_interval(hours => ${LONGEST_HOURS}), ${address})`);
  await ctx.record(permit, {
    event: signinStarted,
    subject: input.identityId,
    data: { signinId: id, method: input.method, address },
  });
  return { sessionToken: token, identityId: input.identityId };
}
