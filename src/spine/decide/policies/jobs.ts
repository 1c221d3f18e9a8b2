import { z } from 'zod';
import { defineJob } from '#spine/operations/index.ts';
import { forgetOldQuestions } from './stored-questions.ts';

/** Forgets the questions kept for dry runs once they are old. The audit log keeps what was decided. */
export const forgetQuestions = defineJob({
  name: 'decide.forgetOldQuestions',
  every: '17 3 * * *',
  input: z.unknown(),
  run: async (job) => {
    const forgotten = await job.act({ action: 'decision.forget' }, (ctx) => forgetOldQuestions(ctx.tx));
    job.log.info('forgot old questions', { forgotten });
  },
});
