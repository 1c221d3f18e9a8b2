import { sql, type Tx } from '#kit/db/index.ts';
import { getIdentity, holdIdentities } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { addItems, openReceipts } from '../consequences/receipts.ts';
import { lockAccounts } from './rest.ts';

/** People looked at a time; the rest is for the next minute. */
const PAGE = 500;

/**
 * Locks accounts that turned out to be somebody's, or were made for them, while they are away, and those of whoever was
 * away when Reeve got to know them. One that has been locked for this absence is left alone, whoever opened it since.
 */
export async function lockMissed(job: JobCtx): Promise<void> {
  const missed = await job.db.tx((tx) => openOfAbsent(tx, null));
  for (const { identityId } of missed) await job.act({ action: 'lifecycle.apply' }, (ctx) => lockOne(ctx, identityId));
}

async function lockOne(ctx: Ctx, identityId: string): Promise<void> {
  await holdIdentities(ctx.tx, [identityId]);
  const [still] = await openOfAbsent(ctx.tx, identityId);
  const identity = await getIdentity(ctx.tx, identityId);
  if (still === undefined || identity === undefined) return;
  const receiptId =
    still.receiptId ??
    (
      await openReceipts(ctx.tx, 'away', [
        { identityId, effectiveAt: identity.validFrom, because: 'was away when their accounts became known' },
      ])
    ).get(identityId) ??
    '';
  await addItems(ctx.tx, await lockAccounts(ctx, [identityId], new Map([[identityId, receiptId]])));
}

/**
 * Who is away and has an account open that was never locked for it. Not a program whose owner is suspended, as long as
 * somebody may still accept it: what it runs under on targets stays open until then.
 */
const openOfAbsent = async (
  tx: Tx,
  identityId: string | null,
): Promise<{ identityId: string; receiptId: string | null }[]> =>
  await tx.many(sql`
    select f.identity_id, (select r.id from lifecycle_receipt r
                            where r.identity_id = f.identity_id and r.what = 'away' order by r.id desc limit 1) as receipt_id
      from identity_facts f join identity i on i.id = f.identity_id
     where f.valid_to is null and f.state in ('leave', 'suspended') and f.valid_from <= ${tx.now}
       and (${identityId}::uuid is null or f.identity_id = ${identityId})
       and not exists (
         select from suspension s join handover h on h.id = s.handover_id
          where f.state = 'suspended' and s.identity_id = f.identity_id and s.ended_at is null and h.state <> 'lapsed'
            and not exists (select from suspension o where o.identity_id = f.identity_id and o.ended_at is null and o.handover_id is null))
       and exists (
         select from account a
          where a.identity_id = f.identity_id and a.state = 'active'
            and (a.kind in ('personal', 'unknown') or a.kind = 'service' and i.kind <> 'person')
            and not exists (select from away_lock l where l.account_id = a.id and l.over_at is null))
     order by f.identity_id limit ${PAGE}`);
