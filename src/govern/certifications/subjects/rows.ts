import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { frozenRows, type Range } from '../freeze-items.ts';
import { subjectOf, type Campaign } from '../model.ts';
import type { Seated } from '../reviewing/seated.ts';
import { exceptionRows } from './exception-rows.ts';
import { holdingRows } from './holding-rows.ts';
import { orphanRows } from './orphan-rows.ts';
import { roleContentRows } from './role-content-rows.ts';

/** What a campaign looks at, with each one's reviewer, as it was at an instant: the same rows whenever it is asked. */
export async function rowsOf(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  switch (subjectOf(campaign)) {
    case 'grant':
      return await frozenRows(tx, campaign, at, range);
    case 'role_content':
      return await roleContentRows(tx, campaign, at, range);
    case 'account':
      return await orphanRows(tx, campaign, at, range);
    case 'exception':
      return await exceptionRows(tx, campaign, at, range);
    case 'holding':
      return await holdingRows(tx, campaign, at, range);
  }
}

/** The ids a campaign is frozen along, in pieces. What an event or a clock wants reviewed is walked alone. */
export const piecesOf = (campaign: Pick<Campaign, 'id' | 'kind' | 'openedBy'>): Sql => {
  const subject = subjectOf(campaign);
  if (subject === 'holding') return sql`select id from review_wanted where campaign_id = ${campaign.id}`;
  if (campaign.openedBy !== null)
    return sql`select distinct grant_id from review_wanted where campaign_id = ${campaign.id}`;
  return sql`select id from ${sql.id(TABLE[subject])}`;
};

const TABLE = {
  grant: 'access_grant',
  role_content: 'role_content',
  account: 'account',
  exception: 'sod_exception',
} as const;
