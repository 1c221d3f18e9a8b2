import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import { holdIdentities, identityRested } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { liveUsesOf } from '../consequences/read-access.ts';
import { addItems, leaveAsItIs, openReceipts, type LifeChange, type ReceiptItem } from '../consequences/receipts.ts';
import { queueLocks } from './store.ts';

/** How far somebody is shut out. */
export interface Extent {
  /** False: only their ways through Reeve are shut, and what runs on targets goes on. Default true. */
  readonly accounts?: boolean | undefined;
  /** True: sign-ins and tokens end for good. Default false: they work again once their holder is back. */
  readonly proofsEnd?: boolean | undefined;
  /** Why, as whoever is cut off reads it. */
  readonly message?: string | undefined;
}

interface Open {
  readonly accountId: string;
  readonly identityId: string;
  readonly name: string;
}

/**
 * What follows when somebody is away for a while, on leave or suspended, in the transaction that says so: whatever they
 * have open is cut off on every node, what they have out is taken back by the event, and their accounts are locked by
 * jobs. What they have been given stays theirs; policy lets nobody use it who is not active. The receipt lists it all.
 */
export async function rest(
  ctx: Ctx,
  permit: Permit,
  resting: readonly LifeChange[],
  extent: Extent = {},
): Promise<void> {
  if (resting.length === 0) return;
  const ids = resting.map((one) => one.identityId);
  await holdIdentities(ctx.tx, ids);
  const receipts = await openReceipts(ctx.tx, 'away', resting);
  for (const id of ids)
    await raiseSignal(ctx.tx, {
      kind: 'lock_identity',
      subject: id,
      message: extent.message ?? 'you are on leave or suspended',
    });
  const items: ReceiptItem[] = [];
  for (const use of await liveUsesOf(ctx.tx, ids)) {
    const receiptId = receipts.get(use.identityId);
    if (receiptId !== undefined)
      items.push({ receiptId, what: 'session_ended', subjectId: use.id, name: use.name, dueAt: ctx.now });
  }
  if (extent.proofsEnd === true)
    for (const [id, receiptId] of receipts)
      items.push({ receiptId, what: 'sign_ins_ended', subjectId: id, name: 'sign-ins and tokens', dueAt: ctx.now });
  if (extent.accounts !== false) items.push(...(await lockAccounts(ctx, ids, receipts)));
  await addItems(ctx.tx, items);
  await ctx.recordAll(
    permit,
    resting.map((one) => ({
      event: identityRested,
      subject: one.identityId,
      data: {
        identityId: one.identityId,
        receiptId: receipts.get(one.identityId) ?? '',
        effectiveAt: one.effectiveAt.toISOString(),
        source: one.source,
        proofsEnd: extent.proofsEnd === true,
      },
    })),
  );
}

/** Has the accounts of these identities locked; the items say so on their receipts. */
export async function lockAccounts(
  ctx: Ctx,
  ids: readonly string[],
  receipts: ReadonlyMap<string, string>,
): Promise<ReceiptItem[]> {
  const { tx } = ctx;
  const open = (await openOf(tx, ids)).flatMap((account) => {
    const receiptId = receipts.get(account.identityId);
    return receiptId === undefined ? [] : [{ ...account, receiptId, id: newId(ctx.now.getTime()) }];
  });
  if (open.length === 0) return [];
  // One that was about to be opened again is the same lock, which goes on.
  const opening = await tx.many<{ receiptId: string; accountId: string }>(sql`
    select back_receipt_id as receipt_id, account_id from away_lock
     where account_id = any(${open.map((o) => o.accountId)}::uuid[]) and over_at is null and back_receipt_id is not null`);
  for (const { receiptId, accountId } of opening)
    await leaveAsItIs(tx, {
      receiptId,
      what: 'account_opened',
      subjectId: accountId,
      because: 'they were away again before it was opened',
    });
  const locks = await tx.many<{ id: string }>(sql`
    insert into away_lock as l (id, account_id, receipt_id, wanted, look_at)
    select r.id, r.account_id, r.receipt_id, 'locked', ${tx.now}
      from jsonb_to_recordset(${sql.json(
        open.map((o) => ({ id: o.id, account_id: o.accountId, receipt_id: o.receiptId })),
      )}::jsonb) as r(id uuid, account_id uuid, receipt_id uuid)
    on conflict (account_id) where over_at is null do update
      set wanted = 'locked', state = 'waiting', receipt_id = excluded.receipt_id, back_receipt_id = null, tries = 0,
          look_at = excluded.look_at
    returning id`);
  await queueLocks(
    tx,
    locks.map((l) => l.id),
  );
  return open.map((o) => ({
    receiptId: o.receiptId,
    what: 'account_locked',
    subjectId: o.accountId,
    name: o.name,
    dueAt: ctx.now,
  }));
}

/**
 * Accounts that let these identities in, or are about to again. One that others use too stays as it is, and so does a
 * service account of a person, which something else runs under.
 */
const openOf = async (tx: Tx, ids: readonly string[]): Promise<Open[]> =>
  await tx.many<Open>(sql`
    select a.id as account_id, a.identity_id, a.name || '@' || s.name as name
      from account a join system s on s.id = a.system_id join identity i on i.id = a.identity_id
     where a.identity_id = any(${[...ids]}::uuid[])
       and (a.kind in ('personal', 'unknown') or a.kind = 'service' and i.kind <> 'person')
       and (a.state = 'active'
            or a.state = 'locked' and exists (select from away_lock l where l.account_id = a.id and l.over_at is null))
     order by a.identity_id, a.id`);
