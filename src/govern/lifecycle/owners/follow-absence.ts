import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { comeBack } from '../away/come-back.ts';
import { rest } from '../away/rest.ts';
import type { LifeChange } from '../consequences/receipts.ts';
import { handOver } from './hand-over.ts';
import { takeBack } from './take-back.ts';

/** People are away for a while: what they can open is shut, and what they answered for is handed over. */
export async function goAway(ctx: Ctx, permit: Permit, resting: readonly LifeChange[]): Promise<void> {
  if (resting.length === 0) return;
  await rest(ctx, permit, resting);
  await handOver(ctx, permit, { ownerIds: resting.map((one) => one.identityId) });
}

/** People who were away are here again: what was shut is opened, and they answer again for what nobody accepted. */
export async function beBack(ctx: Ctx, permit: Permit, back: readonly LifeChange[]): Promise<void> {
  if (back.length === 0) return;
  await comeBack(ctx, permit, back);
  await takeBack(
    ctx,
    permit,
    back.map((one) => one.identityId),
  );
}
