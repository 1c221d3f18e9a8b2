import { endSodException } from '#spine/decide/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { closeItem } from '../close-item.ts';
import type { Ending } from './ending.ts';

/** Ends exceptions from separated duties: from now on the conflict counts again, in every verdict. */
export async function endExceptions(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  items: readonly Ending[],
): Promise<void> {
  for (const item of items) {
    const found = await ctx.tx.one<{ id: string; validTo: Date }>(
      sql`select id, valid_to from sod_exception where id = ${item.exceptionId} for update`,
    );
    if (found.validTo > ctx.now) await endSodException(ctx, permit, found.id);
    await closeItem(ctx, permit, item, { at: found.validTo > ctx.now ? ctx.now : found.validTo, proven: true });
  }
}
