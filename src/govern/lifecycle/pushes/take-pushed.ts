import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { CORRELATE } from '../correlation/correlate.ts';
import type { FeedRecord } from '../feed/model.ts';
import { keepCases } from '../precedence/source-cases.ts';
import { applyBatch } from '../runs/apply-batch.ts';
import { matchRows } from '../runs/match-rows.ts';
import type { ChangeKind, HeldBecause } from '../runs/model.ts';
import { CHUNK, emptyStage, openStage, stageRows } from '../runs/stage-feed.ts';
import { requireRun } from '../runs/store.ts';
import { writePlan } from '../runs/write-plan.ts';
import type { PeopleSource } from '../sources/model.ts';
import { lockSource } from '../sources/store.ts';
import { holdBecause, type PushTerms } from './check-window.ts';
import { holdPlanned, withdrawHeld } from './hold-pushed.ts';
import { noteApplied, openPushRun } from './push-run.ts';
import { withholdUsernames } from './withhold-usernames.ts';

export const FOLLOW_PUSH = 'lifecycle.follow_push';
/** How long accounts wait to be compared with newcomers: a directory pushes many, one after another. */
const SETTLED_MS = 20_000;

/** One person as a directory has them now. */
export interface PushedRecord {
  readonly externalId: string;
  /** Null: no longer there. */
  readonly record: FeedRecord | null;
  /** Whom the record is about, where the source knew them by another key and they are back. */
  readonly identityId?: string | undefined;
}

/** What a push did, or why it waits. */
export interface Pushed {
  /** Set: over a limit. Nothing was applied; the run has it all, until a named person accepts it. */
  readonly held: { readonly runId: string; readonly because: readonly HeldBecause[] } | undefined;
  /** By key, for those about whom something changes. */
  readonly people: ReadonlyMap<string, { readonly identityId: string; readonly what: ChangeKind }>;
}

/**
 * Takes what a directory pushed of one or more people: planned and matched as rows of a feed are, held whole when the
 * source's limits for a day are passed, else applied in this transaction with all that follows. What was held of the
 * same people before is put away: this is newer. Throws `source.username_taken` when the name of the one person pushed
 * is that of somebody who is here, and `feed.still_applying` while a held run is carried out and another would have to be held.
 */
export async function takePushed(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  pushed: readonly PushedRecord[],
  terms: PushTerms,
): Promise<Pushed> {
  if (pushed.length === 0) return { held: undefined, people: new Map() };
  const { tx } = ctx;
  await lockSource(tx, source.id);
  await goOn(tx, source.id, pushed);
  await openStage(tx);
  await emptyStage(tx);
  const rows = pushed.flatMap(({ externalId, record }, i) =>
    record === null ? [] : [{ row: i + 1, externalId, record }],
  );
  for (let i = 0; i < rows.length; i += CHUNK) await stageRows(tx, source.id, rows.slice(i, i + CHUNK));
  const withheld: string[] = [];
  const unmatched = await matchRows(tx, source, async () => {
    withheld.push(...(await withholdUsernames(tx)));
  });
  if (unmatched.skipped > 0 && pushed.length === 1)
    throw conflict(
      'source.username_taken',
      'the username belongs to somebody else who is here',
      'give this person another, or correct who has it',
    );
  const run = await openPushRun(ctx, source.id);
  const gone = pushed.filter((p) => p.record === null).map((p) => p.externalId);
  const planned = await writePlan(tx, {
    id: run.id,
    source,
    after: run.plannedRows,
    gone,
  });
  if (unmatched.unmatched > 0 || source.terms.join.length > 0)
    await keepCases(ctx, permit, { sourceId: source.id, runId: run.id, delivered: pushed.map((p) => p.externalId) });
  const people = await plannedPeople(tx, run.id, run.plannedRows);
  const because = await holdBecause(ctx, source, run, planned, terms);
  if (because.length > 0) return { held: await holdPlanned(ctx, permit, source, run, because), people };
  await withdrawHeld(tx, source.id, pushed, run);
  await noteApplied(tx, run, planned, withheld);
  while ((await applyBatch(ctx, permit, source, await requireRun(tx, run.id))) > 0);
  await follow(ctx, [...people.values()]);
  return { held: undefined, people };
}

/** A person who is back under another key is the person their record was about. */
async function goOn(tx: Tx, sourceId: string, pushed: readonly PushedRecord[]): Promise<void> {
  for (const { externalId, identityId } of pushed) {
    if (identityId === undefined) continue;
    await tx.run(sql`
      update source_record set external_id = ${externalId}
       where source_id = ${sourceId} and identity_id = ${identityId} and not present`);
  }
}

async function plannedPeople(
  tx: Tx,
  runId: string,
  after: number,
): Promise<Map<string, { identityId: string; what: ChangeKind }>> {
  const rows = await tx.many<{ externalId: string; identityId: string; what: ChangeKind }>(sql`
    select external_id, identity_id, what from feed_change where run_id = ${runId} and position > ${after}`);
  return new Map(rows.map(({ externalId, ...rest }) => [externalId, rest]));
}

async function follow(ctx: Ctx, people: readonly { identityId: string; what: ChangeKind }[]): Promise<void> {
  const touched = people.filter((p) => p.what !== 'note').map((p) => p.identityId);
  for (let i = 0; i < touched.length; i += CHUNK)
    await enqueue(ctx.tx, FOLLOW_PUSH, { identityIds: touched.slice(i, i + CHUNK) });
  if (people.some((p) => p.what === 'join' || p.what === 'adopt'))
    await enqueue(ctx.tx, CORRELATE, {}, { key: CORRELATE, runAt: new Date(ctx.now.getTime() + SETTLED_MS) });
}
