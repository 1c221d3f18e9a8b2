import { sql } from '#kit/db/index.ts';
import type { CedarValue, ResourceType } from '#spine/operations/index.ts';

const identity = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });

/** A campaign, as policy sees it. */
export const campaignType: ResourceType = {
  type: 'Campaign',
  attributes: {
    state: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity' },
    reviewers: { type: 'Set', element: { type: 'Entity', name: 'Identity' } },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; state: string; createdBy: string; reviewers: string[] }>(sql`
      select c.id, c.state, c.created_by, coalesce((select array_agg(r.reviewer_id) from campaign_reviewer r where r.campaign_id = c.id and r.items > 0), '{}') as reviewers
      from campaign c where c.id = any(${ids}::uuid[])`);
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        { state: row.state, owner: identity(row.createdBy), reviewers: row.reviewers.map(identity) },
      ]),
    );
  },
};

/** An item under review, as policy sees it. */
export const itemType: ResourceType = {
  type: 'CampaignItem',
  attributes: {
    holder: { type: 'Entity', name: 'Identity', required: false },
    reviewer: { type: 'Entity', name: 'Identity' },
    owner: { type: 'Entity', name: 'Identity' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string | null; reviewerId: string; createdBy: string }>(sql`
      select i.id, i.identity_id, i.reviewer_id, c.created_by from campaign_item i join campaign c on c.id = i.campaign_id
      where i.id = any(${ids}::uuid[])`);
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        {
          ...(row.identityId === null ? {} : { holder: identity(row.identityId) }),
          reviewer: identity(row.reviewerId),
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
