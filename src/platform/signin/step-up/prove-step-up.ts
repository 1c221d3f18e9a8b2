import { verifyAuthenticationResponse, type AuthenticationResponseJSON } from '@simplewebauthn/server';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SigninEdges } from '../edges.ts';
import { steppedUp } from '../events.ts';
import { relyingParty } from '../passkeys.ts';
import { useTotpCode } from '../second-factor.ts';
import { forgetTries, takeTry, tryKey } from '../wrong-tries.ts';

/** A prompt that was just tried, with whose it is. */
export interface TriedStepUp {
  readonly identityId: string;
  readonly challenge: string | null;
}

const over = (): AppError =>
  new AppError({
    code: 'step_up.over',
    status: 401,
    detail: 'this prompt is over: it is too old, was used, or was tried too often',
    fix: 'start again',
  });
const wrong = (): AppError =>
  new AppError({
    code: 'step_up.refused',
    status: 401,
    detail: 'that did not prove that it is you',
    fix: 'use your own passkey, or the code your app shows now; a code works once',
  });

const codesKey = (edges: SigninEdges, identityId: string): string => tryKey(edges.keys, `step-up ${identityId}`);

/**
 * Whether a one-time code that was typed elsewhere than in the console is somebody's, once. Each try is counted beforehand,
 * in a transaction of its own, together with those of a fresh proof. Throws 429 after too many.
 */
export async function proveByCode<T>(
  edges: SigninEdges,
  identityId: string,
  code: string,
  inTx: (judge: (tx: Tx) => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const tries = codesKey(edges, identityId);
  await edges.db.tx((tx) => takeTry(tx, tries, tx.now));
  return await inTx(async (tx) => {
    const right = await useTotpCode(edges, tx, identityId, code);
    if (right) await forgetTries(tx, tries);
    return right;
  });
}

/** Counts the try in a transaction of its own, whatever becomes of it: a passkey prompt works once, and guessing codes is slow. */
export async function tryStepUp(edges: SigninEdges, input: { readonly challengeId: string }): Promise<TriedStepUp> {
  const tried = await edges.db.tx((tx) =>
    tx.maybe<TriedStepUp>(sql`
      update step_up set tries = tries + 1
       where id = ${input.challengeId} and proved_at is null and ends_at > ${tx.now}
         and tries < case when challenge is null then 5 else 1 end
      returning identity_id, challenge`),
  );
  if (tried === undefined) throw over();
  if (tried.challenge === null) await edges.db.tx((tx) => takeTry(tx, codesKey(edges, tried.identityId), tx.now));
  return tried;
}

/** Proves it, with what the prompt asked for. Only whoever was asked, by the sign-in that asked, can. */
export async function proveStepUp(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'signin.step_up'>,
  input: { readonly challengeId: string; readonly code?: string | undefined; readonly response?: unknown },
  tried: TriedStepUp,
): Promise<{ readonly method: 'passkey' | 'totp'; readonly endsAt: Date }> {
  if (tried.identityId !== ctx.principal.id) throw over();
  const asked = tried.challenge === null ? 'code' : 'response';
  if (input[asked] === undefined)
    throw invalid(
      `/${asked}`,
      'is what this prompt asks for',
      tried.challenge === null ? 'give the one-time code' : 'answer with the passkey',
    );
  const right =
    tried.challenge === null
      ? await useTotpCode(edges, ctx.tx, ctx.principal.id, input.code ?? '')
      : await passkeyAnswers(edges, ctx, tried.challenge, input.response);
  if (!right) throw wrong();
  if (tried.challenge === null) await forgetTries(ctx.tx, codesKey(edges, ctx.principal.id));
  const method = tried.challenge === null ? 'totp' : 'passkey';
  const proved = await ctx.tx.maybe<{ action: string; resourceId: string; endsAt: Date }>(sql`
    update step_up set method = ${method}, proved_at = ${ctx.now}
     where id = ${input.challengeId} and proved_at is null and ends_at > ${ctx.now}
       and signin_id is not distinct from ${ctx.origin.signinId ?? null}::uuid
    returning action, resource_id, ends_at`);
  if (proved === undefined) throw over();
  await ctx.record(permit, {
    event: steppedUp,
    subject: ctx.principal.id,
    data: { stepUpId: input.challengeId, method, action: proved.action, resourceId: proved.resourceId },
  });
  return { method, endsAt: proved.endsAt };
}

async function passkeyAnswers(edges: SigninEdges, ctx: Ctx, challenge: string, given: unknown): Promise<boolean> {
  const response = given as AuthenticationResponseJSON;
  if (typeof response.id !== 'string') return false;
  const passkey = await ctx.tx.maybe<{ id: string; credentialId: string; publicKey: Buffer; counter: number }>(sql`
    select id, credential_id, public_key, counter from passkey
     where credential_id = ${response.id} and identity_id = ${ctx.principal.id} for update`);
  if (passkey === undefined) return false;
  const rp = relyingParty(edges);
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
    credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
  }).catch(() => undefined);
  if (verified?.verified !== true) return false;
  await ctx.tx.run(sql`
    update passkey set counter = ${verified.authenticationInfo.newCounter}, last_used_at = ${ctx.now} where id = ${passkey.id}`);
  return true;
}
