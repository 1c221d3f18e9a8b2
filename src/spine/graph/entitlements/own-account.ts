import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Entitlement, Risk } from '../model.ts';
import { requireSystem } from '../systems/systems.ts';
import { putEntitlement } from './put-entitlement.ts';

/** The kind of entitlement that is an account of one's own on a system, and nothing on it. */
export const OWN_ACCOUNT = 'own_account';

/**
 * Makes an account of one's own on a system something that can be granted: asked for, approved, reviewed and ended like
 * anything on it. Throws where nobody answers for the system.
 */
export const putOwnAccount = async (
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly system: string;
    readonly description?: string | undefined;
    readonly risk?: Risk | undefined;
    readonly requestable: boolean;
    readonly maxSeconds?: number | undefined;
  },
): Promise<Entitlement> => {
  const system = await requireSystem(ctx.tx, input.system);
  if (system.ownerId === null)
    throw conflict('system.nobody_answers', `nobody answers for ${system.name}`, 'name an owner of it first');
  return await putEntitlement(ctx, permit, {
    systemId: system.id,
    kind: OWN_ACCOUNT,
    nativeId: 'reeve:account',
    name: 'Account',
    description: input.description ?? `An account of one's own on ${system.name}, and nothing on it.`,
    ownerId: system.ownerId,
    risk: input.risk ?? 'low',
    requestable: input.requestable,
    ...(input.maxSeconds === undefined ? {} : { maxSeconds: input.maxSeconds }),
  });
};
