import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { ADMIN_ROLES, endGrants, getGrant, refuseLastAdministrator, whoCouldReach } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemClosed } from './events.ts';
import type { Campaign } from './model.ts';
import type { NamedGrant } from './said.ts';

/** An item whose access is to end. */
export interface ToRevoke extends NamedGrant {
  readonly identityId: string;
}

/** The grants that make somebody an administrator of Reeve, directly or by a role. */
export const administeringGrants = async (tx: Tx): Promise<ReadonlySet<string>> =>
  new Set((await whoCouldReach(tx, { entitlementId: ADMIN_ROLES.administrator })).map((a) => a.sourceId));

/**
 * Ends the grants of items, here and now, and from their events follow the sessions' end and the withdrawal on the
 * target. An item stays revoking until that is proved; where the grant ended by itself meanwhile, there is nothing left
 * to take away and it is revoked at once.
 */
export async function revokeItems(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  items: readonly ToRevoke[],
  because: string,
): Promise<void> {
  if (items.length === 0) return;
  const grants = sql.array(items.map((i) => i.grantId));
  const over = new Set(
    (
      await ctx.tx.many<{ id: string }>(
        sql`select id from access_grant where id = any(${grants}::uuid[]) and ended_because is not null`,
      )
    ).map((g) => g.id),
  );
  const gone = items.filter((i) => over.has(i.grantId));
  const going = items.filter((i) => !over.has(i.grantId));
  await ctx.tx.run(sql`
    update campaign_item set state = 'revoked', signed_at = ${ctx.now}, closed_at = ${ctx.now}, effect_ms = 0, proven = true
     where id = any(${sql.array(gone.map((i) => i.itemId))}::uuid[])`);
  await ctx.recordAll(
    permit,
    gone.map(({ itemId, grantId, identityId }) => ({
      event: itemClosed,
      subject: identityId,
      data: { campaignId: campaign.id, itemId, grantId, effectMs: 0, proven: true },
    })),
  );
  await ctx.tx.run(sql`
    update campaign_item set state = 'revoking', signed_at = ${ctx.now} where id = any(${sql.array(going.map((i) => i.itemId))}::uuid[])`);
  const administering = await administeringGrants(ctx.tx);
  // One at a time, so that of two last administrators the second is refused.
  for (const { grantId } of going.filter((i) => administering.has(i.grantId))) {
    const grant = await getGrant(ctx.tx, grantId);
    if (grant !== undefined) await refuseLastAdministrator(ctx.tx, grant);
    await endGrants(ctx, permit, { because, grants: [{ grantId }] });
  }
  await endGrants(ctx, permit, { because, grants: going.map(({ grantId }) => ({ grantId })) });
}
