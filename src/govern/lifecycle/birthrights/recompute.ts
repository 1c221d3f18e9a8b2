import type { Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { holdIdentities } from '#spine/graph/index.ts';
import { planMassChange, type MassChange } from '#spine/mass-changes/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { birthrightChanges } from './birthright-changes.ts';
import { byPerson, differencesInForce, pagesOf, peopleOf } from './find-differences.ts';
import { EVERYBODY, RECOMPUTE, type Scope } from './model.ts';
import { recordBlocked, settleDifferences } from './settle-differences.ts';
import { itemsOfStaged, stageDifferences } from './stage-differences.ts';
import { rulesInForce } from './store.ts';

/** People looked at together. */
const PAGE = 500;
/** For a statement over everybody. */
const LONG_MS = 15 * 60_000;
/** How soon a recompute is asked for again that found an earlier one under way. */
const AGAIN_MS = 60_000;

/**
 * Makes birthright grants agree with the rules for people about whom something changed: starts what is missing for those
 * at work, ends what no rule stands behind any more, after the rule's grace. It follows from changes of people that
 * were planned and judged themselves. What is granted otherwise is not looked at. Safe to repeat and to run twice at
 * once: what agrees is found by one statement a page and left alone, and whoever is changed is held meanwhile.
 */
export async function recomputeBirthrights(job: JobCtx, scope: Scope): Promise<void> {
  const runId = 'runId' in scope ? scope.runId : undefined;
  for await (const page of pagesOf(job.db, scope, PAGE)) await settlePage(job, page, runId);
}

async function settlePage(job: JobCtx, people: readonly string[], runId: string | undefined): Promise<void> {
  const differ = await job.db.tx(
    async (tx) =>
      await peopleOf(tx, differencesInForce({ identityIds: people, rules: await rulesInForce(tx) }, tx.now)),
    { readOnly: true },
  );
  if (differ.length === 0) return;
  await job.act({ action: 'lifecycle.apply' }, async (ctx, permit) => {
    // Looked at again under the hold: what was seen without one may have moved on.
    await holdIdentities(ctx.tx, differ);
    const rules = await rulesInForce(ctx.tx);
    const found = differencesInForce({ identityIds: differ, rules }, ctx.now);
    await settleDifferences(ctx, permit, await byPerson(ctx.tx, found, rules), { runId });
  });
}

/**
 * Plans to make everybody's birthright grants agree with the rules in force, as one mass change: whole before the first
 * of it, and held over a limit. What separation of duties does not let be is recorded, and is no part of the plan.
 * Undefined: all agrees, or an earlier one is under way, and then this is asked for again.
 */
export async function planRecompute(job: JobCtx): Promise<MassChange | undefined> {
  try {
    return await job.act({ action: 'lifecycle.apply', statementTimeoutMs: LONG_MS }, async (ctx, permit) => {
      const rules = await rulesInForce(ctx.tx);
      const staged = await stageDifferences(ctx.tx, differencesInForce({ rules }, ctx.now), rules);
      await recordBlocked(ctx, permit, staged.blocked);
      return await planMassChange(ctx, permit, birthrightChanges, {
        key: EVERYBODY,
        title: 'What people have by birthright agrees with the rules again',
        items: itemsOfStaged(staged),
      });
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'mass_change.still_applying') throw error;
    await job.db.tx((tx: Tx) => enqueue(tx, RECOMPUTE, {}, { key: RECOMPUTE, afterMs: AGAIN_MS }));
    return undefined;
  }
}
