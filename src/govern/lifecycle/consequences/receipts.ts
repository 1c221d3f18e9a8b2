import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';

export type ReceiptKind = 'joined' | 'moved' | 'left' | 'returned' | 'away' | 'back';
export type ItemKind =
  | 'grant_started'
  | 'grant_blocked'
  | 'grant_kept'
  | 'grant_ended'
  | 'grant_ends_later'
  | 'account_locked'
  | 'account_opened'
  | 'account_left_as_is'
  | 'account_needs_owner'
  | 'session_ended'
  | 'sign_ins_ended'
  | 'handed_over'
  | 'entitlement_needs_owner'
  | 'system_needs_owner';

/** A change in somebody's working life, as it is acted on. */
export interface LifeChange {
  readonly identityId: string;
  /** Since when it is true. */
  readonly effectiveAt: Date;
  /** Why, in words: `hr says so in row E1042`. */
  readonly because: string;
  /** The record that said so, for instance `hr E1042`. */
  readonly source?: string | undefined;
  readonly runId?: string | undefined;
}

export interface ReceiptItem {
  readonly receiptId: string;
  readonly what: ItemKind;
  /** The grant, account, session, entitlement, system or identity it is about. */
  readonly subjectId: string;
  readonly name: string;
  readonly dueAt?: Date | undefined;
  readonly doneAt?: Date | undefined;
  readonly problem?: string | undefined;
}

/** Opens a receipt for each change; returns their ids by identity. */
export async function openReceipts(
  tx: Tx,
  what: ReceiptKind,
  changes: readonly LifeChange[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map(changes.map((c) => [c.identityId, newId(tx.now.getTime())]));
  if (changes.length === 0) return ids;
  const rows = changes.map((c) => ({
    id: ids.get(c.identityId),
    identity_id: c.identityId,
    because: c.because,
    run_id: c.runId,
    effective_at: c.effectiveAt,
  }));
  await tx.run(sql`
    insert into lifecycle_receipt (id, identity_id, what, because, run_id, effective_at, at)
    select id, identity_id, ${what}, because, run_id, effective_at, ${tx.now}
      from jsonb_to_recordset(${sql.json(rows)}::jsonb)
        as r(id uuid, identity_id uuid, because text, run_id uuid, effective_at timestamptz)`);
  return ids;
}

/** Writes items; one that is there already stays as it is. */
export async function addItems(tx: Tx, items: readonly ReceiptItem[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map((i) => ({
    receipt_id: i.receiptId,
    what: i.what,
    subject_id: i.subjectId,
    name: i.name,
    due_at: i.dueAt,
    done_at: i.doneAt,
    problem: i.problem,
  }));
  await tx.run(sql`
    insert into receipt_item (receipt_id, what, subject_id, name, due_at, done_at, problem)
    select receipt_id, what, subject_id, name, due_at, done_at, problem
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(receipt_id uuid, what text, subject_id uuid, name text,
           due_at timestamptz, done_at timestamptz, problem text)
    on conflict on constraint receipt_item_pk do nothing`);
}

/** Notes that an open item came to its end; on the target where `proven`. Later news does not overwrite the first. */
export const settleItems = async (
  tx: Tx,
  input: {
    readonly what: readonly ItemKind[];
    readonly subjectId: string;
    readonly receiptId?: string | undefined;
    readonly proven: boolean;
  },
): Promise<number> =>
  await tx.run(sql`
    update receipt_item
       set done_at = coalesce(done_at, ${tx.now}), problem = null,
           proven_at = case when ${input.proven}::boolean then coalesce(proven_at, ${tx.now}) else proven_at end
     where subject_id = ${input.subjectId} and what = any(${[...input.what]}::text[])
       and (${input.receiptId ?? null}::uuid is null or receipt_id = ${input.receiptId ?? null}::uuid)
       and (done_at is null or ${input.proven}::boolean and proven_at is null)`);

/** Notes why an item is not done yet. */
export const noteProblem = async (
  tx: Tx,
  input: { readonly receiptId: string; readonly what: ItemKind; readonly subjectId: string; readonly problem: string },
): Promise<void> => {
  await tx.run(sql`
    update receipt_item set problem = ${input.problem}
     where receipt_id = ${input.receiptId} and what = ${input.what} and subject_id = ${input.subjectId} and done_at is null`);
};

/** Notes that nothing is done to an account after all, and why. */
export const leaveAsItIs = async (
  tx: Tx,
  input: { readonly receiptId: string; readonly what: ItemKind; readonly subjectId: string; readonly because: string },
): Promise<void> => {
  await tx.run(sql`
    update receipt_item set what = 'account_left_as_is', problem = ${input.because}, done_at = ${tx.now}
     where receipt_id = ${input.receiptId} and what = ${input.what} and subject_id = ${input.subjectId} and done_at is null`);
};
