import { sql, type Tx } from '#kit/db/index.ts';
import { WHOLE } from './freeze-items.ts';
import type { Campaign } from './model.ts';
import { rowsOf } from './subjects/rows.ts';

/** What a launch would freeze and for whom, by why each is asked. */
export interface Preview {
  readonly items: number;
  /** Of these, those whose reviewer by rule is the person concerned, asked for it, or is not there. */
  readonly rerouted: number;
  /** Nobody at all could review them; they are left out. */
  readonly withoutReviewer: number;
  readonly people: number;
  readonly privileged: number;
  readonly reviewers: readonly { readonly identityId: string; readonly items: number; readonly fellTo: number }[];
  readonly routes: readonly { readonly routed: string; readonly items: number }[];
}

/** Reviewers listed; counts are of all. */
const LISTED = 500;

/** Says what a launch now would freeze, for whom, without doing it. */
export async function previewCampaign(tx: Tx, campaign: Campaign): Promise<Preview> {
  const rows = await rowsOf(tx, campaign, tx.now, WHOLE);
  const expected =
    campaign.kind === 'orphan_accounts' && campaign.reviewerRule === 'owner' ? 'system_owner' : campaign.reviewerRule;
  return await tx.one<Preview>(sql`
    with rows as materialized (select identity_id, reviewer_id, routed, privileged from (${rows}) r), asked as (
      select reviewer_id, count(*)::int as items, (count(*) filter (where routed <> ${expected}))::int as fell_to
        from rows where reviewer_id is not null group by reviewer_id
    )
    select (count(*) filter (where reviewer_id is not null))::int as items,
           (count(*) filter (where routed <> ${expected}))::int as rerouted,
           (count(*) filter (where reviewer_id is null))::int as without_reviewer,
           count(distinct identity_id)::int as people, (count(*) filter (where privileged))::int as privileged,
           coalesce((select jsonb_agg(jsonb_build_object('identityId', reviewer_id, 'items', items, 'fellTo', fell_to) order by items desc, reviewer_id)
                       from (select * from asked order by items desc, reviewer_id limit ${LISTED}) a), '[]') as reviewers,
           coalesce((select jsonb_agg(jsonb_build_object('routed', routed, 'items', n) order by n desc, routed)
                       from (select routed, count(*)::int as n from rows where routed is not null group by routed) r), '[]') as routes
      from rows`);
}
