import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, type AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { judgeMassEffect, latestMassChange, planMassChange, type MassChange } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { feedDeclined, feedUndoAsked, feedUndoRepeated } from '../events.ts';
import { UNDO_OF_FEED, type FeedRun } from '../runs/model.ts';
import { forgetValues, lockRun, openRunOf, requireRun } from '../runs/store.ts';
import type { PeopleSource } from '../sources/model.ts';
import { lockSource, requireSource } from '../sources/store.ts';
import { feedUndo } from './feed-undo.ts';
import { changedBy, itemsDue, itemsLeftAlone } from './find-changed.ts';
import { UNDO_DAYS } from './keep-before.ts';

/** The undo of a run, and whether it had been asked for before. */
export interface UndoAsked {
  readonly run: FeedRun;
  readonly change: MassChange;
  readonly already: boolean;
}

/**
 * Plans to take back all that a run did, whole, as a mass change: over a limit it is held for a named person, otherwise
 * carried out by a job. What is left of a held run after its canary is put away first. Asked again, it says what became
 * of the first time. Nobody takes back what was done to themself.
 */
export async function undoRun(
  ctx: Ctx,
  permit: Permit<'feed_run.undo'>,
  input: { readonly id: string; readonly because: string },
): Promise<UndoAsked> {
  const { tx, principal } = ctx;
  if (principal.kind !== 'identity')
    throw denied('feed.undo_by_person', 'a delivery is taken back by a person', 'sign in and take it back');
  const source = await requireSource(tx, (await requireRun(tx, input.id)).sourceId);
  await lockSource(tx, source.id);
  const run = await lockRun(tx, input.id);
  const before = await latestMassChange(tx, UNDO_OF_FEED, run.id);
  if (before !== undefined && before.state !== 'declined') {
    await ctx.record(permit, { event: feedUndoRepeated, data: { runId: run.id, sourceId: run.sourceId } });
    return { run, change: before, already: true };
  }
  const [refusal] = await refusalsOf(tx, run, source, principal.id);
  if (refusal !== undefined) throw refusal;
  if (run.state === 'held') await putRestAway(ctx, permit, run, input.because);
  const change = await planMassChange(ctx, permit, feedUndo, {
    key: run.id,
    title: `The delivery of ${source.name} of ${run.startedAt.toISOString().slice(0, 16).replace('T', ' ')} is taken back`,
    items: itemsDue(run, ctx.now),
    leftAlone: itemsLeftAlone(run, ctx.now),
  });
  if (change === undefined) throw nothingToUndo();
  await ctx.record(permit, {
    event: feedUndoAsked,
    subject: principal.id,
    data: { runId: run.id, sourceId: run.sourceId, massChangeId: change.id, because: input.because },
  });
  return { run: await requireRun(tx, run.id), change, already: false };
}

const nothingToUndo = (): AppError =>
  conflict(
    'feed.nothing_to_undo',
    'there is nothing this delivery did that could be taken back: it changed nobody, or everybody was changed since',
    'see who was changed since with reeve sources undo-preview',
  );

async function putRestAway(ctx: Ctx, permit: Permit<'feed_run.undo'>, run: FeedRun, because: string): Promise<void> {
  await ctx.tx.run(sql`update feed_run set state = 'declined', settled_at = ${ctx.now} where id = ${run.id}`);
  await forgetValues(ctx.tx, run.id);
  await ctx.record(permit, {
    event: feedDeclined,
    subject: ctx.principal.id,
    data: { runId: run.id, sourceId: run.sourceId, because },
  });
}

/** Why a run is not taken back by this person; empty where it may be. */
export async function refusalsOf(tx: Tx, run: FeedRun, source: PeopleSource, by: string): Promise<readonly AppError[]> {
  if (source.kind !== 'hr_csv')
    return [
      conflict(
        'feed.undo_of_pushed',
        `${source.name} is pushed to, and says again what it said`,
        'take it back in the directory that pushes',
      ),
    ];
  if (run.state === 'undone') return [conflict('feed.undone_already', 'this delivery is undone already')];
  if (run.state === 'applying')
    return [conflict('feed.still_applying', 'this delivery is still being applied', 'wait until it is applied')];
  if (run.appliedRows === 0)
    return [conflict('feed.nothing_to_undo', `this delivery is ${run.state}: nothing of it was applied`)];
  return [...(await refusalsOfTime(tx, run)), ...(await refusalsOfOpen(tx, run, source)), ...(await own(tx, run, by))];
}

async function refusalsOfTime(tx: Tx, run: FeedRun): Promise<AppError[]> {
  const { old, kept } = await tx.one<{ old: boolean; kept: boolean }>(sql`
    select r.settled_at is not null and r.settled_at < ${tx.now}::timestamptz - make_interval(days => ${UNDO_DAYS}) as old,
           exists (select from feed_before where run_id = r.id) as kept
      from feed_run r where r.id = ${run.id}`);
  if (kept && !old) return [];
  return [
    conflict(
      'feed.undo_too_late',
      `what was so before this delivery is not known any more: it is kept for ${UNDO_DAYS} days`,
      'deliver a file that says what is right',
    ),
  ];
}

/** What is delivered meanwhile was planned against what this run did. */
async function refusalsOfOpen(tx: Tx, run: FeedRun, source: PeopleSource): Promise<AppError[]> {
  const open = await openRunOf(tx, source.id);
  if (open === undefined || open.id === run.id) return [];
  return [
    conflict(
      'feed.delivery_open',
      `a newer delivery of ${source.name} is ${open.state === 'held' ? 'held' : 'being applied'}, and rests on this one`,
      open.state === 'held' ? `decline or accept run ${open.id} first` : 'try again when it is applied',
    ),
  ];
}

async function own(tx: Tx, run: FeedRun, by: string): Promise<AppError[]> {
  const mine = await tx.maybe(sql`select 1 from (${changedBy(run, tx.now, [by])}) p where changed_since is null`);
  return mine === undefined
    ? []
    : [
        denied(
          'feed.undo_own_row',
          'this would change what is true of yourself, and nobody decides about that themself',
          'ask another administrator',
        ),
      ];
}

/** How many of each a plan to take a run back would hold, and which limits that would be over. */
export async function judgeUndo(
  tx: Tx,
  run: FeedRun,
): Promise<Pick<MassChange, 'heldBecause'> & { readonly effects: readonly { effect: string; n: number }[] }> {
  const effects = await tx.many<{ effect: 'create' | 'update' | 'delete'; n: number }>(
    sql`select effect, count(*)::int as n from (${itemsDue(run, tx.now)}) i group by effect order by effect`,
  );
  const counts = effects.map((e) => ({ ...e, systemId: null }));
  return { effects, heldBecause: await judgeMassEffect(tx, feedUndo, counts) };
}
