import { sql } from '#kit/db/index.ts';
import { lockOrphans } from '#govern/reconciliation/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { closeItem, noteProblems } from '../close-item.ts';
import { bySigner } from './by-signer.ts';
import type { Ending } from './ending.ts';

interface Found {
  readonly itemId: string;
  readonly kind: string;
  readonly state: string;
  readonly owned: boolean;
  readonly caseState: string | null;
  readonly problem: string | null;
  readonly settledAt: Date | null;
  readonly waits: boolean;
}

/** Accounts under review, each with the newest case of nobody's account about it. */
const lookAt = (ctx: Ctx, items: readonly Ending[]): Promise<Found[]> =>
  ctx.tx.many<Found>(sql`
    select w.item_id, a.kind, a.state, a.identity_id is not null as owned, d.state as case_state, d.problem, d.settled_at,
           exists (select from mass_change m join mass_change_item i on i.mass_change_id = m.id
                    where m.kind = 'drift' and m.state in ('held', 'applying', 'canary') and i.state = 'waiting'
                      and i.data ->> 'caseId' = d.id::text) as waits
      from unnest(${sql.array(items.map((i) => i.id))}::uuid[], ${sql.array(items.map((i) => i.accountId))}::uuid[]) as w(item_id, account_id)
      join account a on a.id = w.account_id
      left join lateral (select * from drift_case d where d.account_id = a.id and d.situation = 'orphan_account'
                          order by d.opened_at desc, d.id desc limit 1) d on true`);

const OF_MANY = 'an account of many or of a service is not locked: say who answers for it';
const HELD = 'it is part of a mass change that waits for an administrator';

/**
 * Locks accounts nobody answers for, through the guard of mass changes and with a look back at the target. One somebody
 * answers for by now is left alone: what the review asked about is so no more.
 */
export async function endAccounts(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  items: readonly Ending[],
): Promise<void> {
  const found = new Map((await lookAt(ctx, items)).map((f) => [f.itemId, f]));
  const due: Ending[] = [];
  const waiting: { item: Ending; problem: string | null }[] = [];
  for (const item of items) {
    const is = found.get(item.id);
    if (is === undefined) continue;
    if (is.owned)
      await closeItem(ctx, permit, item, {
        at: ctx.now,
        proven: false,
        because: 'somebody answers for the account by now, so it was left alone',
      });
    else if (is.state !== 'active') await closeItem(ctx, permit, item, { at: is.settledAt ?? ctx.now, proven: true });
    else if (is.kind !== 'personal' && is.kind !== 'unknown') waiting.push({ item, problem: OF_MANY });
    else if (is.caseState === 'reacting') waiting.push({ item, problem: is.problem });
    else if (is.waits) waiting.push({ item, problem: HELD });
    else if (is.caseState === 'open' && is.problem !== null) waiting.push({ item, problem: is.problem });
    else due.push(item);
  }
  await noteProblems(ctx, permit, waiting);
  for (const [by, theirs] of bySigner(due)) {
    const planned = await lockOrphans(ctx, permit, {
      accountIds: theirs.flatMap((i) => i.accountId ?? []),
      because: `revoked in the certification ${theirs[0]?.campaignName ?? ''}`,
      by,
    });
    const problem = planned?.state === 'held' ? HELD : null;
    await noteProblems(
      ctx,
      permit,
      theirs.map((item) => ({ item, problem })),
    );
  }
}
