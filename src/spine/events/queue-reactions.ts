import { z } from 'zod';
import type { Db, Tx } from '#kit/db/index.ts';
import {
  defineJob,
  type HappenedEvent,
  type Job,
  type JobCtx,
  type RecordedEvent,
  type Registry,
} from '#spine/operations/index.ts';

/** Adds jobs in the transaction of the changes they follow from; from kit/jobs. */
export type Enqueue = (
  tx: Tx,
  jobs: readonly {
    readonly name: string;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly key?: string;
    readonly priority?: number;
  }[],
) => Promise<void>;

const REACT = 'events.react';
/** A job with a lower number goes ahead of what waits. What targets are told to take away is between `first` and those without a turn. */
const TURNS = { proofs: -20, first: -10, last: 10 } as const;

/**
 * Queues one job for each reaction to an event, in the event's transaction: the event row and its jobs commit
 * together or not at all, which is what makes the audit log an outbox. A job each, so that one consequence
 * that cannot be had (a target that is down) does not hold up the others.
 */
export function reactionQueue(
  registry: Registry,
  enqueue: Enqueue,
): (tx: Tx, happened: readonly RecordedEvent[]) => Promise<void> {
  return async (tx, happened) => {
    const jobs = happened.flatMap(({ type, eventId, data }) =>
      (registry.reactions.get(type) ?? [])
        .filter(({ unless }) => unless === undefined || !unless(data))
        .map((reaction) => ({
          name: REACT,
          payload: { eventId, type, reaction: reaction.name },
          key: `${eventId}:${reaction.name}`,
          ...(reaction.turn === undefined ? {} : { priority: TURNS[reaction.turn] }),
        })),
    );
    if (jobs.length > 0) await enqueue(tx, jobs);
  };
}

/** The job that runs one reaction to one event. `load` reads the event back from the log with its sealed fields opened. */
export function reactJob(
  registry: Registry,
  load: (db: Db, eventId: string) => Promise<HappenedEvent>,
  component: (name: string) => JobCtx,
): Job {
  return defineJob({
    name: REACT,
    input: z.object({ eventId: z.uuid(), type: z.string(), reaction: z.string() }),
    maxAttempts: 25,
    run: async (job, input) => {
      const reaction = registry.reactions.get(input.type)?.find((r) => r.name === input.reaction);
      if (reaction === undefined) {
        job.log.warn('a reaction queued by an older release no longer exists; dropped', { reaction: input.reaction });
        return;
      }
      await reaction.run(component(reaction.name.split('.')[0] ?? 'worker'), await load(job.db, input.eventId));
    },
  }) as Job;
}
