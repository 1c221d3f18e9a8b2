import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import type { PasswordProof, PasswordProven } from '#gateways/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { passwordMisused, passwordUsed } from './events.ts';
import { facts, unfit } from './model.ts';
import { isActive, lockByHash } from './store.ts';

/**
 * The identity behind a password that a client showed, if it is good for just this; counts the use. One that is known and
 * shown for something else is on the record; one that must be in other hands is ended. The client hears the same each time.
 */
export async function redeemPassword(
  job: JobCtx,
  offer: Omit<PasswordProof, 'account'> & Pick<Partial<PasswordProof>, 'account'>,
): Promise<(PasswordProven & { readonly account: string }) | undefined> {
  const hash = hashToken(offer.password.toString('latin1'));
  // most of what is tried is no password at all: that is looked up, and nothing is written about it
  const known = await job.db.maybe<{ id: string }>(sql`select id from gateway_password where hash = ${hash}`);
  if (known === undefined) return undefined;
  return await job.act({ action: 'gateway_password.redeem' }, async (ctx, permit) => {
    const one = await lockByHash(ctx.tx, hash);
    if (one === undefined) return undefined;
    const wrong = unfit(one, offer, ctx.now);
    const active = wrong === undefined && (await isActive(ctx.tx, one.identityId, ctx.now));
    if (!active) {
      const how = wrong?.how ?? 'its holder is not active';
      if (wrong?.ends === true)
        await ctx.tx.run(
          sql`update gateway_password set ended_at = ${ctx.now}, ended_because = ${`shown ${how}`} where id = ${one.id}`,
        );
      await ctx.record(permit, {
        event: passwordMisused,
        subject: one.identityId,
        data: { ...facts(one), how, address: offer.address },
      });
      return undefined;
    }
    await ctx.tx.run(sql`
      update gateway_password set used = used + 1, address = coalesce(address, ${offer.address}) where id = ${one.id}`);
    await ctx.record(permit, {
      event: passwordUsed,
      subject: one.identityId,
      data: { ...facts(one), address: one.personAddress ?? offer.address },
    });
    return {
      identityId: one.identityId,
      account: one.accountName,
      passwordId: one.id,
      ...(one.personAddress === null ? {} : { address: one.personAddress }),
    };
  });
}
