import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import {
  accessWithdrawn,
  endedByLeaving,
  grantEnded,
  identityProofsEnded,
  systemRead,
  useEnded,
} from '#spine/graph/index.ts';
import { defineJob, defineReaction, type JobCtx, type Module } from '#spine/operations/index.ts';
import { agreeLock } from './away/agree-lock.ts';
import { lockMissed } from './away/lock-missed.ts';
import { AGREE_LOCK, queueForgotten } from './away/store.ts';
import { ownerEvents } from './owners/events.ts';
import { handoverType } from './owners/resource-type.ts';
import { remindOwners } from './owners/remind.ts';
import { keepHandovers } from './owners/take-back.ts';
import { RECOMPUTE } from './birthrights/model.ts';
import { planRecompute, recomputeBirthrights } from './birthrights/recompute.ts';
import { applyDates } from './consequences/apply-dates.ts';
import { LOCK_ACCOUNT } from './consequences/leave.ts';
import { lockAccountOfLeaver } from './consequences/lock-account.ts';
import { UNLOCK_ACCOUNT, unlockAccountOfReturned } from './consequences/unlock-account.ts';
import { settleItems, type ItemKind } from './consequences/receipts.ts';
import { CORRELATE, correlateAccounts } from './correlation/correlate.ts';
import { COLLECT, collectDrops } from './drops/collect-drops.ts';
import { events } from './events.ts';
import { birthrightOperations } from './operations/birthrights.ts';
import { correlationOperations } from './operations/correlation.ts';
import { mergingOperations } from './operations/merging.ts';
import { precedenceOperations } from './operations/precedence.ts';
import { handoverOperations } from './operations/handovers.ts';
import { ownerOperations } from './operations/owners.ts';
import { receiptOperations } from './operations/receipts.ts';
import { runOperations } from './operations/runs.ts';
import { sourceOperations } from './operations/sources.ts';
import { undoingOperations } from './operations/undoing.ts';
import { policies } from './policies.ts';
import { FOLLOW_PUSH } from './pushes/take-pushed.ts';
import { queueDueReadings, READ_SOURCE, readSource } from './readings/read-source.ts';
import { applyRun } from './runs/apply-run.ts';
import { APPLY_RUN } from './runs/take-feed.ts';
import { forgetOld } from './undoing/keep-before.ts';
export { birthrightChanges } from './birthrights/birthright-changes.ts';
export { feedUndo } from './undoing/feed-undo.ts';
export {
  assignmentInForce,
  layOutAssignment,
  peopleOfAssignment,
  putAssignment,
  type AssignedRole,
  type Assignment,
  type LaidOut,
} from './birthrights/assign-by-rule.ts';
export { checkPersonCondition, putRule } from './birthrights/put-rule.ts';
export { lineageOf, type FactOrigin } from './precedence/lineage.ts';
export { feedApplied, feedDeclined, sourceCaseResolved } from './events.ts';
export { HOSTILE, isAddress, isReserved, isUsername, LONGEST } from './feed/fact-rules.ts';
export { endNow } from './owners/end-now.ts';
export { makeIdentity } from './owners/make-identity.ts';
export { isDay } from './feed/day-start.ts';
export type { FeedRecord } from './feed/model.ts';
export type { PushTerms } from './pushes/check-window.ts';
export { withdrawPushed } from './pushes/hold-pushed.ts';
export { INACTIVE, makePushSource } from './pushes/make-push-source.ts';
export { takePushed, type Pushed, type PushedRecord } from './pushes/take-pushed.ts';
export type { HeldBecause } from './runs/model.ts';
export type { PeopleSource } from './sources/model.ts';
export { lockSource, requireSource } from './sources/store.ts';
export { applyRun } from './runs/apply-run.ts';
export { takeFeed } from './runs/take-feed.ts';
export type { SourceSettings } from './sources/draft-source.ts';
export { putSource } from './sources/put-source.ts';

const settle = (job: JobCtx, what: readonly ItemKind[], subjectId: string, proven: boolean): Promise<number> =>
  job.act({ action: 'lifecycle.apply' }, (ctx) => settleItems(ctx.tx, { what, subjectId, proven }));

