import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdIdentities, identityBack } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { addItems, leaveAsItIs, openReceipts, type LifeChange, type ReceiptItem } from '../consequences/receipts.ts';
import { queueLocks } from './store.ts';

interface Lock {
  readonly id: string;
  readonly receiptId: string;
  readonly accountId: string;
  readonly identityId: string;
  readonly name: string;
}

/**
 * What follows when somebody who was away is here again, in the transaction that says so: the accounts that were locked
 * because they were away, and no others, are opened by jobs, and a receipt lists each.
 */
export async function comeBack(ctx: Ctx, permit: Permit, back: readonly LifeChange[]): Promise<void> {
  if (back.length === 0) return;
  const ids = back.map((one) => one.identityId);
  await holdIdentities(ctx.tx, ids);
  const receipts = await openReceipts(ctx.tx, 'back', back);
  const locks = await ctx.tx.many<Lock>(sql`
    select l.id, l.receipt_id, a.id as account_id, a.identity_id, a.name || '@' || s.name as name
      from away_lock l join account a on a.id = l.account_id join system s on s.id = a.system_id
     where a.identity_id = any(${ids}::uuid[]) and l.over_at is null order by l.id for no key update of l`);
  const items: ReceiptItem[] = [];
  for (const lock of locks) {
    const receiptId = receipts.get(lock.identityId);
    if (receiptId === undefined) continue;
    await ctx.tx.run(sql`
      update away_lock set wanted = 'open', state = 'waiting', back_receipt_id = ${receiptId}, tries = 0, look_at = ${ctx.now}
       where id = ${lock.id}`);
    // Where it was not locked yet, it will not be.
    await leaveAsItIs(ctx.tx, {
      receiptId: lock.receiptId,
      what: 'account_locked',
      subjectId: lock.accountId,
      because: 'they were back before it was locked',
    });
    items.push({ receiptId, what: 'account_opened', subjectId: lock.accountId, name: lock.name, dueAt: ctx.now });
  }
  await addItems(ctx.tx, items);
  await queueLocks(
    ctx.tx,
    locks.map((l) => l.id),
  );
  await ctx.recordAll(
    permit,
    back.map((one) => ({
      event: identityBack,
      subject: one.identityId,
      data: {
        identityId: one.identityId,
        receiptId: receipts.get(one.identityId) ?? '',
        effectiveAt: one.effectiveAt.toISOString(),
        source: one.source,
      },
    })),
  );
}
