import { z } from 'zod';
import { AppError, denied, notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { refuseWhenBlocked, sodVerdict } from '#spine/decide/index.ts';
import { findIdentityByUsername, getIdentity, holdIdentities, startGrant, type Identity } from '#spine/graph/index.ts';
import { defineOperation, type Ctx, type Module } from '#spine/operations/index.ts';

const give = defineOperation({
  name: 'grants.give',
  action: 'grant.give',
  kind: 'write',
  method: 'POST',
  path: '/v1/grants',
  summary: 'Give somebody access directly, without a request: for appointing who runs Reeve, and for what cannot wait',
  description:
    'Separation of duties is enforced as everywhere. Nobody gives anything to themself or to a service they own.',
  input: z.object({
    identity: text(200).describe('id or username'),
    entitlementId: z.uuid().optional(),
    roleId: z.uuid().optional(),
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
    const what = input.roleId === undefined ? { entitlementId: input.entitlementId } : { roleId: input.roleId };
    await holdIdentities(ctx.tx, [identity.id]);
    refuseWhenBlocked(
      await sodVerdict(ctx.tx, identity.id, [{ ...what, validFrom: ctx.now, validTo: input.until ?? null }]),
    );
    return await startGrant(ctx, permit, {
      identityId: identity.id,
      ...what,
      validTo: input.until,
      origin: 'admin',
      reason: input.because,
      said: 'given directly',
    });
  },
});

async function whoever(ctx: Ctx, idOrName: string): Promise<Identity> {
  const byId = z.uuid().safeParse(idOrName).success ? await getIdentity(ctx.tx, idOrName) : undefined;
  const found = byId ?? (await findIdentityByUsername(ctx.tx, idOrName));
  if (found === undefined) throw notFound('identity', idOrName);
  return found;
}

const policies = `
@id("direct_grants.administrators_give")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.give", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };
`;

/** Access given directly by an administrator, on the record and under separation of duties. */
export const directGrantsModule: Module = { name: 'direct-grants', operations: [give], policies };
