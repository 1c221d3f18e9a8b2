import { hashPassword, verifyPassword, passwordIsDated } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SigninEdges } from './edges.ts';
import { useTotpCode } from './second-factor.ts';
import { startSignin } from './start-signin.ts';
import { countWrongTry, forgetWrongTries, loginKey, refuseWhileClosed } from './wrong-tries.ts';

interface Candidate {
  readonly identityId: string;
  readonly hash: string | null;
  readonly state: string;
}

/**
 * Signs in with name, password and one-time code. Whatever was wrong, the answer and the time are the same, so
 * that neither tells who exists or which part was right. A password alone is never enough.
 */
export async function signInWithPassword(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'signin.start'>,
  input: { readonly username: string; readonly password: string; readonly code: string },
): Promise<{ readonly sessionToken: string; readonly identityId: string }> {
  const key = loginKey(input.username);
  await refuseWhileClosed(edges.db, key, ctx.now);
  const candidate = await ctx.tx.maybe<Candidate>(sql`
    select f.identity_id, p.hash, f.state
    from identity_facts f left join signin_password p using (identity_id)
    where lower(f.username) = ${key} and f.valid_from <= ${ctx.now} and (f.valid_to is null or f.valid_to > ${ctx.now})`);
  const passwordRight = await verifyPassword(edges.keys, candidate?.hash ?? undefined, input.password);
  const codeRight =
    candidate !== undefined && passwordRight && (await useTotpCode(edges, ctx.tx, candidate.identityId, input.code));
  if (candidate === undefined || !codeRight || candidate.state !== 'active') {
    await countWrongTry(edges.db, key, ctx.now);
    throw new AppError({
      code: 'signin.refused',
      status: 401,
      detail: 'name, password or one-time code is wrong',
      fix: 'check all three; a code works once and for half a minute',
    });
  }
  await forgetWrongTries(edges.db, key);
  if (candidate.hash !== null && passwordIsDated(candidate.hash))
    await setPassword(edges, ctx, candidate.identityId, input.password);
  return await startSignin(ctx, permit, { identityId: candidate.identityId, method: 'password_totp' });
}

/** The shortest password taken; length is what counts (NIST SP 800-63B-4 §3.1.1.2, with a second factor). */
export const SHORTEST_PASSWORD = 12;

/** Keeps a password's hash, in place of an earlier one. */
export async function setPassword(edges: SigninEdges, ctx: Ctx, identityId: string, password: string): Promise<void> {
  const hash = await hashPassword(edges.keys, password);
  await ctx.tx.run(sql`
    insert into signin_password (identity_id, hash) values (${identityId}, ${hash})
    on conflict on constraint signin_password_pk do update set hash = excluded.hash, changed_at = ${ctx.now}`);
}
