import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { leave } from './leave.ts';

/**
 * Carries out once more all that follows from leaving, for somebody who has left already: for accounts that were found
 * to be theirs only later, and for people who had left before Reeve knew them. What is done already stays done.
 */
export async function finishLeaving(
  ctx: Ctx,
  permit: Permit<'leaver.finish'>,
  input: { readonly id: string; readonly because: string },
): Promise<void> {
  const person = await getIdentity(ctx.tx, input.id);
  if (person === undefined) throw notFound('identity', input.id);
  if (person.state !== 'leaver')
    throw conflict('leaver.has_not_left', `${person.displayName} has not left`, 'end what should end one by one');
  await leave(ctx, permit, [{ identityId: person.id, effectiveAt: person.validFrom, because: input.because }]);
}
