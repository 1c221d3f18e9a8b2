import { z } from 'zod';
import { deputyAppointed } from '#govern/requests/index.ts';
import { accessWithdrawn, useEnded } from '#spine/graph/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { CLOSE, closeDue, finishClosing, settleStages } from './close-campaign.ts';
import { events } from './events.ts';
import { followMerge, followSplit } from './follow-merge.ts';
import { FREEZE, freezeCampaign } from './freeze-campaign.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
import { proveEffect } from './prove-effect.ts';
import { campaignType, itemType } from './resource-types.ts';
import { carryOnRevocations } from './reviewing/challenge.ts';
import { rerouteBarred } from './reviewing/reroute-barred.ts';
import { WEIGH, weighAdvice } from './reviewing/weigh-advice.ts';

/** Certification campaigns whose every decision ends in a proved effect. */
export const certificationsModule: Module = {
  name: 'certifications',
  operations,
  jobs: [
    defineJob({
      name: FREEZE,
      input: z.object({ campaignId: z.uuid() }),
      run: (job, { campaignId }) => freezeCampaign(job, campaignId),
    }),
    defineJob({
      name: CLOSE,
      input: z.object({ campaignId: z.uuid() }),
      run: (job, { campaignId }) => finishClosing(job, campaignId),
    }),
    defineJob({
      name: WEIGH,
      input: z.object({ campaignId: z.uuid() }),
      run: (job, { campaignId }) => weighAdvice(job, campaignId),
    }),
    defineJob({
      name: 'certifications.close_due',
      input: z.object({}).loose(),
      every: '*/5 * * * *',
      run: async (job) => {
        await settleStages(job);
        await carryOnRevocations(job);
        await closeDue(job);
      },
    }),
  ],
  reactions: [
    followMerge,
    followSplit,
    defineReaction({
      on: deputyAppointed,
      name: 'certifications.reroute_barred',
      run: (job, { data }) => rerouteBarred(job, { reviewerId: data.deputyId, identityId: data.identityId }),
    }),
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
    { action: 'campaign.reassign', resources: ['Campaign'], context: { everything: { type: 'Boolean' } } },
    { action: 'campaign.read', resources: ['Campaign'], context: { everything: { type: 'Boolean', required: false } } },
  ],
  policies,
};
