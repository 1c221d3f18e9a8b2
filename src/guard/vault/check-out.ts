import { isConstraint, sql } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { AppError, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { checkoutEnded, checkoutStarted } from './events.ts';
import type { Checkout } from './model.ts';
import { openVersion } from './seal-version.ts';
import { checkoutById, findSecret, liveCheckout, lockSecret } from './store.ts';

/**
 * Shows a value to a person for a time, exclusively. Afterwards it is rotated, since somebody knows it. Two at the
 * same instant: one gets it, the other hears who has it and until when.
 */
export async function checkOut(
  keys: Keys,
  ctx: Ctx,
  permit: Permit<'secret.checkout'>,
  input: { readonly id: string; readonly reason: string; readonly seconds: number },
): Promise<{ checkoutId: string; username: string | null; value: string; endsAt: Date }> {
  const secret = await lockSecret(ctx.tx, input.id);
  if (input.seconds > secret.longestCheckoutSeconds) {
    throw invalid(
      '/seconds',
      `${secret.name} may be out for ${secret.longestCheckoutSeconds} seconds at most`,
      'ask for less',
    );
  }
  const holder = await liveCheckout(ctx.tx, secret.id);
  if (holder !== undefined) {
    const who = await getIdentity(ctx.tx, holder.identityId);
    throw new AppError({
      code: 'secret.checked_out',
      status: 409,
      detail: `${secret.name} is checked out by ${who?.displayName ?? 'somebody'} until ${holder.endsAt.toISOString()}`,
      fix: 'ask them to check it in, or wait until then',
    });
  }
  const opened = await openVersion(keys, ctx.tx, secret, { state: 'current' });
  const id = newId(ctx.now.getTime());
  const endsAt = new Date(ctx.now.getTime() + input.seconds * 1000);
  try {
    await ctx.tx.run(sql`
      insert into secret_checkout (id, secret_id, version, identity_id, reason, started_at, ends_at)
      values (${id}, ${secret.id}, ${opened.version}, ${ctx.principal.id}, ${input.reason}, ${ctx.now}, ${endsAt})`);
  } catch (error) {
    if (isConstraint(error, 'secret_is_out_once')) {
      throw new AppError({
        code: 'secret.checked_out',
        status: 409,
        detail: `${secret.name} is checked out`,
        fix: 'wait until it is back',
        cause: error,
      });
    }
    throw error;
  }
  await ctx.record(permit, {
    event: checkoutStarted,
    subject: ctx.principal.id,
    data: {
      secretId: secret.id,
      name: secret.name,
      version: opened.version,
      checkoutId: id,
      identityId: ctx.principal.id,
      accountId: secret.accountId ?? undefined,
      reason: input.reason,
      endsAt: endsAt.toISOString(),
    },
  });
  const value = opened.value.toString('utf8');
  opened.value.fill(0);
  return { checkoutId: id, username: opened.username, value, endsAt };
}

/** Gives a secret back. A second check-in changes nothing. Rotation follows from the event. */
export async function checkIn(
  ctx: Ctx,
  permit: Permit,
  input: { readonly checkout: Checkout; readonly because: string },
): Promise<boolean> {
  const { checkout } = input;
  const changed = await ctx.tx.run(sql`
    update secret_checkout set ended_at = ${ctx.now}, ended_because = ${input.because} where id = ${checkout.id} and ended_at is null`);
  if (changed === 0) return false;
  const secret = await findSecret(ctx.tx, checkout.secretId);
  await ctx.record(permit, {
    event: checkoutEnded,
    subject: checkout.identityId,
    data: {
      secretId: checkout.secretId,
      name: secret?.name ?? checkout.secretId,
      version: checkout.version,
      checkoutId: checkout.id,
      identityId: checkout.identityId,
      accountId: secret?.accountId ?? undefined,
      because: input.because,
    },
  });
  return true;
}

/** The asker's own live checkout. Somebody else's answers as if it did not exist. */
export async function ownCheckout(ctx: Ctx, id: string): Promise<Checkout> {
  const checkout = await checkoutById(ctx.tx, id);
  if (checkout === undefined || checkout.identityId !== ctx.principal.id) throw notFound('checkout', id);
  return checkout;
}
