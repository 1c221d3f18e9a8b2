import { z } from 'zod';
import { defineJob } from '#spine/operations/index.ts';
import { overdueEvidence, recordEvidenceOverdue } from './keep-evidence.ts';
import { recordSodLapse, unannouncedLapses } from './keep-exceptions.ts';

/** Announces exceptions whose end has come, so that those who own rule and control hear of it. */
export const announceLapses = defineJob({
  name: 'decide.announceLapsedExceptions',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => {
    for (const id of await job.db.tx((tx) => unannouncedLapses(tx), { readOnly: true })) {
      await job.act({ action: 'sod_exception.lapse', resource: { type: 'SodException', id } }, (ctx, permit) =>
        recordSodLapse(ctx, permit, id),
      );
    }
  },
});

/** Says of exceptions whose control should have run again that it has not, so that those who see to it hear of it. */
export const announceOverdueEvidence = defineJob({
  name: 'decide.announceOverdueEvidence',
  every: '7 * * * *',
  input: z.unknown(),
  run: async (job) => {
    for (const id of await job.db.tx((tx) => overdueEvidence(tx), { readOnly: true })) {
      await job.act({ action: 'sod_exception.miss_evidence', resource: { type: 'SodException', id } }, (ctx, permit) =>
        recordEvidenceOverdue(ctx, permit, id),
      );
    }
  },
});
