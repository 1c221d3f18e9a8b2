import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Range } from '../freeze-items.ts';
import { itemId } from '../item-id.ts';
import { subjectOf, type Subject } from '../model.ts';
import type { Seat, Seated } from '../reviewing/seated.ts';
import { rowsOf } from './rows.ts';

/** Where an item names what it is about. */
const NAMED: Readonly<Record<Exclude<Subject, 'grant'>, { readonly column: Sql; readonly same: Sql }>> = {
  role_content: { column: sql`role_content_id`, same: sql`k.role_content_id = x.subject_id` },
  account: { column: sql`account_id`, same: sql`k.subject = 'account' and k.account_id = x.subject_id` },
  exception: { column: sql`exception_id`, same: sql`k.exception_id = x.subject_id` },
  holding: {
    column: sql`account_id`,
    same: sql`k.subject = 'holding' and k.account_id = x.account_id and k.entitlement_id = x.entitlement_id`,
  },
};

/**
 * Freezes a range of what is no grant, as `placeItems` does grants: the same ids and rows for the same instant. What
 * changed since it was last kept is what stands beside it now and did not then.
 */
export async function placeSubjects(
  tx: Tx,
  campaign: Seated,
  at: Date,
  range: Range,
  seat: Seat,
): Promise<{ items: number; withoutReviewer: number }> {
  const subject = subjectOf(campaign);
  if (subject === 'grant') throw new Error('grants are frozen by placeItems');
  const { column, same } = NAMED[subject];
  const named = subject === 'holding' ? sql`x.account_id` : sql`x.subject_id`;
  return await tx.one(sql`
    with found as materialized (${await rowsOf(tx, campaign, at, range)}),
    x as (
      select found.*, ${campaign.frozen}::bigint + row_number() over (order by subject_id) as n from found where reviewer_id is not null
    ), again as (
      select x.subject_id, k.signed_at, k.decided_by, d.changes from x
       cross join lateral (
         select k.signed_at, k.decided_by, k.evidence from campaign_item k
          where ${same} and k.state = 'kept' and k.signed_at <= ${at} order by k.signed_at desc limit 1) k
       cross join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('what', key, 'was', o.value, 'is', s.value) order by key), '[]') as changes
           from jsonb_each_text((x.evidence - 'about' - 'runs') || (x.evidence -> 'about')) s
           full join jsonb_each_text((k.evidence - 'about' - 'runs') || (k.evidence -> 'about')) o using (key)
          where o.value is distinct from s.value) d
    ), made as (
      insert into campaign_item (id, campaign_id, subject, ${column}, ${subject === 'holding' ? sql`entitlement_id, ` : sql``}identity_id, stage, seat, state, reviewer_id, routed, what, evidence,
                                 last_kept_at, last_kept_by, changes, unchanged)
      select ${itemId(campaign, at, sql`x.subject_id`, seat)}, ${campaign.id}, ${subject}, ${named}, ${subject === 'holding' ? sql`x.entitlement_id, ` : sql``}x.identity_id, ${seat.stage}::smallint, ${seat.seat}::smallint,
             ${seat.stage === 1 ? 'open' : 'waiting'}, x.reviewer_id, x.routed, x.what, x.evidence,
             a.signed_at, a.decided_by, coalesce(a.changes, '[]'), ${campaign.delta} and a.signed_at is not null and a.changes = '[]'
        from x left join again a on a.subject_id = x.subject_id
      on conflict do nothing returning 1
    )
    select (select count(*)::int from made) as items, (select count(*)::int from found where reviewer_id is null) as without_reviewer`);
}
