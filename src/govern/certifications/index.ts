import { sql } from '#kit/db/index.ts';
import { accessWithdrawn, useEnded } from '#spine/graph/index.ts';
import { defineReaction, type CedarValue, type Module, type ResourceType } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { followMerge, followSplit } from './follow-merge.ts';
import { operations } from './operations.ts';
import { proveEffect } from './prove-effect.ts';

const identity = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });

const campaignType: ResourceType = {
  type: 'Campaign',
  attributes: {
    state: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity' },
    reviewers: { type: 'Set', element: { type: 'Entity', name: 'Identity' } },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; state: string; createdBy: string; reviewers: string[] }>(sql`
      select c.id, c.state, c.created_by, coalesce((select array_agg(distinct i.reviewer_id) from campaign_item i where i.campaign_id = c.id), '{}') as reviewers
      from campaign c where c.id = any(${ids}::uuid[])`);
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        { state: row.state, owner: identity(row.createdBy), reviewers: row.reviewers.map(identity) },
      ]),
    );
  },
};

const itemType: ResourceType = {
  type: 'CampaignItem',
  attributes: {
    holder: { type: 'Entity', name: 'Identity' },
    reviewer: { type: 'Entity', name: 'Identity' },
    owner: { type: 'Entity', name: 'Identity' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; reviewerId: string; createdBy: string }>(sql`
      select i.id, i.identity_id, i.reviewer_id, c.created_by from campaign_item i join campaign c on c.id = i.campaign_id
      where i.id = any(${ids}::uuid[])`);
    return new Map(
      rows.map((row): [string, Record<string, CedarValue>] => [
        row.id,
        { holder: identity(row.identityId), reviewer: identity(row.reviewerId), owner: identity(row.createdBy) },
      ]),
    );
  },
};

const policies = `
@id("certifications.owners_build_and_run_campaigns")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"campaign.create", Reeve::Action::"campaign.launch", Reeve::Action::"campaign.close"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer"]) };

@id("certifications.reviewers_find_their_campaigns")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.list", resource)
when { principal.state == "active" && !context.everything };

@id("certifications.overseers_see_all_campaigns")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer", "auditor"]) };

@id("certifications.reviewers_read_what_they_review")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.read", resource is Reeve::Campaign)
when { principal.state == "active" && resource.reviewers.contains(principal) && !(context has everything && context.everything) };

@id("certifications.overseers_read_campaigns")
permit (principal is Reeve::Identity, action in [Reeve::Action::"campaign.read", Reeve::Action::"campaign_item.read"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer", "auditor"]) };

@id("certifications.reviewers_decide")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"campaign_item.read", Reeve::Action::"campaign_item.decide"],
  resource is Reeve::CampaignItem
)
when { principal.state == "active" && resource.reviewer == principal };

@id("certifications.reviewers_sign")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.sign", resource is Reeve::Campaign)
when { principal.state == "active" && resource.reviewers.contains(principal) };

@id("certifications.nobody_decides_their_own_access")
forbid (principal is Reeve::Identity, action == Reeve::Action::"campaign_item.decide", resource is Reeve::CampaignItem)
when { resource.holder == principal };

@id("certifications.reeve_notes_effects")
permit (principal == Reeve::Component::"certifications", action == Reeve::Action::"campaign_item.note_effect", resource);
`;

/** Certification campaigns whose every decision ends in a proved effect. */
export const certificationsModule: Module = {
  name: 'certifications',
  operations,
  reactions: [
    followMerge,
    followSplit,
    defineReaction({
      on: accessWithdrawn,
      name: 'certifications.note_withdrawal',
      run: (job, event) =>
        job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
          for (const { grantId } of event.data.grants)
            await proveEffect(ctx, permit, { grantId, at: event.at, proven: event.data.proven });
        }),
    }),
    defineReaction({
      on: useEnded,
      name: 'certifications.note_session_end',
      run: async (job, event) => {
        await job.act({ action: 'campaign_item.note_effect' }, async (ctx, permit) => {
          for (const grantId of event.data.grantIds)
            await proveEffect(ctx, permit, { grantId, at: event.at, sessionEnded: true });
        });
      },
    }),
  ],
  events,
  resources: [campaignType, itemType],
  actions: [
    { action: 'campaign.list', resources: ['Platform'], context: { everything: { type: 'Boolean' } } },
    { action: 'campaign.read', resources: ['Campaign'], context: { everything: { type: 'Boolean', required: false } } },
  ],
  policies,
};
