import { enforceVerdict, sodVerdictOnUse } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Account } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { heldByAccount, type JustifyingGrant } from './store.ts';

/** Separation of duties at the door: what a session rests on is judged as if it came now, and as used beside what was used lately. */
export async function refuseWhenDutiesMeet(
  ctx: Ctx,
  permit: Permit,
  identityId: string,
  { account, grants }: { readonly account: Account; readonly grants: readonly JustifyingGrant[] },
): Promise<void> {
  const proposed = grants.map((g) => ({
    ...(g.entitlementId === null ? {} : { entitlementId: g.entitlementId }),
    ...(g.roleId === null ? {} : { roleId: g.roleId }),
    validFrom: ctx.now,
    validTo: g.validTo,
  }));
  // As their own account they use all that it holds on its target, however it came there.
  const own = account.identityId === identityId;
  const used = own ? await heldByAccount(ctx.tx, account.id) : [];
  const held = used.map((entitlementId) => ({ entitlementId, validFrom: ctx.now, validTo: null }));
  const verdict = await sodVerdictOnUse(ctx.tx, identityId, [...proposed, ...held], {
    apart: { grantIds: grants.map((g) => g.grantId), holdings: own ? [{ accountId: account.id }] : [] },
  });
  await enforceVerdict(ctx, permit, { identityId, way: 'session', verdict });
}
