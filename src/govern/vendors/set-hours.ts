import { denied } from '#kit/errors/index.ts';
import { PLATFORM, type Decide, type Permit } from '#spine/decide/index.ts';
import {
  accessHoursIn,
  accessHoursOf,
  isWithin,
  setAccessHours,
  type AccessHours,
  type SaidHours,
} from '#spine/calendars/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requireVendor } from './end-vendor.ts';

/**
 * Says when somebody from outside may come in; no hours: at any time. Their sponsor makes it less than it is; more is not theirs to give, since
 * those who approved saw the hours there were. Throws `vendor.hours_widened`.
 */
export const setVendorHours = async (
  ctx: Ctx,
  permit: Permit<'vendor.set_hours'>,
  decide: Decide,
  input: SaidHours & { readonly id: string },
): Promise<AccessHours | null> => {
  await requireVendor(ctx, input.id);
  const next = input.hours.length === 0 ? null : await accessHoursIn(ctx.tx, input);
  const before = (await accessHoursOf(ctx.tx, [input.id])).get(input.id);
  if (before !== undefined && (next === null || !isWithin(next, before))) await requireWidening(ctx, decide);
  await setAccessHours(ctx, permit, input.id, next);
  return next;
};

const requireWidening = async (ctx: Ctx, decide: Decide): Promise<void> => {
  const may = await decide.may(ctx.tx, {
    principal: ctx.principal,
    action: 'vendor.widen_hours',
    resource: PLATFORM,
  });
  if (!may.allowed)
    throw denied(
      'vendor.hours_widened',
      'these hours allow what those there are do not, and those who approved saw only these',
      'ask an administrator or a security officer to widen them',
    );
};
