import { sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { ADMIN_ROLES, endGrants, getGrant, refuseLastAdministrator, whoCouldReach } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { otherGrants } from './ending/find-ways.ts';
import { itemClosed } from './events.ts';
import type { Campaign, Subject } from './model.ts';
import type { NamedGrant } from './said.ts';
import { SEE_THROUGH } from './subjects/ending.ts';

/** An item whose access is to end. */
export interface ToRevoke extends NamedGrant {
  readonly identityId: string | null;
  /** Absent: a grant. */
  readonly subject?: Subject;
}

/** The grants that make somebody an administrator of Reeve, directly or by a role. */
export const administeringGrants = async (tx: Tx): Promise<ReadonlySet<string>> =>
  new Set((await whoCouldReach(tx, { entitlementId: ADMIN_ROLES.administrator })).map((a) => a.sourceId));

interface OfGrant {
  readonly itemId: string;
  readonly grantId: string;
  readonly identityId: string;
}

/**
 * Ends the grants of items, here and now, and beside each all that give its holder the same, unless the reviewer chose
 * to take it out of the roles that do; from their events follow the sessions' end and the withdrawal on the target. An
 * item stays revoking until that is proved. Where the grant ended by itself meanwhile and nothing else gives the
 * same, there is nothing left to take away and it is revoked at once. What is about something else than a grant is ended by a
 * job, which goes on until it is so.
 */
export async function revokeItems(
  ctx: Ctx,
  permit: Permit,
  campaign: Campaign,
  items: readonly ToRevoke[],
  because: string,
): Promise<void> {
  if (items.length === 0) return;
  const ofGrants = items.flatMap(({ itemId, grantId, identityId }): OfGrant[] =>
    grantId === null || identityId === null ? [] : [{ itemId, grantId, identityId }],
  );
  const over = new Set(
    (
      await ctx.tx.many<{ id: string }>(sql`
        select id from access_grant where id = any(${sql.array(ofGrants.map((i) => i.grantId))}::uuid[]) and ended_because is not null`)
    ).map((g) => g.id),
  );
  const administering = await administeringGrants(ctx.tx);
  const beside = await otherGrants(
    ctx.tx,
    ofGrants.map((i) => i.itemId),
    { spared: administering },
  );
  const isOver = (i: OfGrant): boolean => over.has(i.grantId) && !beside.has(i.itemId);
  await closeAtOnce(ctx, permit, campaign, ofGrants.filter(isOver));
  const going = items.filter((i) => !ofGrants.some((g) => g.itemId === i.itemId && isOver(g)));
  await ctx.tx.run(sql`
    update campaign_item i set state = 'revoking', signed_at = ${ctx.now},
           ends = coalesce((select array_agg(g."grantId") from jsonb_to_recordset(${sql.json(
             [...beside].flatMap(([itemId, grants]) => grants.map((grantId) => ({ itemId, grantId }))),
           )}::jsonb) as g("itemId" uuid, "grantId" uuid) where g."itemId" = i.id), '{}')
     where id = any(${sql.array(going.map((i) => i.itemId))}::uuid[])`);
  const ending = new Set(ofGrants.filter((i) => !over.has(i.grantId)).map((i) => i.grantId));
  for (const grants of beside.values()) for (const grantId of grants) ending.add(grantId);
  // One at a time, so that of two last administrators the second is refused.
  for (const grantId of [...ending].filter((id) => administering.has(id))) {
    const grant = await getGrant(ctx.tx, grantId);
    if (grant !== undefined) await refuseLastAdministrator(ctx.tx, grant);
    await endGrants(ctx, permit, { because, grants: [{ grantId }] });
  }
  await endGrants(ctx, permit, { because, grants: [...ending].map((grantId) => ({ grantId })) });
  if (going.length > 0) await enqueue(ctx.tx, SEE_THROUGH, {}, { key: SEE_THROUGH });
}

async function closeAtOnce(ctx: Ctx, permit: Permit, campaign: Campaign, gone: readonly OfGrant[]): Promise<void> {
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
}
