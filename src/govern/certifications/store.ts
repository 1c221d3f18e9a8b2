import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Campaign } from './model.ts';

const campaignColumns = sql`c.id, c.name, c.kind, c.scope, c.reviewer_rule, c.state, c.delta, c.no_response, c.due_at, c.created_by,
  c.launched_at, c.frozen_at, c.upto, c.frozen, c.without_reviewer, c.closed_at, c.opened_by, c.schedule_id,
  jsonb_build_object('stages', c.stages, 'reciprocal', c.reciprocal, 'holdFrom', c.hold_from, 'canaries', c.canaries,
    'challengeDays', c.challenge_days, 'challengePrivileged', c.challenge_privileged) as review`;

export const findCampaign = (tx: Queryable, id: string): Promise<Campaign | undefined> =>
  tx.maybe<Campaign>(sql`select ${campaignColumns} from campaign c where c.id = ${id}`);

/** Locks a campaign against launch, sign and close at the same time. Throws `campaign.not_found`. */
export async function lockCampaign(tx: Queryable, id: string): Promise<Campaign> {
  const found = await tx.maybe<Campaign>(sql`select ${campaignColumns} from campaign c where c.id = ${id} for update`);
  if (found === undefined) throw notFound('campaign', id);
  return found;
}

/** Holds a campaign open while many decide in it at once: it cannot be closed meanwhile. */
export async function holdCampaign(tx: Queryable, id: string): Promise<Campaign> {
  const found = await tx.maybe<Campaign>(sql`select ${campaignColumns} from campaign c where c.id = ${id} for share`);
  if (found === undefined) throw notFound('campaign', id);
  return found;
}

/** How far a campaign is, or one reviewer in it. */
export interface Progress {
  readonly total: number;
  readonly open: number;
  readonly decided: number;
  readonly kept: number;
  readonly revoking: number;
  readonly revoked: number;
  readonly unanswered: number;
}

const progress = (campaignId: Sql, reviewerId: string | null): Sql => sql`
  select coalesce(sum(items), 0)::int as total, coalesce(sum(open), 0)::int as open, coalesce(sum(decided), 0)::int as decided,
    coalesce(sum(kept), 0)::int as kept, coalesce(sum(revoking), 0)::int as revoking, coalesce(sum(revoked), 0)::int as revoked,
    coalesce(sum(unanswered), 0)::int as unanswered
  from campaign_reviewer where campaign_id = ${campaignId} and (${reviewerId}::uuid is null or reviewer_id = ${reviewerId})`;

export const progressOf = (tx: Queryable, campaignId: string, reviewerId: string | null = null): Promise<Progress> =>
  tx.one<Progress>(progress(sql`${campaignId}::uuid`, reviewerId));

export async function listCampaigns(
  tx: Queryable,
  input: {
    readonly cursor?: string | undefined;
    readonly limit: number;
    readonly reviewers?: readonly string[] | undefined;
  },
): Promise<{ items: (Campaign & Progress)[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Campaign & Progress>(sql`
    select ${campaignColumns}, p.* from campaign c cross join lateral (${progress(sql`c.id`, null)}) p
    where (${after}::uuid is null or c.id < ${after})
      and (${input.reviewers === undefined}
           or exists (select 1 from campaign_reviewer r where r.campaign_id = c.id and r.reviewer_id = any(${sql.array([...(input.reviewers ?? [])])}::uuid[]) and r.items > 0))
    order by c.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}
