import type { Allowance } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { lastAdministratorLeaves } from '../runs/check-administrators.ts';
import { checkLimits } from '../runs/check-limits.ts';
import { changesRowOf, readersOwnRow } from '../runs/check-own-row.ts';
import type { FeedRun, HeldBecause, RunCounts } from '../runs/model.ts';
import type { PlannedCounts } from '../runs/write-plan.ts';
import type { PeopleSource } from '../sources/model.ts';
import { countRecords } from '../sources/store.ts';
import { addCounts, countsInWindow, countsOfPlan } from './push-run.ts';

/** Limits that a whole batch meets or passes together. */
export type MassLimit = 'limit.created' | 'limit.changed' | 'limit.left';

/** On what terms a push is taken. */
export interface PushTerms {
  /** The first load of a directory: it may create and change as many as it likes, and still not take away. */
  readonly baseline: boolean;
  /** Who knows the directory's token: what changes their own row waits for somebody else. */
  readonly pushers: readonly string[];
  /** Limits already known to be passed by the batch this is part of. */
  readonly over?: readonly HeldBecause[] | undefined;
}

const CLASSES = [
  ['limit.created', 'created', (c: RunCounts) => c.joined],
  ['limit.changed', 'changed', (c: RunCounts) => c.moved + c.changed + c.returned],
  ['limit.left', 'left', (c: RunCounts) => c.left],
] as const;

const isFree = (limit: Allowance, n: number): boolean => n <= Math.min(limit.free, limit.most ?? Infinity);

/**
 * Why what was planned behind `run.plannedRows` must wait; empty when it may be applied. A push is one of many, so the
 * limits are for what was pushed within a day, this included.
 */
export async function holdBecause(
  ctx: Ctx,
  source: PeopleSource,
  run: FeedRun,
  planned: PlannedCounts,
  terms: PushTerms,
): Promise<readonly HeldBecause[]> {
  const mine = countsOfPlan(planned);
  const asked = CLASSES.filter(([code, , count]) => count(mine) > 0 && !(terms.baseline && code !== 'limit.left')).map(
    ([code]) => code as string,
  );
  const together = (terms.over ?? []).filter((h) => asked.includes(h.code));
  const over = together.length > 0 ? together : await overWindow(ctx, source, mine, asked);
  const pushers = await pushersOwnRow(ctx, run, terms);
  const own =
    pushers.length > 0 ? pushers : await readersOwnRow(ctx.tx, { id: run.id, after: run.plannedRows }, source);
  return [...over, ...(await lastAdministratorLeaves(ctx.tx, run.id)), ...own];
}

async function overWindow(
  ctx: Ctx,
  source: PeopleSource,
  mine: RunCounts,
  asked: readonly string[],
): Promise<readonly HeldBecause[]> {
  if (asked.length === 0) return [];
  const before = await countsInWindow(ctx.tx, source.id);
  const total = addCounts(before, mine);
  // Most pushes are far below what is always free, and need no counting of people.
  if (CLASSES.every(([code, limit, count]) => !asked.includes(code) || isFree(source.limits[limit], count(total))))
    return [];
  const { staying } = await countRecords(ctx.tx, source.id);
  return checkLimits(total, staying + before.left, false, source.limits)
    .filter((h) => asked.includes(h.code))
    .map((h) => ({ ...h, detail: `${h.detail}, within a day` }));
}

async function pushersOwnRow(ctx: Ctx, run: FeedRun, terms: PushTerms): Promise<readonly HeldBecause[]> {
  for (const identityId of terms.pushers) {
    if (await changesRowOf(ctx.tx, run.id, identityId, run.plannedRows))
      return [
        {
          code: 'limit.own_row',
          detail: 'the row of somebody who knows the token of this directory changes; another administrator accepts it',
          count: 1,
          allowed: 0,
        },
      ];
  }
  return [];
}
