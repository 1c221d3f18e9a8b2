import { isConstraint, sql } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { AppError, denied, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { requireOpen } from '#spine/calendars/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import {
  needsSecondPerson,
  refuseAgainstTerms,
  refuseWhileOut,
  type Said,
  type TicketPattern,
} from './checkout/meet-terms.ts';
import { useAgreement } from './checkout/second-person.ts';
import { termsOf } from './checkout/terms.ts';
import { checkoutEnded, checkoutStarted } from './events.ts';
import type { Checkout } from './model.ts';
import { openVersion } from './seal-version.ts';
import { checkoutById, findSecret, lockSecret } from './store.ts';

/** A value somebody takes out. */
export interface TakenOut {
  readonly checkoutId: string;
  readonly username: string | null;
  readonly value: string;
  readonly endsAt: Date;
  /** True where it is not shown again. */
  readonly once: boolean;
}

/**
 * Gives a value to a person for a time, on the terms the secret is under. Where a second person had to agree, what they
 * agreed to holds: its reason, its ticket, at most its time. Two at the same instant for one that is exclusive: one
 * gets it, the other hears who has it and until when.
 */
export async function checkOut(
  keys: Keys,
  ctx: Ctx,
  permit: Permit<'secret.checkout'>,
  input: Said & { readonly id: string },
  ticketPattern?: TicketPattern,
): Promise<TakenOut> {
  const secret = await lockSecret(ctx.tx, input.id);
  if (secret.kind === 'totp_seed')
    throw denied(
      'secret.gives_codes',
      `${secret.name} gives codes, its seed is shown to nobody`,
      `reeve vault code ${secret.id}`,
    );
  const closesAt = await requireOpen(ctx.tx, ctx.principal.id);
  await refuseWhenLocked(ctx.tx, ctx.now, {
    accountId: secret.accountId ?? undefined,
    systemId: secret.systemId ?? undefined,
  });
  const terms = await termsOf(ctx.tx, secret);
  const agreed = needsSecondPerson(terms, ctx.principal.id) ? await useAgreement(ctx, secret) : undefined;
  const said: Said =
    agreed === undefined
      ? input
      : {
          reason: agreed.reason,
          ticket: agreed.ticket ?? undefined,
          seconds: Math.min(agreed.seconds, input.seconds),
        };
  refuseAgainstTerms(secret, terms, said, ticketPattern);
  await refuseWhileOut(ctx, secret, terms.shared);
  const opened = await openVersion(keys, ctx.tx, secret, { state: 'current' });
  const id = newId(ctx.now.getTime());
  const wanted = new Date(ctx.now.getTime() + said.seconds * 1000);
  const endsAt = closesAt !== null && closesAt < wanted ? closesAt : wanted;
  try {
    await ctx.tx.run(sql`
      insert into secret_checkout
        (id, secret_id, version, identity_id, reason, ticket, shared, showing, rotate_after, ask_id, started_at, ends_at)
      values (${id}, ${secret.id}, ${opened.version}, ${ctx.principal.id}, ${said.reason ?? null},
              ${said.ticket ?? null}, ${terms.shared}, ${terms.showing}, ${terms.rotateAfter}, ${agreed?.id ?? null},
              ${ctx.now}, ${endsAt})`);
  } catch (error) {
    if (isConstraint(error, 'secret_is_out_once') || isConstraint(error, 'secret_is_out_once_to_each')) {
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
      reason: said.reason,
      ticket: said.ticket,
      approvedBy: agreed?.decidedBy ?? undefined,
      endsAt: endsAt.toISOString(),
    },
  });
  const value = opened.value.toString('utf8');
  opened.value.fill(0);
  return { checkoutId: id, username: opened.username, value, endsAt, once: terms.showing === 'copy_once' };
}

/**
 * Gives a secret back. A second check-in changes nothing. Rotation follows from the event, which names the account once
 * the last who had it gave it back, where one of them took it on terms that change it afterwards.
 */
export async function checkIn(
  ctx: Ctx,
  permit: Permit,
  input: { readonly checkout: Checkout; readonly because: string },
): Promise<boolean> {
  const { checkout } = input;
  const secret = await lockSecret(ctx.tx, checkout.secretId).catch(() => findSecret(ctx.tx, checkout.secretId));
  const changed = await ctx.tx.run(sql`
    update secret_checkout set ended_at = ${ctx.now}, ended_because = ${input.because} where id = ${checkout.id} and ended_at is null`);
  if (changed === 0) return false;
  const { due } = await ctx.tx.one<{ due: boolean }>(sql`
    select not coalesce(bool_or(ended_at is null), false) and coalesce(bool_or(rotate_after), false) as due
      from secret_checkout where secret_id = ${checkout.secretId} and version = ${checkout.version}`);
  await ctx.record(permit, {
    event: checkoutEnded,
    subject: checkout.identityId,
    data: {
      secretId: checkout.secretId,
      name: secret?.name ?? checkout.secretId,
      version: checkout.version,
      checkoutId: checkout.id,
      identityId: checkout.identityId,
      accountId: due ? (secret?.accountId ?? undefined) : undefined,
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
