import type { Permit } from '#spine/decide/port.ts';
import { identityJoined, identityMoved, identityReturned } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { takeBack } from '../owners/take-back.ts';
import { openGrantsOf } from './read-access.ts';
import { tellManagers } from './tell.ts';
import { addItems, openReceipts, type LifeChange } from './receipts.ts';

/** People whose first day has come, or who are back: a receipt and an event each. Birthright follows on its own. Returns the receipts by identity. */
export async function join(
  ctx: Ctx,
  permit: Permit,
  what: 'joined' | 'returned',
  joiners: readonly LifeChange[],
): Promise<ReadonlyMap<string, string>> {
  const receipts = await openReceipts(ctx.tx, what, joiners);
  await ctx.recordAll(
    permit,
    joiners.map((joiner) => ({
      event: what === 'joined' ? identityJoined : identityReturned,
      subject: joiner.identityId,
      data: {
        identityId: joiner.identityId,
        receiptId: receipts.get(joiner.identityId) ?? '',
        effectiveAt: joiner.effectiveAt.toISOString(),
        source: joiner.source,
      },
    })),
  );
  if (what === 'returned')
    await takeBack(
      ctx,
      permit,
      joiners.map((joiner) => joiner.identityId),
    );
  return receipts;
}

/**
 * People who work elsewhere now: a receipt with all they have, for their manager to look through. What birthright
 * starts and ends is added to it; what stays is listed as kept. Without `tell` their managers are not asked to.
 */
export async function move(
  ctx: Ctx,
  permit: Permit,
  movers: readonly (LifeChange & { readonly changed: readonly string[] })[],
  options: { readonly tell: boolean } = { tell: true },
): Promise<void> {
  const receipts = await openReceipts(ctx.tx, 'moved', movers);
  const grants = await openGrantsOf(
    ctx.tx,
    movers.map((m) => m.identityId),
  );
  await addItems(
    ctx.tx,
    grants.flatMap((g) => {
      const receiptId = receipts.get(g.identityId);
      return receiptId === undefined ? [] : [{ receiptId, what: 'grant_kept', subjectId: g.id, name: g.name } as const];
    }),
  );
  if (options.tell)
    await tellManagers(
      ctx,
      permit,
      grants.filter((g) => g.origin !== 'birthright'),
    );
  await ctx.recordAll(
    permit,
    movers.map((mover) => ({
      event: identityMoved,
      subject: mover.identityId,
      data: {
        identityId: mover.identityId,
        receiptId: receipts.get(mover.identityId) ?? '',
        effectiveAt: mover.effectiveAt.toISOString(),
        source: mover.source,
        changed: [...mover.changed],
      },
    })),
  );
}
