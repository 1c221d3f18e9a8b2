import { AppError, conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getGrant, type Grant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { planApprovals } from './approvers/plan-approvals.ts';
import { giveBack } from './grants/end-grants.ts';
import { loadTargets } from './lines/find-targets.ts';
import { openRequest } from './open-request.ts';
import { readPolicy } from './store.ts';

/** What became of it: one's own access ended at once, another's waits for its owner. */
export type RemovalAsked = { readonly ended: Grant } | { readonly requestId: string };

/**
 * Asks that access be taken away. One's own ends at once. Another's is a request: whoever answers for what is held
 * decides, never who asked nor who holds it, and the grant ends with that decision.
 */
export const askRemoval = async (
  ctx: Ctx,
  permit: Permit<'grant.ask_removal'>,
  input: {
    readonly grantId: string;
    readonly reason: string;
    readonly ticket?: string | undefined;
    readonly startsAt?: Date | undefined;
  },
): Promise<RemovalAsked> => {
  const grant = await getGrant(ctx.tx, input.grantId);
  if (grant === undefined) throw notFound('grant', input.grantId);
  if (grant.endedBecause !== null)
    throw conflict('grant.already_ended', `this access has ended already: ${grant.endedBecause}`);
  if (grant.identityId === ctx.principal.id) return { ended: await giveBack(ctx, permit, grant.id) };
  if (grant.origin === 'birthright')
    throw conflict(
      'grant.follows_from_a_rule',
      'this access follows from a rule and would come back',
      'ask the owner of the rule to change it',
    );
  const targetId = grant.entitlementId ?? grant.roleId ?? '';
  const targets = await loadTargets(ctx.tx, {
    entitlementIds: grant.entitlementId === null ? [] : [targetId],
    roleIds: grant.roleId === null ? [] : [targetId],
  });
  const target = targets.get(targetId);
  if (target === undefined)
    throw new AppError({ code: 'grant.not_found', status: 404, detail: 'there is no such grant' });
  const ask = { requesterId: ctx.principal.id, beneficiaryId: grant.identityId };
  const steps = await planApprovals(ctx.tx, ask, [{ target, rule: { when: {}, steps: ['owner'] } }]);
  const request = await openRequest(ctx, permit, {
    ...ask,
    orderId: null,
    startsAt: input.startsAt ?? null,
    reason: input.reason,
    ticket: input.ticket ?? null,
    policy: await readPolicy(ctx.tx),
    lines: [{ asked: {}, target, takesGrantId: grant.id, sod: [] }],
    steps,
    duties: [],
  });
  return { requestId: request.id };
};
