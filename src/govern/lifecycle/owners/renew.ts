import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import type { Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts, getIdentity, holdIdentities, type Identity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { hasEnded } from './answer.ts';
import { decidingSources } from './deciding-source.ts';
import { identityRenewed } from './events.ts';
import { DAY_MS } from './model.ts';
import { readTerms } from './store.ts';

/**
 * Puts the end of a vendor, or of whatever else is no employee, later than it is. Never for oneself, never for whoever
 * answers for oneself, never further ahead than the terms allow, and not where a source that decides says the end.
 */
export async function renewIdentity(
  ctx: Ctx,
  permit: Permit<'identity.renew'>,
  input: { readonly identityId: string; readonly until: Date; readonly because: string },
): Promise<Identity> {
  await holdIdentities(ctx.tx, [input.identityId]);
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (identity === undefined) throw notFound('identity', input.identityId);
  await refuseOwn(ctx.tx, permit.principal.id, identity);
  if (identity.state === 'leaver') throw hasEnded(identity);
  if (identity.kind === 'person' && identity.contractEnd === null)
    throw conflict('renewal.has_no_end', `${identity.displayName} has no end to be renewed`);
  await refuseSourced(ctx.tx, identity);
  const { longestRenewalDays } = await readTerms(ctx.tx);
  const latest = new Date(ctx.now.getTime() + longestRenewalDays * DAY_MS);
  if (input.until > latest)
    throw invalid(
      '/until',
      `is more than ${longestRenewalDays} days ahead, which is the most at a time`,
      `choose ${latest.toISOString()} or earlier, and renew again before it`,
    );
  if (input.until <= ctx.now || (identity.contractEnd !== null && input.until <= identity.contractEnd))
    throw invalid('/until', 'is not later than the end there is', 'choose a later instant');
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change: { contractEnd: input.until } });
  await ctx.record(permit, {
    event: identityRenewed,
    subject: identity.id,
    data: {
      identityId: identity.id,
      from: identity.contractEnd?.toISOString(),
      until: input.until.toISOString(),
      because: input.because,
    },
  });
  return { ...identity, contractEnd: input.until };
}

/** The policy says it too; here it also holds for whoever answers for the one who asks, whatever policy was published. */
async function refuseOwn(tx: Tx, askerId: string, identity: Identity): Promise<void> {
  const asker = await getIdentity(tx, askerId);
  if (asker === undefined || askerId === identity.id || asker.ownerId === identity.id)
    throw denied('renewal.own', 'nobody renews themselves, or whoever answers for them', 'ask an administrator');
}

async function refuseSourced(tx: Tx, identity: Identity): Promise<void> {
  const [source] = await decidingSources(tx, identity.id);
  if (source === undefined) return;
  const says = source.endsOn === null ? 'says no last day' : `says ${source.endsOn} is the last day`;
  throw conflict(
    'renewal.source_decides',
    `${source.name} decides until when ${identity.displayName} is here, and ${says} in its row ${source.externalId}`,
    `have the last day changed in ${source.name}; it counts from the next delivery on`,
  );
}
