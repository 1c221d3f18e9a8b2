import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { sql } from '#kit/db/index.ts';
import { AppError, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SigninEdges } from './edges.ts';
import { methodAdded, signinAsked } from './events.ts';
import { startSignin } from './start-signin.ts';

const CHALLENGE_SECONDS = 300;

/** The site passkeys are for. */
export const relyingParty = (edges: SigninEdges): { id: string; origin: string } => {
  const url = new URL(edges.publicUrl);
  return { id: url.hostname, origin: url.origin };
};

async function keepChallenge(
  ctx: Ctx,
  permit: Permit,
  challenge: string,
  purpose: 'register' | 'sign_in',
  identityId: string | undefined,
): Promise<string> {
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into signin_challenge (id, purpose, challenge, identity_id, ends_at)
    values (${id}, ${purpose}, ${challenge}, ${identityId ?? null}, ${ctx.now}::timestamptz + make_interval(secs => ${CHALLENGE_SECONDS}))`);
  await ctx.tx.run(sql`delete from signin_challenge where ends_at < ${ctx.now}`);
  await ctx.record(permit, { event: signinAsked, subject: identityId, data: { purpose } });
  return id;
}

/** A challenge as it was made, and whose; null: nobody's yet. */
export interface TakenChallenge {
  readonly challenge: string;
  readonly identityId: string | null;
}

/**
 * Takes a challenge, in a transaction of its own: it works once, whatever becomes of the answer to it. Throws 401 when
 * it is unknown, used or too old.
 */
export async function takeChallenge(
  edges: SigninEdges,
  id: string,
  purpose: 'register' | 'sign_in',
): Promise<TakenChallenge> {
  const row = await edges.db.tx((tx) =>
    tx.maybe<TakenChallenge>(sql`
      delete from signin_challenge where id = ${id} and purpose = ${purpose} and ends_at > ${tx.now}
      returning challenge, identity_id`),
  );
  if (row === undefined) {
    throw new AppError({
      code: 'signin.challenge_over',
      status: 401,
      detail: 'this passkey prompt is over',
      fix: 'start again',
    });
  }
  return row;
}

/** Options for `navigator.credentials.create` (WebAuthn Level 3 §5.1.3): discoverable, user verification required. */
export async function beginPasskey(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit,
  person: { readonly identityId: string; readonly username: string; readonly displayName: string },
): Promise<{ challengeId: string; options: unknown }> {
  const rp = relyingParty(edges);
  const had = await ctx.tx.many<{ credentialId: string }>(
    sql`select credential_id from passkey where identity_id = ${person.identityId}`,
  );
  const options = await generateRegistrationOptions({
    rpName: 'Reeve',
    rpID: rp.id,
    userID: new Uint8Array(Buffer.from(person.identityId)),
    userName: person.username,
    userDisplayName: person.displayName,
    attestationType: 'none',
    excludeCredentials: had.map((h) => ({ id: h.credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  return { challengeId: await keepChallenge(ctx, permit, options.challenge, 'register', person.identityId), options };
}

/** Keeps a passkey the browser made. Throws 422 when the response does not verify for this origin and challenge. */
export async function addPasskey(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly response: unknown;
    readonly name: string;
  },
  kept: TakenChallenge,
): Promise<{ readonly id: string }> {
  if (kept.identityId !== input.identityId) throw invalid('/challengeId', 'belongs to somebody else', 'start again');
  const rp = relyingParty(edges);
  const verified = await verifyRegistrationResponse({
    response: input.response as RegistrationResponseJSON,
    expectedChallenge: kept.challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
  }).catch(() => undefined);
  if (verified?.verified !== true) {
    throw invalid(
      '/response',
      'is not a passkey made for this site and this prompt',
      'start again in the same browser',
    );
  }
  const { credential } = verified.registrationInfo;
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into passkey (id, identity_id, credential_id, public_key, counter, transports, name)
    values (${id}, ${input.identityId}, ${credential.id}, ${Buffer.from(credential.publicKey)}, ${credential.counter},
            ${credential.transports ?? []}, ${input.name})`);
  await ctx.record(permit, {
    event: methodAdded,
    subject: input.identityId,
    data: { method: 'passkey', name: input.name },
  });
  return { id };
}

/** Options for `navigator.credentials.get`: no name is asked, the passkey tells who it is. */
export async function askForPasskey(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit,
): Promise<{ challengeId: string; options: unknown }> {
  const options = await generateAuthenticationOptions({ rpID: relyingParty(edges).id, userVerification: 'required' });
  return { challengeId: await keepChallenge(ctx, permit, options.challenge, 'sign_in', undefined), options };
}

interface KeptPasskey {
  readonly id: string;
  readonly identityId: string;
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly state: string;
}

/** Signs in with a passkey. A counter that went back (a cloned key) is refused, as WebAuthn §6.1.1 advises. */
export async function signInWithPasskey(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'signin.start'>,
  input: { readonly response: unknown },
  kept: TakenChallenge,
): Promise<{ readonly sessionToken: string; readonly identityId: string }> {
  const refused = new AppError({
    code: 'signin.refused',
    status: 401,
    detail: 'this passkey is not known here',
    fix: 'use another way to sign in',
  });
  const response = input.response as AuthenticationResponseJSON;
  if (typeof response.id !== 'string') throw refused;
  const passkey = await ctx.tx.maybe<KeptPasskey>(sql`
    select p.id, p.identity_id, p.credential_id, p.public_key, p.counter, f.state
    from passkey p join identity_facts f using (identity_id)
    where p.credential_id = ${response.id} and f.valid_from <= ${ctx.now} and (f.valid_to is null or f.valid_to > ${ctx.now})
    for update of p`);
  if (passkey === undefined) throw refused;
  const rp = relyingParty(edges);
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: kept.challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
    credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
  }).catch(() => undefined);
  if (verified?.verified !== true || passkey.state !== 'active') throw refused;
  await ctx.tx.run(sql`
    update passkey set counter = ${verified.authenticationInfo.newCounter}, last_used_at = ${ctx.now} where id = ${passkey.id}`);
  return await startSignin(ctx, permit, { identityId: passkey.identityId, method: 'passkey' });
}
