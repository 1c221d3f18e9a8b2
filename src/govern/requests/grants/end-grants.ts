import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES, endGrant, getGrant, getIdentities, whoCouldReach, type Grant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

const required = async (tx: Tx, id: string): Promise<Grant> => {
  const grant = await getGrant(tx, id);
  if (grant === undefined) throw notFound('grant', id);
  return grant;
};

/** Reeve without an administrator could not be administered again; the last one stays until there is another. */
const refuseLastAdministrator = async (tx: Tx, grant: Grant): Promise<void> => {
  const administrators = await whoCouldReach(tx, { entitlementId: ADMIN_ROLES.administrator });
  if (!administrators.some((a) => a.sourceId === grant.id)) return;
  const others = administrators.filter((a) => a.sourceId !== grant.id && a.via === 'grant').map((a) => a.identityId);
  const active = (await getIdentities(tx, others)).filter((i) => i.state === 'active');
  if (active.length === 0)
    throw conflict(
      'grant.last_administrator',
      'this is the last active administrator of Reeve',
      'appoint another first',
    );
};

/** The holder gives access back before its time. */
export const giveBack = async (ctx: Ctx, permit: Permit<'grant.give_back'>, grantId: string): Promise<Grant> => {
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
