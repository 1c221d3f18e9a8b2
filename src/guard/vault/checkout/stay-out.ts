import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Checkout } from '../model.ts';
import { openVersion } from '../seal-version.ts';
import { lockSecret } from '../store.ts';
import { checkoutExtended, checkoutShown } from './events.ts';
import { needsSecondPerson, refuseInjectOnly } from './meet-terms.ts';
import { termsOf } from './terms.ts';

/** Throws `checkout.over` for what is back or whose time is over. */
function refuseOver(ctx: Ctx, checkout: Checkout): void {
  if (checkout.endedAt === null && checkout.endsAt > ctx.now) return;
  throw conflict('checkout.over', 'this checkout has ended already', 'check the secret out again');
}

/** Moves the end of a checkout, as often as the terms let and never past their longest time from now. */
export async function extendCheckout(
  ctx: Ctx,
  permit: Permit,
  input: { readonly checkout: Checkout; readonly seconds: number; readonly reason: string },
): Promise<Checkout> {
  const { checkout } = input;
  const secret = await lockSecret(ctx.tx, checkout.secretId);
  const terms = await termsOf(ctx.tx, secret);
  refuseOver(ctx, checkout);
  refuseInjectOnly(secret, terms);
  if (needsSecondPerson(terms, ctx.principal.id))
    throw denied(
      'checkout.needs_second_person',
      'what a second person agreed to ends when they agreed it would',
      'check it in, and ask for another checkout',
    );
  if (input.seconds > terms.longestSeconds)
    throw invalid('/seconds', `may be ${terms.longestSeconds} at most for ${secret.name}`, 'ask for less');
  const endsAt = new Date(ctx.now.getTime() + input.seconds * 1000);
  if (endsAt <= checkout.endsAt)
    throw invalid('/seconds', 'ends no later than it does already', 'ask for more, or leave it');
  const extended = await ctx.tx.run(sql`
    update secret_checkout set ends_at = ${endsAt}, extended = extended + 1
     where id = ${checkout.id} and ended_at is null and ends_at > ${ctx.now} and extended < ${terms.extensions}`);
  if (extended === 0)
    throw conflict(
      'checkout.extended_enough',
      `${secret.name} may be kept longer ${terms.extensions} times`,
      'check it in, and out again',
    );
  await ctx.record(permit, {
    event: checkoutExtended,
    subject: checkout.identityId,
    data: {
      secretId: secret.id,
      name: secret.name,
      checkoutId: checkout.id,
      identityId: checkout.identityId,
      endsAt: endsAt.toISOString(),
      reason: input.reason,
    },
  });
  return { ...checkout, endsAt, extended: checkout.extended + 1 };
}

/** Shows the value again to whoever has it out: the version they took. Given once, it is not given again. */
export async function showAgain(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  checkout: Checkout,
): Promise<{ username: string | null; value: string }> {
  const secret = await lockSecret(ctx.tx, checkout.secretId);
  refuseOver(ctx, checkout);
  await refuseWhenLocked(ctx.tx, ctx.now, {
    accountId: secret.accountId ?? undefined,
    systemId: secret.systemId ?? undefined,
  });
  const terms = await termsOf(ctx.tx, secret);
  refuseInjectOnly(secret, terms);
  if (checkout.showing === 'copy_once' || terms.showing === 'copy_once')
    throw denied(
      'checkout.given_once',
      `${secret.name} is given once, and you have had it`,
      'check it in; it is changed, and can be taken out again',
    );
  const opened = await openVersion(keys, ctx.tx, secret, { version: checkout.version });
  await ctx.record(permit, {
    event: checkoutShown,
    subject: checkout.identityId,
    data: {
      secretId: secret.id,
      name: secret.name,
      version: checkout.version,
      checkoutId: checkout.id,
      identityId: checkout.identityId,
    },
  });
  const value = opened.value.toString('utf8');
  opened.value.fill(0);
  return { username: opened.username, value };
}
