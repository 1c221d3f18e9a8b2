import { hashPassword, verifyPassword, passwordIsDated } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SigninEdges } from './edges.ts';
import { useTotpCode } from './second-factor.ts';
import { startSignin } from './start-signin.ts';
import { forgetTries, loginKey, takeTry, tryKey } from './wrong-tries.ts';

interface Candidate {
  readonly identityId: string;
  readonly hash: string | null;
  readonly state: string;
}

/** What was found out about a name and a password before anything is decided. */
export interface ProvenPassword {
  readonly key: string;
  readonly candidate: Candidate | undefined;
  readonly right: boolean;
}

/** Counts the try, then compares the password: slow, and the same for a name nobody has. Throws 429 while it is closed. */
export async function provePassword(
  edges: SigninEdges,
  input: { readonly username: string; readonly password: string },
): Promise<ProvenPassword> {
  const { db, keys } = edges;
  const key = loginKey(input.username);
  const candidate = await db.tx(async (tx) => {
    await takeTry(tx, tryKey(keys, key), tx.now);
    return await tx.maybe<Candidate>(sql`
      select f.identity_id, p.hash, f.state
      from identity_facts f left join signin_password p using (identity_id)
      where lower(f.username) = ${key} and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})`);
  });
  const holder = candidate?.identityId ?? '';
  return { key, candidate, right: await verifyPassword(keys, holder, candidate?.hash ?? undefined, input.password) };
}

/**
 * Signs in with name, password and one-time code. Whatever was wrong, the answer and the time are the same, so
 * that neither tells who exists or which part was right. A password alone is never enough.
 */
export async function signInWithPassword(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'signin.start'>,
  input: { readonly password: string; readonly code: string },
  { key, candidate, right }: ProvenPassword,
): Promise<{ readonly sessionToken: string; readonly identityId: string }> {
  const codeRight =
    candidate !== undefined && right && (await useTotpCode(edges, ctx.tx, candidate.identityId, input.code));
  if (candidate === undefined || !codeRight || candidate.state !== 'active') {
    throw new AppError({
      code: 'signin.refused',
      status: 401,
      detail: 'name, password or one-time code is wrong',
      fix: 'check all three; a code works once and for half a minute',
    });
  }
  await forgetTries(ctx.tx, tryKey(edges.keys, key));
  if (candidate.hash !== null && passwordIsDated(candidate.hash))
    await setPassword(edges, ctx, candidate.identityId, input.password);
  return await startSignin(ctx, permit, { identityId: candidate.identityId, method: 'password_totp' });
}

/** The shortest password taken; length is what counts (NIST SP 800-63B-4 §3.1.1.2, with a second factor). */
export const SHORTEST_PASSWORD = 12;

/** Keeps a password's hash, in place of an earlier one. */
export async function setPassword(edges: SigninEdges, ctx: Ctx, identityId: string, password: string): Promise<void> {
  const hash = await hashPassword(edges.keys, identityId, password);
  await ctx.tx.run(sql`
    insert into signin_password (identity_id, hash) values (${identityId}, ${hash})
    on conflict on constraint signin_password_pk do update set hash = excluded.hash, changed_at = ${ctx.now}`);
}
