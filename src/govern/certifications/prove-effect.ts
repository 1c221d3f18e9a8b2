import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { openTasksOfGrant } from '#govern/provisioning/index.ts';
import { listUses } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemClosed } from './events.ts';
import { revokingItemsOf } from './read-items.ts';

const since = (from: Date | null, to: Date): number => (from === null ? 0 : Math.max(0, to.getTime() - from.getTime()));

/**
 * Looks whether what was revoked is gone: every target read back, every session that rested on it over. Then the
 * item closes with the measured times; until then it stays visible as revoking. Runs after each step, in any order.
 */
export async function proveEffect(
  ctx: Ctx,
  permit: Permit,
  step: { readonly grantId: string; readonly at: Date; readonly sessionEnded?: boolean; readonly proven?: boolean },
): Promise<void> {
  for (const item of await revokingItemsOf(ctx.tx, step.grantId)) {
    const ms = since(item.signedAt, step.at);
    const sessionsEndedMs = step.sessionEnded === true ? Math.max(ms, item.sessionsEndedMs ?? 0) : item.sessionsEndedMs;
    const effectMs = step.proven === undefined ? item.effectMs : Math.max(ms, item.effectMs ?? 0);
    const proven = step.proven === undefined ? item.proven : step.proven && item.proven !== false;
    await ctx.tx.run(sql`
      update campaign_item set sessions_ended_ms = ${sessionsEndedMs}, effect_ms = ${effectMs}, proven = ${proven} where id = ${item.id}`);
    const live = (await listUses(ctx.tx, { grantId: item.grantId, live: true, limit: 1 })).length > 0;
    if (effectMs === null || proven === null || live || (await openTasksOfGrant(ctx.tx, item.grantId)) > 0) continue;
    await ctx.tx.run(sql`update campaign_item set state = 'revoked', closed_at = ${ctx.now} where id = ${item.id}`);
    await ctx.record(permit, {
      event: itemClosed,
      subject: item.identityId,
      data: {
        campaignId: item.campaignId,
        itemId: item.id,
        grantId: item.grantId,
        effectMs,
        sessionsEndedMs: sessionsEndedMs ?? undefined,
        proven,
      },
    });
  }
}
