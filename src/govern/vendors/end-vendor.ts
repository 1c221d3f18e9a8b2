import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { endNow } from '#govern/lifecycle/index.ts';
import { vendorEnded } from './events.ts';

/**
 * Ends somebody from outside at once: sessions and grants end, accounts are locked, a receipt lists it all. Throws
 * `vendor.is_no_vendor`.
 */
export const endVendor = async (
  ctx: Ctx,
  permit: Permit<'vendor.end'>,
  input: { readonly id: string; readonly because: string },
): Promise<void> => {
  await requireVendor(ctx, input.id);
  await endNow(ctx, permit, { identityId: input.id, because: input.because });
  await ctx.record(permit, {
    event: vendorEnded,
    subject: input.id,
    data: { identityId: input.id, because: input.because },
  });
};

/** Throws `vendor.is_no_vendor` for whoever is nobody from outside. */
export const requireVendor = async (ctx: Ctx, id: string): Promise<void> => {
  const identity = await getIdentity(ctx.tx, id);
  if (identity?.kind !== 'vendor')
    throw conflict('vendor.is_no_vendor', 'they are nobody from outside', 'see who is: reeve vendors ls');
};
