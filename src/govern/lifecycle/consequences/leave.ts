import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import { endGrant, holdIdentities, identityLeft } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { endLocksOf } from '../away/store.ts';
import { handOver } from '../owners/hand-over.ts';
import { liveUsesOf, openAccountsOf, openGrantsOf, ownedBy } from './read-access.ts';
import { addItems, openReceipts, type LifeChange, type ReceiptItem } from './receipts.ts';

export const LOCK_ACCOUNT = 'lifecycle.lock_account';

/**
 * What follows when people have left, in the transaction that says so: every grant ends, live sessions are cut off on
 * every node, their accounts are locked by jobs, whom and what they answered for is handed over, and a receipt lists it all.
 * Sign-ins and tokens end by the event. Accounts that others use too are named, not locked: they need a new owner.
 */
export async function leave(ctx: Ctx, permit: Permit, leavers: readonly LifeChange[]): Promise<void> {
  if (leavers.length === 0) return;
  const ids = leavers.map((l) => l.identityId);
  // Whoever gives them something at this instant is waited for, and what it was ends with the rest.
  await holdIdentities(ctx.tx, ids);
  const receipts = await openReceipts(ctx.tx, 'left', leavers);
  const items: ReceiptItem[] = [];
  const add = (of: string, item: Omit<ReceiptItem, 'receiptId'>): void => {
    const receiptId = receipts.get(of);
    if (receiptId !== undefined) items.push({ receiptId, ...item });
  };
  for (const id of ids) {
    await raiseSignal(ctx.tx, { kind: 'lock_identity', subject: id, message: 'you have left' });
    add(id, { what: 'sign_ins_ended', subjectId: id, name: 'sign-ins and tokens', dueAt: ctx.now });
  }
  // Said before what follows from it, so that what they have open ends before each grant is followed up.
  for (const leaver of leavers) {
    await ctx.record(permit, {
      event: identityLeft,
      subject: leaver.identityId,
      data: {
        identityId: leaver.identityId,
        receiptId: receipts.get(leaver.identityId) ?? '',
        effectiveAt: leaver.effectiveAt.toISOString(),
        source: leaver.source,
      },
    });
  }
  for (const use of await liveUsesOf(ctx.tx, ids))
    add(use.identityId, { what: 'session_ended', subjectId: use.id, name: use.name, dueAt: ctx.now });
  for (const grant of await openGrantsOf(ctx.tx, ids)) {
    await endGrant(ctx, permit, { grantId: grant.id, because: 'left' });
    add(grant.identityId, {
      what: 'grant_ended',
      subjectId: grant.id,
      name: grant.name,
      dueAt: ctx.now,
      doneAt: ctx.now,
    });
  }
  for (const account of await openAccountsOf(ctx.tx, ids)) {
    const own = account.kind === 'personal' || account.kind === 'unknown';
    add(account.identityId, {
      what: own ? 'account_locked' : 'account_needs_owner',
      subjectId: account.id,
      name: account.name,
      dueAt: ctx.now,
    });
    const receiptId = receipts.get(account.identityId);
    if (own) await enqueue(ctx.tx, LOCK_ACCOUNT, { accountId: account.id, receiptId });
  }
  for (const owned of await ownedBy(ctx.tx, ids))
    add(owned.identityId, { what: owned.what, subjectId: owned.id, name: owned.name, dueAt: ctx.now });
  await addItems(ctx.tx, items);
  // Whoever is back after this has what is given then: nothing that an absence locked is opened again.
  await endLocksOf(ctx.tx, ids);
  await handOver(ctx, permit, { ownerIds: ids, receipts });
}
