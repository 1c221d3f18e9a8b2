import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { openTasksOfGrant, unsettledTasksOf } from '#govern/provisioning/index.ts';
import { listUses } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { since } from './close-item.ts';
import { waysLeft } from './ending/find-ways.ts';
import { inWords } from './ending/name-ways.ts';
import { itemClosed } from './events.ts';
import { revokingItem, revokingItemsOf, type Revoking } from './read-items.ts';
import { SEE_THROUGH } from './subjects/ending.ts';

/**
 * Looks whether what was revoked is gone: every target read back, every session that rested on it over, and nothing else
 * leading to the same. Then the item closes with the measured times; until then it stays visible as revoking. Runs after
 * each step, in any order.
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
    await closeIfGone(ctx, permit, { ...item, sessionsEndedMs, effectMs, proven });
  }
}

/** Closes an item that nothing holds back any more, with the time it took until now. */
export async function closeProved(ctx: Ctx, permit: Permit, id: string): Promise<void> {
  const item = await revokingItem(ctx.tx, id);
  if (item === undefined || item.effectMs === null) return;
  // It closes later than its own grant was withdrawn where something beside it led to the same.
  const effectMs = item.problem === null ? item.effectMs : Math.max(item.effectMs, since(item.signedAt, ctx.now));
  await ctx.tx.run(sql`update campaign_item set effect_ms = ${effectMs} where id = ${id}`);
  await closeIfGone(ctx, permit, { ...item, effectMs });
}

async function closeIfGone(ctx: Ctx, permit: Permit, item: Revoking): Promise<void> {
  const { effectMs, proven, sessionsEndedMs } = item;
  if (effectMs === null || proven === null || item.grantId === null) return;
  for (const grantId of [item.grantId, ...item.ends])
    if ((await listUses(ctx.tx, { grantId, live: true, limit: 1 })).length > 0) return;
  if ((await openTasksOfGrant(ctx.tx, item.grantId)) > 0 || (await unsettledTasksOf(ctx.tx, item.ends)) > 0) return;
  const left = proven ? await waysLeft(ctx.tx, item) : [];
  if (left.length > 0) {
    const problem = `${[...new Set(left.map(inWords))].join('; ')} still gives it`;
    await ctx.tx.run(sql`update campaign_item set problem = coalesce(problem, ${problem}) where id = ${item.id}`);
    await enqueue(ctx.tx, SEE_THROUGH, {}, { key: SEE_THROUGH });
    return;
  }
  await ctx.tx.run(
    sql`update campaign_item set state = 'revoked', closed_at = ${ctx.now}, problem = null where id = ${item.id}`,
  );
  await ctx.record(permit, {
    event: itemClosed,
    subject: item.identityId ?? undefined,
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
