import { generateAuthenticationOptions } from '@simplewebauthn/server';
import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, StepUpFor } from '#spine/operations/index.ts';
import type { SigninEdges } from '../edges.ts';
import { stepUpAsked } from '../events.ts';
import { relyingParty } from '../passkeys.ts';

/** From the question to the act: long enough to find a phone, too short to be kept. */
const SECONDS = 300;

/** What a client shows: a passkey prompt, or, with `options` null, a field for a one-time code. */
export interface StepUpPrompt {
  readonly challengeId: string;
  readonly options: unknown;
}

/**
 * Asks for a fresh proof for one act on one thing. Whoever has a passkey is asked for it, save where they say that they
 * cannot use one here, as on a command line. Throws `step_up.no_method` for who has neither.
 */
export async function askStepUp(
  edges: SigninEdges,
  ctx: Ctx,
  permit: Permit<'signin.step_up'>,
  input: StepUpFor & { readonly byCode: boolean },
): Promise<StepUpPrompt> {
  const passkeys = await ctx.tx.many<{ credentialId: string }>(
    sql`select credential_id from passkey where identity_id = ${ctx.principal.id} order by created_at`,
  );
  const byPasskey = passkeys.length > 0 && !input.byCode;
  if (!byPasskey) await requireCodes(ctx, passkeys.length > 0);
  const options = byPasskey
    ? await generateAuthenticationOptions({
        rpID: relyingParty(edges).id,
        userVerification: 'required',
        allowCredentials: passkeys.map((p) => ({ id: p.credentialId })),
      })
    : null;
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`delete from step_up where ends_at < ${ctx.now}`);
  await ctx.tx.run(sql`
    insert into step_up (id, identity_id, signin_id, action, resource_id, challenge, asked_at, ends_at)
    values (${id}, ${ctx.principal.id}, ${ctx.origin.signinId ?? null}, ${input.action}, ${input.resourceId},
            ${options?.challenge ?? null}, ${ctx.now}, ${ctx.now}::timestamptz + make_interval(secs => ${SECONDS}))`);
  await ctx.record(permit, {
    event: stepUpAsked,
    subject: ctx.principal.id,
    data: { stepUpId: id, action: input.action, resourceId: input.resourceId },
  });
  return { challengeId: id, options };
}

async function requireCodes(ctx: Ctx, hasPasskey: boolean): Promise<void> {
  const has = await ctx.tx.maybe<{ one: number }>(
    sql`select 1 as one from signin_totp where identity_id = ${ctx.principal.id} and confirmed_at is not null`,
  );
  if (has !== undefined) return;
  throw conflict(
    'step_up.no_method',
    hasPasskey ? 'you have a passkey and no one-time codes' : 'you have neither a passkey nor one-time codes',
    hasPasskey ? 'do this in the console, where the passkey works' : 'ask the helpdesk for an enrolment link',
  );
}
