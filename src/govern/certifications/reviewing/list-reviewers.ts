import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Progress } from '../store.ts';

/** A reviewer of a campaign: how far they are, and how they decide. */
export interface ReviewerProgress extends Progress {
  readonly identityId: string;
  readonly name: string;
  /** Decisions of theirs so far, and how many of them are the same. */
  readonly decisions: number;
  readonly alike: number;
  /** Half of their decisions took no longer than this; null before there are two. */
  readonly paceMs: number | null;
  readonly canariesFound: number;
  readonly canariesMissed: number;
  readonly holds: number;
  readonly held: boolean;
}

/** Reviewers of a campaign, who has most left first. */
export async function listReviewers(
  tx: Queryable,
  input: { readonly campaignId: string; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: ReviewerProgress[]; nextCursor: string | null }> {
  const [open, id] = readCursor(input.cursor, ['n', 'id']) ?? [null, null];
  const rows = await tx.many<ReviewerProgress>(sql`
    select r.reviewer_id as identity_id, f.display_name as name, r.items as total, r.open, r.decided, r.kept, r.revoking, r.revoked, r.unanswered,
           d.decisions, d.alike, d.pace_ms, d.canaries_found, d.canaries_missed, h.holds, h.held
      from (
        select * from campaign_reviewer r
         where r.campaign_id = ${input.campaignId} and r.items > 0
           and (${id}::uuid is null or r.open < ${open}::int or (r.open = ${open}::int and r.reviewer_id > ${id}::uuid))
         order by r.open desc, r.reviewer_id limit ${input.limit + 1}) r
      join lateral (select display_name from identity_facts f where f.identity_id = r.reviewer_id order by valid_from desc limit 1) f on true
      cross join lateral (
        select count(decision)::int as decisions,
               greatest(count(*) filter (where decision = 'keep'), count(*) filter (where decision = 'revoke'))::int as alike,
               round(percentile_cont(0.5) within group (order by ms))::int as pace_ms,
               (count(*) filter (where canary_found))::int as canaries_found, (count(*) filter (where not canary_found))::int as canaries_missed
          from (select decision, canary_found, extract(epoch from decided_at - lag(decided_at) over (order by decided_at)) * 1000 as ms
                  from campaign_item i where i.campaign_id = r.campaign_id and i.reviewer_id = r.reviewer_id and i.decided_at is not null
                   and i.decided_for is null) i
      ) d
      cross join lateral (
        select count(*)::int as holds, coalesce(bool_or(outcome is null), false) as held from campaign_hold h
         where h.campaign_id = r.campaign_id and h.reviewer_id = r.reviewer_id
      ) h
     order by r.open desc, r.reviewer_id`);
  return page(rows, input.limit, (r) => [r.open, r.identityId]);
}
