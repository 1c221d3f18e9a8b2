import { sql } from '#kit/db/index.ts';
import { decideCases, removeHoldings } from '#govern/reconciliation/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { closeItem, noteProblems } from '../close-item.ts';
import { bySigner } from './by-signer.ts';
import type { Ending } from './ending.ts';

interface Found {
  readonly itemId: string;
  readonly held: boolean;
  readonly granted: boolean;
  readonly settledAt: Date | null;
}

const lookAt = (ctx: Ctx, items: readonly Ending[]): Promise<Found[]> =>
  ctx.tx.many<Found>(sql`
    select i.id as item_id,
           exists (select from holding h join account a on a.id = h.account_id
                    where h.account_id = i.account_id and h.entitlement_id = i.entitlement_id and h.valid_to is null and a.valid_to is null) as held,
           exists (select from access_grant g where g.identity_id = i.identity_id and g.entitlement_id = i.entitlement_id
                      and g.ended_because is null and g.valid_from > i.signed_at) as granted,
           (select d.settled_at from drift_case d where d.account_id = i.account_id and d.entitlement_id = i.entitlement_id
               and d.situation = 'out_of_band' order by d.opened_at desc limit 1) as settled_at
      from campaign_item i where i.id = any(${sql.array(items.map((i) => i.id))}::uuid[])`);

/** Takes what nobody granted off its target, and closes what was read back to be gone. */
export async function endHoldings(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  items: readonly Ending[],
): Promise<void> {
  const found = new Map((await lookAt(ctx, items)).map((f) => [f.itemId, f]));
  const still: Ending[] = [];
  for (const item of items) {
    const is = found.get(item.id);
    if (is?.held === false) await closeItem(ctx, permit, item, { at: is.settledAt ?? ctx.now, proven: true });
    else if (is?.granted === true)
      await closeItem(ctx, permit, item, { at: ctx.now, proven: false, because: 'it was granted since, and stays' });
    else still.push(item);
  }
  for (const [by, theirs] of bySigner(still)) {
    const removals = await removeHoldings(ctx, permit, {
      holdings: theirs.map((i) => ({ accountId: i.accountId ?? '', entitlementId: i.entitlementId ?? '' })),
      because: `revoked in the certification ${theirs[0]?.campaignName ?? ''}`,
      by,
    });
    const why = (item: Ending): string | null =>
      removals.find((r) => r.accountId === item.accountId && r.entitlementId === item.entitlementId)?.problem ?? null;
    await noteProblems(
      ctx,
      permit,
      theirs.map((item) => ({ item, problem: why(item) })),
    );
  }
}

/** How long back what was kept is looked for. */
const LATELY = sql`interval '7 days'`;

/**
 * What a reviewer kept though nobody granted it becomes a grant, so that somebody answers for it; separation of duties
 * says the same to that as to a request, and where it says no the case of drift stays open.
 */
export async function adoptKept(job: JobCtx): Promise<void> {
  const kept = await job.db.many<{ caseId: string; campaignName: string; by: string }>(sql`
    select d.id as case_id, c.name as campaign_name, i.decided_by as by
      from campaign_item i join campaign c on c.id = i.campaign_id
      join drift_case d on d.account_id = i.account_id and d.entitlement_id = i.entitlement_id and d.situation = 'out_of_band'
     where i.subject = 'holding' and i.state = 'kept' and i.signed_at > ${job.clock.now()}::timestamptz - ${LATELY}
       and c.kind = 'event' and d.state = 'open' and d.decided_by is null order by d.id limit 500`);
  for (const [by, theirs] of bySigner(kept))
    await job.act({ action: 'campaign_item.end' }, async (ctx, permit) => {
      await decideCases(ctx, permit, {
        ids: theirs.map((k) => k.caseId),
        reaction: 'adopt',
        because: `kept in the certification ${theirs[0]?.campaignName ?? ''}`,
        by,
      });
    });
}
