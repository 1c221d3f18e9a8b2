import { z } from 'zod';
import type { Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { defineJob } from '#spine/operations/index.ts';
import { lookAt, lookAtSubjects } from './look-at-everybody.ts';
import { accountAndOwners } from './whom-it-concerns.ts';

const LOOK_AT_ONE = 'risk.look_at_one';
/** As late as a reaction whose turn is the last. */
const LAST = 10;

/** Whose risk may be another: somebody's, or that of an account and of who owns it. */
const oneSubject = z.union([z.object({ identityId: z.uuid() }), z.object({ accountId: z.uuid() })]);
type OneSubject = z.infer<typeof oneSubject>;

/**
 * Asks for a look at one, after what waits already. Asked for again while it waits it is one: who loses twenty things at
 * once changes twenty times, and is looked at when that is over.
 */
export const askAfter = (tx: Queryable, subject: OneSubject): Promise<void> =>
  enqueue(tx, LOOK_AT_ONE, subject, {
    key: `${LOOK_AT_ONE}:${'identityId' in subject ? subject.identityId : subject.accountId}`,
    maxAttempts: 5,
    priority: LAST,
  });

/** Judges one anew. */
export const lookAtOne = defineJob({
  name: LOOK_AT_ONE,
  input: oneSubject,
  maxAttempts: 5,
  run: async (job, subject) => {
    if ('identityId' in subject) await lookAt(job, [subject.identityId]);
    else await lookAtSubjects(job, accountAndOwners(subject.accountId));
  },
});
