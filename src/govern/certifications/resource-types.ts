import { sql } from '#kit/db/index.ts';
import { deputiesInReviews } from '#govern/requests/index.ts';
import type { CedarValue, ResourceType } from '#spine/operations/index.ts';
import { speakerOf } from './reviewing/challenge.ts';
import { standIns } from './reviewing/stand-ins.ts';

const identity = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });

/** A campaign, as policy sees it. */
export const campaignType: ResourceType = {
  type: 'Campaign',
  attributes: {
    state: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity' },
    reviewers: { type: 'Set', element: { type: 'Entity', name: 'Identity' } },
    /** Those who stand in for one of them now. */
    deputies: { type: 'Set', element: { type: 'Entity', name: 'Identity' } },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{
      id: string;
      state: string;
      createdBy: string;
      reviewers: string[];
      deputies: string[];
    }>(
      sql.aboutIds(
        'certifications.campaign_as_resource',
        ids,
        (are) => sql`
      select c.id, c.state, c.created_by,
             coalesce((select array_agg(r.reviewer_id) from campaign_reviewer r where r.campaign_id = c.id and r.items > 0), '{}') as reviewers,
             array(select distinct d.deputy_id from ${deputiesInReviews(tx.now)} d join campaign_reviewer r on r.reviewer_id = d.identity_id
                    where r.campaign_id = c.id and r.items > 0) as deputies
        from campaign c where ${are(sql`c.id`)}`,
      ),
    );
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        {
          state: row.state,
          owner: identity(row.createdBy),
          reviewers: row.reviewers.map(identity),
          deputies: row.deputies.map(identity),
        },
      ]),
    );
  },
};

interface ItemRow {
  readonly id: string;
  readonly identityId: string | null;
  readonly reviewerId: string;
  readonly createdBy: string;
  readonly speaker: string | null;
  readonly deputies: string[];
}

/** An item under review, as policy sees it. */
export const itemType: ResourceType = {
  type: 'CampaignItem',
  attributes: {
    holder: { type: 'Entity', name: 'Identity', required: false },
    reviewer: { type: 'Entity', name: 'Identity' },
    /** Those who may decide it in the name of the reviewer now. */
    deputies: { type: 'Set', element: { type: 'Entity', name: 'Identity' } },
    /** The holder, or who answers for a program; nobody for what is no one's. */
    speaker: { type: 'Entity', name: 'Identity', required: false },
    owner: { type: 'Entity', name: 'Identity' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<ItemRow>(
      sql.aboutIds(
        'certifications.item_as_resource',
        ids,
        (are) => sql`
      select i.id, i.identity_id, i.reviewer_id, c.created_by, ${speakerOf(tx.now)} as speaker,
             array(select distinct s.deputy_id from (${standIns(tx.now, are(sql`i.id`))}) s where s.item_id = i.id) as deputies
        from campaign_item i join campaign c on c.id = i.campaign_id
       where ${are(sql`i.id`)}`,
      ),
    );
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        {
          ...(row.identityId === null ? {} : { holder: identity(row.identityId) }),
          ...(row.speaker === null ? {} : { speaker: identity(row.speaker) }),
          reviewer: identity(row.reviewerId),
          deputies: row.deputies.map(identity),
          owner: identity(row.createdBy),
        },
      ]),
    );
  },
};

/** A campaign that is launched again and again, as policy sees it. */
export const scheduleType: ResourceType = {
  type: 'CampaignSchedule',
  attributes: { owner: { type: 'Entity', name: 'Identity' } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; createdBy: string }>(
      sql`select id, created_by from campaign_schedule where id = any(${ids}::uuid[])`,
    );
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [row.id, { owner: identity(row.createdBy) }]),
    );
  },
};