/** Joiners, movers and leavers: people follow their sources, and what they have follows them. */
export const lifecycleModule = (edges: {
  readonly targets: Targets;
  readonly exchangeDir?: string | undefined;
}): Module => ({
  name: 'lifecycle',
  operations: [
    ...sourceOperations(edges.targets),
    ...precedenceOperations,
    ...runOperations,
    ...undoingOperations,
    ...birthrightOperations,
    ...correlationOperations,
    ...receiptOperations,
    ...mergingOperations,
    ...ownerOperations,
    ...handoverOperations,
  ],
  resources: [handoverType],
  actions: [
    {
      action: 'identity.renew',
      resources: ['Identity'],
      context: { days: { type: 'Long', required: true }, above: { type: 'Entity', name: 'Identity', required: false } },
    },
  ],
  jobs: [
    defineJob({
      name: APPLY_RUN,
      input: z.object({ runId: z.uuid() }),
      run: (job, input) => applyRun(job, input.runId),
    }),
    defineJob({
      name: 'lifecycle.apply_dates',
      input: z.object({}).loose(),
      every: '* * * * *',
      maxAttempts: 3,
      run: async (job) => {
        await applyDates(job);
        await resumeRuns(job);
      },
    }),
    defineJob({
      name: COLLECT,
      input: z.object({}).loose(),
      every: '* * * * *',
      maxAttempts: 1,
      run: async (job) => {
        await queueDueReadings(job);
        if (edges.exchangeDir !== undefined) await collectDrops(job, edges.exchangeDir);
      },
    }),
    defineJob({
      name: READ_SOURCE,
      input: z.object({ sourceId: z.uuid() }),
      maxAttempts: 1,
      run: (job, { sourceId }) => readSource(edges.targets, job, sourceId),
    }),
    defineJob({
      name: RECOMPUTE,
      input: z.object({}).loose(),
      every: '17 2 * * *',
      run: async (job) => {
        await planRecompute(job);
      },
    }),
    defineJob({
      name: FOLLOW_PUSH,
      input: z.object({ identityIds: z.array(z.uuid()) }),
      run: (job, input) => recomputeBirthrights(job, input),
    }),
    defineJob({
      name: LOCK_ACCOUNT,
      input: z.object({ accountId: z.uuid(), receiptId: z.uuid() }),
      maxAttempts: 40,
      run: (job, input) => lockAccountOfLeaver(edges.targets, job, input),
    }),
    defineJob({
      name: UNLOCK_ACCOUNT,
      input: z.object({ accountId: z.uuid(), receiptId: z.uuid() }),
      maxAttempts: 40,
      run: (job, input) => unlockAccountOfReturned(edges.targets, job, input),
    }),
    defineJob({
      name: 'lifecycle.forget_undone',
      input: z.object({}).loose(),
      every: '43 2 * * *',
      run: async (job) => {
        await job.db.tx(forgetOld);
      },
    }),
    defineJob({
      name: AGREE_LOCK,
      input: z.object({ lockId: z.uuid() }),
      run: (job, input) => agreeLock(edges.targets, job, input.lockId),
    }),
    defineJob({
      name: 'lifecycle.keep_owners',
      input: z.object({}).loose(),
      every: '* * * * *',
      maxAttempts: 1,
      run: async (job) => {
        await keepHandovers(job);
        await remindOwners(job);
        await lockMissed(job);
        await job.db.tx(queueForgotten);
      },
    }),
    defineJob({
      name: CORRELATE,
      input: z.object({ systemId: z.uuid().optional() }),
      run: async (job, input) => {
        await correlateAccounts(job, input);
      },
    }),
  ],
  reactions: [
    defineReaction({
      on: systemRead,
      name: 'lifecycle.correlate',
      run: async (job, event) => {
        const { systemId, changes, counts } = event.data;
        if (changes !== true) await correlateAccounts(job, { systemId });
        else if ((counts['accountsAppeared'] ?? 0) + (counts['accountsChanged'] ?? 0) > 0)
          await correlateAccounts(job, { systemId, recordedSince: event.at });
      },
    }),
    defineReaction({
      on: accessWithdrawn,
      name: 'lifecycle.note_withdrawn',
      run: async (job, event) => {
        const { grants, proven } = event.data;
        for (const { grantId } of grants) await settle(job, ['grant_ended', 'grant_ends_later'], grantId, proven);
      },
    }),
    defineReaction({
      on: grantEnded,
      name: 'lifecycle.note_grant_ended',
      unless: endedByLeaving,
      run: async (job, event) => {
        await settle(job, ['grant_ends_later'], event.data.grantId, false);
        // What separation of duties kept from somebody may be due now.
        await recomputeBirthrights(job, { identityIds: [event.data.identityId] });
      },
    }),
    defineReaction({
      on: useEnded,
      name: 'lifecycle.note_session_ended',
      run: async (job, event) => {
        await settle(job, ['session_ended'], event.data.useId, true);
      },
    }),
    defineReaction({
      on: identityProofsEnded,
      name: 'lifecycle.note_proofs_ended',
      run: async (job, event) => {
        await settle(job, ['sign_ins_ended'], event.data.identityId, true);
      },
    }),
  ],
  events: [...events, ...ownerEvents],
  policies,
});

/** A run whose job was lost is queued again: it goes on where it stopped. */
async function resumeRuns(job: JobCtx): Promise<void> {
  await job.db.tx(async (tx) => {
    const stopped = await tx.many<{ id: string }>(sql`
      select id from feed_run
       where state = 'applying' and coalesce(accepted_at, started_at) < ${tx.now}::timestamptz - interval '10 minutes'`);
    for (const { id } of stopped) await enqueue(tx, APPLY_RUN, { runId: id }, { key: `${APPLY_RUN}:${id}` });
  });
}
