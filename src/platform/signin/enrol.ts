import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { exceptAtInstall, recordVerdicts, sodVerdict } from '#spine/decide/index.ts';
import { ADMIN_ROLES, createIdentity, getIdentity, startGrant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SigninEdges } from './edges.ts';
import { readEnrolmentLink, useEnrolmentLink } from './enrolment-link.ts';
import { firstAdministratorEnrolled, methodAdded } from './events.ts';
import { addPasskey, beginPasskey, type TakenChallenge } from './passkeys.ts';
import { beginTotp, useTotpCode } from './second-factor.ts';
import { setPassword } from './sign-in-with-password.ts';
import { startSignin } from './start-signin.ts';

/**
 * First half of an enrolment: who it is for, and what a browser needs to make a way to sign in. For a first-run link
 * this makes the person (with no access yet); done again it only changes their name.
 */
export async function beginEnrolment(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'enrolment.use'>,
  input: {
    readonly token: string;
    readonly person?: { readonly username: string; readonly displayName: string } | undefined;
  },
): Promise<{ identityId: string; username: string; challengeId: string; passkeyOptions: unknown; totpUri: string }> {
  const link = await readEnrolmentLink(ctx.tx, input.token);
  const person = await enrolledPerson(ctx, permit, link.identityId, input);
  const { challengeId, options } = await beginPasskey(edges, ctx, permit, person);
  const totpUri = await beginTotp(edges, ctx.tx, person.identityId, person.username);
  return { identityId: person.identityId, username: person.username, challengeId, passkeyOptions: options, totpUri };
}

async function enrolledPerson(
  ctx: Ctx,
  permit: Permit,
  identityId: string | null,
  input: {
    readonly token: string;
    readonly person?: { readonly username: string; readonly displayName: string } | undefined;
  },
): Promise<{ identityId: string; username: string; displayName: string }> {
  const known = identityId === null ? undefined : await getIdentity(ctx.tx, identityId);
  if (known !== undefined) {
    return { identityId: known.id, username: known.username ?? known.id, displayName: known.displayName };
  }
  if (input.person === undefined) {
    throw invalid(
      '/person',
      'is needed with a first-run link',
      'say who the first administrator is: username and displayName',
    );
  }
  const made = await createIdentity(ctx, permit, { kind: 'person', facts: { ...input.person, state: 'active' } });
  await ctx.tx.run(
    sql`update enrolment_link set identity_id = ${made.id} where token_hash = ${hashToken(input.token)}`,
  );
  return { identityId: made.id, ...input.person };
}

/**
 * Second half: keeps the passkey, or the password with its confirmed one-time code; uses up the link; a first-run
 * link makes the person administrator, and security officer too where they say that they are alone; and signs them in.
 */
export async function finishEnrolment(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'enrolment.use'>,
  input: {
    readonly token: string;
    readonly passkey?: { readonly response: unknown; readonly name: string } | undefined;
    readonly password?: { readonly password: string; readonly code: string } | undefined;
    readonly alsoSecurityOfficer?: boolean | undefined;
  },
  challenge: TakenChallenge | undefined,
): Promise<{ readonly sessionToken: string; readonly identityId: string }> {
  const link = await readEnrolmentLink(ctx.tx, input.token);
  const identityId = link.identityId;
  if (identityId === null) throw invalid('/token', 'has not been begun', 'call enrolment/begin first');
  if (input.alsoSecurityOfficer === true && link.purpose !== 'first_administrator')
    throw invalid('/alsoSecurityOfficer', 'is for whoever installs Reeve', 'ask an administrator to appoint you');
  if ((input.passkey === undefined) === (input.password === undefined)) {
    throw invalid('/passkey', 'give either a passkey or a password', 'one way to sign in is enough to begin with');
  }
  if (input.passkey !== undefined && challenge !== undefined)
    await addPasskey(edges, ctx, permit, { identityId, ...input.passkey }, challenge);
  if (input.password !== undefined) {
    if (!(await useTotpCode(edges, ctx.tx, identityId, input.password.code, { confirming: true }))) {
      throw invalid(
        '/password/code',
        'is not the code shown now',
        'check the clock of the device, and type the newest code',
      );
    }
    await setPassword(edges, ctx, identityId, input.password.password);
    await ctx.record(permit, {
      event: methodAdded,
      subject: identityId,
      data: { method: 'password', name: 'password with one-time code' },
    });
  }
  await useEnrolmentLink(ctx, input.token);
  if (link.purpose === 'first_administrator') {
    await startGrant(ctx, permit, {
      identityId,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'first administrator, enrolled through the one-time link printed at start',
    });
    if (input.alsoSecurityOfficer === true) await appointAlone(ctx, permit, identityId);
    await ctx.record(permit, { event: firstAdministratorEnrolled, subject: identityId, data: {} });
  }
  return await startSignin(ctx, permit, {
    identityId,
    method: input.passkey === undefined ? 'password_totp' : 'passkey',
  });
}

/** Two roles that rules keep apart, for one who is alone: tolerated for a time, on the record, and open again after it. */
async function appointAlone(ctx: Ctx, permit: Permit<'enrolment.use'>, identityId: string): Promise<void> {
  const wanted = { entitlementId: ADMIN_ROLES.security_officer, validFrom: ctx.now, validTo: null };
  await exceptAtInstall(ctx, permit, identityId, [wanted]);
  const verdict = await sodVerdict(ctx.tx, identityId, [wanted]);
  // What lies beyond the exception is not refused: the conflict is open again then, and nobody is locked out by it.
  await recordVerdicts(ctx, permit, [{ identityId, way: 'direct', verdict: { ...verdict, outcome: 'recorded' } }]);
  await startGrant(ctx, permit, {
    identityId,
    entitlementId: ADMIN_ROLES.security_officer,
    origin: 'admin',
    reason: 'security officer too, until there is somebody else: said by the first administrator at the install',
  });
}
