import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { facts } from './ask-lease.ts';
import { leaseEnding } from './events.ts';
import type { Lease } from './model.ts';
import { queueWork } from './queue-work.ts';
import { getTemplate, grantsOfEntitlement, runningLeases } from './store.ts';

/** Says that a lease is over: the row, the event and the work on the target in one commit. The first reason stands. */
export async function endLease(ctx: Ctx, permit: Permit, lease: Lease, because: string): Promise<boolean> {
  const changed = await ctx.tx.run(sql`
    update lease set state = 'ending', ending_because = ${because}, ending_at = ${ctx.now}, sealed_password = null
     where id = ${lease.id} and state in ('asked', 'live')`);
  if (changed === 0) return false;
  await ctx.record(permit, { event: leaseEnding, subject: lease.identityId, data: { ...facts(lease), because } });
  await queueWork(ctx.tx, lease.id);
  return true;
}

/** Grants ended or became another thing: leases end that nothing carries any more; others rest on what is left. */
export async function endLeasesWithoutGrant(
  ctx: Ctx,
  permit: Permit,
  grantIds: readonly string[],
  because: string,
): Promise<void> {
  for (const lease of await runningLeases(ctx.tx, { grantIds })) {
    const template = await getTemplate(ctx.tx, lease.templateId);
    const left =
      template === undefined
        ? []
        : await grantsOfEntitlement(ctx.tx, { identityId: lease.identityId, entitlementId: template.entitlementId });
    if (left.length === 0) await endLease(ctx, permit, lease, because);
    else
      await ctx.tx.run(
        sql`update lease set grant_ids = ${sql.array(left.map((g) => g.grantId))}::uuid[] where id = ${lease.id}`,
      );
  }
}

/** Ends whatever somebody has: they left, are away or are another now. */
export async function endLeasesOfIdentity(
  ctx: Ctx,
  permit: Permit,
  identityId: string,
  because: string,
): Promise<void> {
  for (const lease of await runningLeases(ctx.tx, { identityId })) await endLease(ctx, permit, lease, because);
}
