import type { Keys } from '#kit/crypto/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { needsSecondPerson, refuseAgainstTerms, type Said, type TicketPattern } from '../checkout/meet-terms.ts';
import { useAgreement } from '../checkout/second-person.ts';
import { termsOf } from '../checkout/terms.ts';
import { openVersion } from '../seal-version.ts';
import { lockSecret } from '../store.ts';
import { secretCodeGiven } from './events.ts';
import { totpOf } from './read-totp-seed.ts';

/** Gives the one-time code of now, on the terms the seed is under. The seed itself goes to nobody. */
export async function giveCode(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: Omit<Said, 'seconds'> & { readonly id: string },
  ticketPattern: TicketPattern,
): Promise<{ code: string; validUntil: Date }> {
  const secret = await lockSecret(ctx.tx, input.id);
  if (secret.kind !== 'totp_seed')
    throw conflict('secret.gives_no_codes', `${secret.name} is no seed of one-time codes`, 'check it out instead');
  await refuseWhenLocked(ctx.tx, ctx.now, {
    accountId: secret.accountId ?? undefined,
    systemId: secret.systemId ?? undefined,
  });
  const terms = await termsOf(ctx.tx, secret);
  const agreed = needsSecondPerson(terms, ctx.principal.id) ? await useAgreement(ctx, secret) : undefined;
  const reason = agreed?.reason ?? input.reason;
  const ticket = agreed?.ticket ?? input.ticket;
  refuseAgainstTerms(secret, terms, { reason, ticket, seconds: 0 }, ticketPattern);
  const opened = await openVersion(keys, ctx.tx, secret, { state: 'current' });
  const totp = totpOf(opened.value.toString('utf8'));
  opened.value.fill(0);
  const timestamp = ctx.now.getTime();
  await ctx.record(permit, {
    event: secretCodeGiven,
    subject: ctx.principal.id,
    data: {
      secretId: secret.id,
      name: secret.name,
      version: opened.version,
      identityId: ctx.principal.id,
      reason,
      ticket,
      approvedBy: agreed?.decidedBy ?? undefined,
    },
  });
  return { code: totp.generate({ timestamp }), validUntil: new Date(timestamp + totp.remaining({ timestamp })) };
}
