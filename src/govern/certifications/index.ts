import { z } from 'zod';
import { driftSettled, driftStuck } from '#govern/reconciliation/index.ts';
import { deputyAppointed } from '#govern/requests/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { accessWithdrawn, roleChanged, useEnded } from '#spine/graph/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { CLOSE, closeDue, finishClosing, settleStages } from './close-campaign.ts';
import { events } from './events.ts';
import { followAccount, followMerge, followSplit } from './follow-merge.ts';
import { FREEZE, freezeCampaign } from './freeze-campaign.ts';
import { itemOperations } from './item-operations.ts';
import { CLOCK, runClock } from './openings/clock.ts';
import { openingReactions } from './openings/note-events.ts';
import { OPEN, openReviews } from './openings/open-reviews.ts';
import { openingOperations } from './openings/operations.ts';
import { LAUNCH_DUE, launchDue } from './openings/schedules.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
import { proveEffect } from './prove-effect.ts';
import { remindJob } from './remind-reviewers.ts';
import { campaignType, itemType, scheduleType } from './resource-types.ts';
import { carryOnRevocations } from './reviewing/challenge.ts';
import { rerouteBarred } from './reviewing/reroute-barred.ts';
import { WEIGH, weighAdvice } from './reviewing/weigh-advice.ts';
import { SEE_THROUGH } from './subjects/ending.ts';
import { seeThrough } from './subjects/see-through.ts';

/** Where a revocation waits for something else than its own grant, it is gone on with. */
async function goOnIfAnything(tx: Tx): Promise<void> {
  const { any } = await tx.one<{ any: boolean }>(sql`
    select exists (select from campaign_item where state = 'revoking' and (subject <> 'grant' or problem is not null or action is not null)) as any`);
  if (any) await enqueue(tx, SEE_THROUGH, {}, { key: SEE_THROUGH });
}

/** Certification campaigns whose every decision ends in a proved effect. */
export const certificationsModule: Module = {
  name: 'certifications',
  operations: [...operations, ...itemOperations, ...openingOperations],
  jobs: [
    remindJob,
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
      name: SEE_THROUGH,
      input: z.object({}).loose(),
      every: '* * * * *',
      run: (job) => seeThrough(job),
    }),
    defineJob({
      name: OPEN,
      input: z.object({}).loose(),
      every: '* * * * *',
      run: (job) => openReviews(job),
    }),
    defineJob({
      name: CLOCK,
      input: z.object({}).loose(),
      every: '17 3 * * *',
      run: (job) => runClock(job),
    }),
    defineJob({
      name: LAUNCH_DUE,
      input: z.object({}).loose(),
      every: '* * * * *',
      run: (job) => launchDue(job),
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
    ...openingReactions,
    ...[driftSettled, driftStuck, roleChanged].map((on) =>
      defineReaction({
        on,
        name: 'certifications.see_through',
        run: (job) => job.db.tx((tx) => goOnIfAnything(tx)),
      }),
    ),
    followMerge,
    followSplit,
    followAccount,
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
          await goOnIfAnything(ctx.tx);
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
  resources: [campaignType, itemType, scheduleType],
  actions: [
    { action: 'campaign.list', resources: ['Platform'], context: { everything: { type: 'Boolean' } } },
    { action: 'campaign.reassign', resources: ['Campaign'], context: { everything: { type: 'Boolean' } } },
    { action: 'campaign.read', resources: ['Campaign'], context: { everything: { type: 'Boolean', required: false } } },
  ],
  policies,
};
