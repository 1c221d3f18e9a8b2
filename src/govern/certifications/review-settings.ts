import { sql, type Sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { HAVE_CANARIES } from './reviewing/canaries-of-others.ts';
import { subjectOf, type Campaign, type CampaignScope, type ReviewerRule, type ReviewSettings } from './model.ts';

/** Columns of a campaign that say how it is reviewed, in the order of `reviewValues`. */
export const reviewColumns = sql`stages, reciprocal, hold_from, canaries, challenge_days, challenge_privileged`;
export const reviewValues = (review: ReviewSettings): Sql => sql`
  ${review.stages === null ? null : sql.json(review.stages)}::jsonb, ${review.reciprocal}, ${review.holdFrom}, ${review.canaries},
  ${review.challengeDays}, ${review.challengePrivileged}`;

/** Refuses settings that cannot be met by a campaign of that kind, whoever or whatever launches it; `at` is where they are said. */
export function refuseUnfitReview(
  of: Pick<Campaign, 'kind' | 'openedBy'> & {
    readonly reviewerRule: ReviewerRule;
    readonly review: ReviewSettings;
    readonly reviewerId: CampaignScope['reviewerId'];
  },
  at: { readonly review: string; readonly reviewerId: string },
): void {
  const named = of.reviewerRule === 'named' || (of.review.stages ?? []).some((s) => s.by.includes('named'));
  if (named && of.reviewerId === undefined)
    throw invalid(at.reviewerId, 'is needed when the reviewer is named', 'name a reviewer, or choose manager or owner');
  if (of.review.canaries > 0 && !HAVE_CANARIES.includes(subjectOf(of)))
    throw invalid(
      `${at.review}/canaries`,
      'are lines about access known not to be there, and whether an account is there anybody sees',
      'leave them out',
    );
}
