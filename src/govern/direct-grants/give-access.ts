import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { enforceVerdict, sodVerdict } from '#spine/decide/index.ts';
import { findIdentityByUsername, getIdentity, holdIdentities, startGrant, type Identity } from '#spine/graph/index.ts';
import { defineOperation, type Ctx } from '#spine/operations/index.ts';

/** Gives access without a request. */
export const give = defineOperation({
  name: 'grants.give',
  action: 'grant.give',
  kind: 'write',
  method: 'POST',
  path: '/v1/grants',
  summary: 'Give somebody access directly, without a request: for appointing who runs Reeve, and for what cannot wait',
  description:
    'Separation of duties is enforced as everywhere. Nobody gives anything to themself or to a service they own. What was given directly already, for as long, is not given twice.',
  input: z.object({
    identity: text(200).describe('id or username'),
    entitlementId: z.uuid().optional(),
    roleId: z.uuid().optional(),
    from: instantIn.optional().describe('when it begins; absent: now'),
    until: instantIn.optional(),
    because: text(1000),
  }),
  output: z.object({ id: z.uuid(), validFrom: instantOut, validTo: instantOut.nullable() }),
  cli: { command: 'grants give', positional: ['identity'] },
  handler: async (ctx, permit, input) => {
    const identity = await whoever(ctx, input.identity);
    if (identity.id === ctx.principal.id || identity.ownerId === ctx.principal.id)
      throw denied(
        'grant.own_benefit',
        'nobody gives access to themself or to what is theirs',
        'ask another administrator, or request it',
      );
    if ((input.entitlementId === undefined) === (input.roleId === undefined)) {
      throw new AppError({
        code: 'input.invalid',
        status: 422,
        detail: 'name either an entitlement or a role',
        errors: [{ pointer: '/entitlementId', detail: 'or /roleId, and not both' }],
      });
    }
    if (input.from !== undefined && input.from < ctx.now)
      throw invalid('/from', 'lies in the past', 'leave it out to begin now');
    const what = input.roleId === undefined ? { entitlementId: input.entitlementId } : { roleId: input.roleId };
    await holdIdentities(ctx.tx, [identity.id]);
    await refuseTwice(ctx, identity, { ...what, from: input.from ?? ctx.now, until: input.until });
    const validFrom = input.from ?? ctx.now;
    const verdict = await sodVerdict(ctx.tx, identity.id, [{ ...what, validFrom, validTo: input.until ?? null }]);
    await enforceVerdict(ctx, permit, { identityId: identity.id, way: 'direct', verdict });
    return await startGrant(ctx, permit, {
      identityId: identity.id,
      ...what,
      validFrom,
      validTo: input.until,
      origin: 'admin',
      reason: input.because,
      said: 'given directly',
    });
  },
});

/** One grant is one thing to revoke: sent twice, at the same instant too, it is given once. */
async function refuseTwice(
  ctx: Ctx,
  identity: Identity,
  what: {
    readonly entitlementId?: string | undefined;
    readonly roleId?: string | undefined;
    readonly from: Date;
    readonly until: Date | undefined;
  },
): Promise<void> {
  const given = await ctx.tx.maybe<{ id: string }>(sql`
    select id from access_grant
     where identity_id = ${identity.id} and origin = 'admin' and ended_because is null
       and entitlement_id is not distinct from ${what.entitlementId ?? null}::uuid
       and role_id is not distinct from ${what.roleId ?? null}::uuid
       and valid_from <= ${what.from} and (valid_to is null or valid_to > ${what.from})
       and (valid_to is null or valid_to >= ${what.until ?? null}::timestamptz) limit 1`);
  if (given === undefined) return;
  throw conflict(
    'grant.given_already',
    `${identity.displayName} was given this already, for as long`,
    `see grant ${given.id}`,
  );
}

async function whoever(ctx: Ctx, idOrName: string): Promise<Identity> {
  const byId = z.uuid().safeParse(idOrName).success ? await getIdentity(ctx.tx, idOrName) : undefined;
  const found = byId ?? (await findIdentityByUsername(ctx.tx, idOrName));
  if (found === undefined) throw notFound('identity', idOrName);
  return found;
}
