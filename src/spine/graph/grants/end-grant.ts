import { conflict } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { grantAlreadyEnded, inWords } from '../errors.ts';
import { grantEnded, grantShortened, reasonOf } from '../events.ts';
import type { Grant } from '../model.ts';
import { lockGrant } from './read-grants.ts';
import { grantEventData } from './start-grant.ts';

/** Why a grant ends; with `said`, events say that in clear and `because`, in somebody's own words, is personal. */
interface Why {
  readonly because: string;
  readonly said?: string | undefined;
}

/**
 * Ends a grant: at once, at an earlier instant `at` (what was found out late), or at a later one, which only shortens
 * it until then. An end that has already passed stays where it was: a lapse is carried out at its own time, however
 * late the worker is. Throws `grant.already_ended`.
 */
export async function endGrant(
  ctx: Ctx,
  permit: Permit,
  input: Why & { readonly grantId: string; readonly at?: Date | undefined },
): Promise<Grant> {
  const grant = await lockGrant(ctx.tx, input.grantId);
  if (grant.endedBecause !== null) throw grantAlreadyEnded(grant.id);
  const asked = input.at ?? ctx.now;
  if (asked > ctx.now) return await changeGrantEnd(ctx, permit, { ...input, validTo: asked });
  const last = grant.validTo !== null && grant.validTo < asked ? grant.validTo : asked;
  const validTo = last < grant.validFrom ? grant.validFrom : last;
  await ctx.tx.run(
    sql`update access_grant set valid_to = ${validTo}, ended_because = ${input.because} where id = ${grant.id}`,
  );
  await ctx.record(permit, {
    event: grantEnded,
    subject: grant.identityId,
    data: await grantEventData(ctx.tx, grant, reasonOf(input.because, input.said)),
  });
  return { ...grant, validTo, endedBecause: input.because };
}

/** Moves the end of a grant earlier. Later is refused: more time is a new grant with its own approval. */
export async function changeGrantEnd(
  ctx: Ctx,
  permit: Permit,
  input: Why & { readonly grantId: string; readonly validTo: Date },
): Promise<Grant> {
  const grant = await lockGrant(ctx.tx, input.grantId);
  if (grant.endedBecause !== null) throw grantAlreadyEnded(grant.id);
  if (input.validTo <= ctx.now)
    return await endGrant(ctx, permit, { grantId: grant.id, because: input.because, said: input.said });
  if (grant.validTo !== null && input.validTo > grant.validTo)
    throw conflict('graph.grant_end_never_moves_later', 'the end of a grant never moves later', 'ask for a new grant');
  await inWords(() => ctx.tx.run(sql`update access_grant set valid_to = ${input.validTo} where id = ${grant.id}`));
  await ctx.record(permit, {
    event: grantShortened,
    subject: grant.identityId,
    data: {
      ...(await grantEventData(ctx.tx, grant, reasonOf(input.because, input.said))),
      validTo: input.validTo.toISOString(),
    },
  });
  return { ...grant, validTo: input.validTo };
}
