import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts, getIdentity, holdIdentities, type Identity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { leave } from '../consequences/leave.ts';
import { hasEnded } from './answer.ts';
import { decidingSources } from './deciding-source.ts';

/**
 * Ends somebody from outside, or whatever else is no employee, before their time, with all that follows when somebody
 * leaves. Not where a source that decides says the end: its next delivery would let them in again.
 */
export async function endNow(
  ctx: Ctx,
  permit: Permit,
  input: { readonly identityId: string; readonly because: string },
): Promise<Identity> {
  await holdIdentities(ctx.tx, [input.identityId]);
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (identity === undefined) throw notFound('identity', input.identityId);
  if (identity.state === 'leaver') throw hasEnded(identity);
  const [source] = await decidingSources(ctx.tx, identity.id);
  if (source !== undefined)
    throw conflict(
      'renewal.source_decides',
      `${source.name} decides until when ${identity.displayName} is here`,
      `have the last day changed in ${source.name}; to shut them out now: reeve identities suspend ${identity.username ?? identity.id}`,
    );
  const change = { state: 'leaver', contractEnd: ctx.now } as const;
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change });
  await leave(ctx, permit, [{ identityId: identity.id, effectiveAt: ctx.now, because: input.because }]);
  return { ...identity, ...change };
}
