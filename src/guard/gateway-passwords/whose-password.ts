import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import type { PasswordProof } from '#gateways/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { unfit } from './model.ts';
import { redeemPassword } from './redeem-password.ts';
import { lockByHash } from './store.ts';

/**
 * Whom a password that a client showed signs in, if it is good for just this; nothing is counted. One that is known and
 * shown for something else is as misused as where it is redeemed.
 */
export async function whosePassword(
  job: JobCtx,
  offer: Omit<PasswordProof, 'account'>,
): Promise<{ readonly person: string; readonly account: string } | undefined> {
  const hash = hashToken(offer.password.toString('latin1'));
  const found = await job.db.tx(async (tx) => {
    const one = await lockByHash(tx, hash);
    if (one === undefined) return undefined;
    if (unfit(one, offer, tx.now) !== undefined) return 'misused';
    const facts = await tx.maybe<{ displayName: string }>(
      sql`select display_name from identity_facts where identity_id = ${one.identityId} order by valid_from desc limit 1`,
    );
    return facts === undefined ? undefined : { person: facts.displayName, account: one.accountName };
  });
  if (found !== 'misused') return found;
  await redeemPassword(job, offer);
  return undefined;
}
