import { TargetError, type Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { applyAccountReading } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { findingRemovalFailed, findingRemoved } from '../events.ts';
import { askLook } from '../looks/ask-look.ts';
import { getFinding } from '../store.ts';

/**
 * Takes a privilege away on its target, reads the account back, and asks for another look, which proves it: the finding
 * is gone when it is no longer found, not when somebody said so. A target that is away is tried again with every tick.
 * Safe to run twice.
 */
export async function carryOutRemoval(targets: Targets, job: JobCtx, findingId: string): Promise<void> {
  const found = await job.db.tx((tx) => getFinding(tx, findingId));
  if (found === undefined || found.state === 'gone' || found.underway !== 'remove' || found.entitlement === null)
    return;
  const { systemId, kind, entitlement } = found;
  try {
    const { changed, look } = await targets.use(systemId, async (connector, target) => {
      const done = await connector.apply(target, { do: 'revoke', account: found.nativeId, entitlement });
      return { changed: done.changed, look: await connector.readAccount(target, found.nativeId) };
    });
    await job.act({ action: 'finding.carry_out' }, async (ctx, permit) => {
      await applyAccountReading(ctx, permit, { systemId, name: found.nativeId, found: look });
      await ctx.tx.run(sql`update finding set problem = null where id = ${findingId}`);
      await ctx.record(permit, { event: findingRemoved, data: { findingId, systemId, kind, changed } });
      await askLook(ctx, permit, { systemId });
    });
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    if (error instanceof TargetError && error.retry) {
      await job.db.run(sql`update finding set problem = ${problem} where id = ${findingId}`);
      return;
    }
    await job.act({ action: 'finding.carry_out' }, async (ctx, permit) => {
      await ctx.tx.run(sql`update finding set underway = null, problem = ${problem} where id = ${findingId}`);
      await ctx.record(permit, { event: findingRemovalFailed, data: { findingId, systemId, kind, problem } });
    });
  }
}
