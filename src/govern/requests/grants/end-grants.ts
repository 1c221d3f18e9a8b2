import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { endGrant, getGrant, refuseLastAdministrator, type Grant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

const required = async (tx: Tx, id: string): Promise<Grant> => {
  const grant = await getGrant(tx, id);
  if (grant === undefined) throw notFound('grant', id);
  return grant;
};

/** The holder gives access back before its time. */
export const giveBack = async (
  ctx: Ctx,
  permit: Permit<'grant.give_back' | 'grant.ask_removal'>,
  grantId: string,
): Promise<Grant> => {
  const grant = await required(ctx.tx, grantId);
  if (grant.origin === 'birthright')
    throw conflict(
      'grant.follows_from_a_rule',
      'this access follows from a rule and would come back',
      'ask the owner of the rule to change it',
    );
  await refuseLastAdministrator(ctx.tx, grant);
  return await endGrant(ctx, permit, { grantId, because: 'given back' });
};

/** Somebody in charge ends access, saying why. */
export const endAccess = async (
  ctx: Ctx,
  permit: Permit<'grant.end'>,
  input: { readonly id: string; readonly because: string },
): Promise<Grant> => {
  const grant = await required(ctx.tx, input.id);
  await refuseLastAdministrator(ctx.tx, grant);
  return await endGrant(ctx, permit, { grantId: input.id, because: input.because, said: 'ended by who is in charge' });
};
