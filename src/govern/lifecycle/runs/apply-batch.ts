import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  holdIdentities,
  putIdentities,
  reserveIdentities,
  type IdentityKind,
  type IdentityRow,
  type IdentityState,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { join, move } from '../consequences/come-and-move.ts';
import { leave } from '../consequences/leave.ts';
import type { LifeChange } from '../consequences/receipts.ts';
import { deriveState, type DerivedState } from '../feed/derive-state.ts';
import type { FeedRecord } from '../feed/model.ts';
import { beBack, goAway } from '../owners/follow-absence.ts';
import { factsOfMerged, stateOfMerged } from '../precedence/facts-of-merged.ts';
import { mergeRecords, type Merged } from '../precedence/merge-records.ts';
import { keepFreeUsernames, takeMergedUsernames } from '../precedence/keep-free-usernames.ts';
import { readOthers, saidNow, standsBesideOthers } from '../precedence/read-said.ts';
import type { PeopleSource } from '../sources/model.ts';
import { keepBefore, noteAfter } from '../undoing/keep-before.ts';
import { factsOf } from './facts-of.ts';
import type { FeedRun } from './model.ts';
import { CHUNK } from './stage-feed.ts';

/** Leavers a transaction takes: each has grants to end, so fewer of them. */
const LEAVERS = 100;

interface PlannedRow {
  readonly position: number;
  readonly externalId: string;
  readonly identityId: string;
  readonly what: string;
  readonly changed: readonly string[];
  readonly digest: string | null;
  readonly record: FeedRecord | null;
  readonly managerId: string | null;
  readonly skipped: string | null;
  /** What is so of the person before this batch; null for somebody new. */
  readonly state: IdentityState | null;
  readonly displayName: string | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly kind: IdentityKind | null;
  readonly managerState: IdentityState | null;
  /** Who answers for them now. */
  readonly ownerId: string | null;
  /** Whether they are suspended for a reason of its own. */
  readonly suspended: boolean;
  /** Since when the source knows them. */
  readonly since: Date | null;
}

/** A row together with what it makes of the person at this instant. */
interface Step {
  readonly row: PlannedRow;
  /** What is so of the person, by all sources that decide it. */
  readonly now: DerivedState;
  /** What this row alone says. */
  readonly own: DerivedState;
  /** Set where other sources know the person, or this one does not decide: all of it made one. */
  readonly merged?: Merged | undefined;
}

/**
 * Applies the next rows of a run's plan, with all that follows for the people in them, and moves the run on: one
 * transaction, so that a killed worker leaves either all of it or nothing. Returns how many rows it took; none means
 * that the plan is through.
 */
export async function applyBatch(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  run: FeedRun,
  size = CHUNK,
): Promise<number> {
  const rows = await nextRows(ctx.tx, run, size);
  const last = rows.at(-1);
  if (last === undefined) return 0;
  const steps = await stepsOf(
    ctx,
    source,
    rows.filter((r) => r.skipped === null),
  );
  await reserveManagers(ctx, permit, run, steps);
  const touched = steps.map(({ row }) => row.identityId);
  // Held first: what is kept is what the change is made on.
  await holdIdentities(ctx.tx, touched);
  await keepBefore(ctx.tx, run.id, touched);
  const put = steps.flatMap((s) => identityRow(s, source, ctx.now));
  const free = await keepFreeUsernames(ctx.tx, put, namedByOthers(steps, source));
  await takeMergedUsernames(ctx, permit, free);
  await putIdentities(ctx, permit, { origin: `${source.name} run ${run.id}`, rows: free });
  await keepRecords(ctx.tx, run, steps);
  await follow(ctx, permit, source, run, steps);
  await noteAfter(ctx.tx, run.id, touched);
  await ctx.tx.run(sql`
    delete from feed_value
     where run_id = ${run.id} and position > ${run.appliedRows} and position <= ${last.position}`);
  await ctx.tx.run(sql`update feed_run set applied_rows = ${last.position} where id = ${run.id}`);
  return rows.length;
}

/** Each row with what it makes of the person. What other sources say is read once nobody else can change it. */
async function stepsOf(ctx: Ctx, source: PeopleSource, rows: readonly PlannedRow[]): Promise<readonly Step[]> {
  const alone = rows.map((row): Step => {
    const own = stateOf(row, source, ctx.now);
    return { row, own, now: own };
  });
  if (!(await standsBesideOthers(ctx.tx, source))) return alone;
  const ids = rows.map((r) => r.identityId);
  await holdIdentities(ctx.tx, ids);
  const others = await readOthers(ctx.tx, source.id, ids);
  return alone.map((step) => {
    const more = others.get(step.row.identityId) ?? [];
    if (more.length === 0 && source.terms.lifecycle) return step;
    const merged = mergeRecords([saidNow(source, step.row), ...more], ctx.now);
    const was = { state: step.row.state ?? 'active', dueAt: null, since: null };
    return { ...step, merged, now: stillSuspended(step.row, stateOfMerged(merged) ?? was) };
  });
}

/** People whose username is another source's. */
const namedByOthers = (steps: readonly Step[], source: PeopleSource): readonly string[] =>
  steps.flatMap(({ row, merged }) => {
    const by = merged?.from.get('username');
    return by === undefined || by.sourceId === source.id ? [] : [row.identityId];
  });

/** What is true of somebody now: a look at one row by its key, whatever the planner believes of tables that are growing. */
const factsNow = (id: Sql, at: Date): Sql => sql`
  lateral (select f.state, f.display_name, f.attributes, f.owner_id, f.valid_to from identity_facts f
            where f.identity_id = ${id} and f.valid_from <= ${at} order by f.valid_from desc limit 1)`;

async function nextRows(tx: Tx, run: FeedRun, size: number): Promise<PlannedRow[]> {
  const leaving = await tx.maybe(sql`
    select 1 from feed_change where run_id = ${run.id} and position = ${run.appliedRows + 1} and what = 'leave'`);
  const many = leaving === undefined ? size : Math.min(size, LEAVERS);
  const upTo = Math.min(run.appliedRows + many, run.releasedRows ?? Infinity);
  return await tx.many<PlannedRow>(sql`
    select c.position, c.external_id, c.identity_id, c.what, c.changed, encode(c.digest, 'hex') as digest,
           v.record, v.manager_id, c.skipped, f.state, f.display_name, f.attributes, f.owner_id, i.kind, m.state as manager_state, s.since,
           exists (select from suspension u where u.identity_id = c.identity_id and u.ended_at is null) as suspended
      from feed_change c
      left join lateral (select manager_id, record from feed_value v
                          where v.run_id = c.run_id and v.position = c.position limit 1) v on true
      left join lateral (select kind from identity i where i.id = c.identity_id limit 1) i on true
      left join ${factsNow(sql`c.identity_id`, tx.now)} f on f.valid_to is null or f.valid_to > ${tx.now}
      left join ${factsNow(sql`v.manager_id`, tx.now)} m on m.valid_to is null or m.valid_to > ${tx.now}
      left join lateral (select since from source_record s
                          where s.identity_id = c.identity_id and s.source_id = ${run.sourceId} limit 1) s on true
     where c.run_id = ${run.id} and c.position > ${run.appliedRows} and c.position <= ${upTo} order by c.position`);
}

/** Somebody in no row has left. */
function stateOf(row: PlannedRow, source: PeopleSource, at: Date): DerivedState {
  if (row.record === null) return { state: 'leaver', dueAt: null, since: null };
  return stillSuspended(row, deriveState(row.record, source.timeZone, at));
}

/** Who was suspended for a reason of its own stays so, whatever a record says, until that has ended or they leave. */
const stillSuspended = (row: PlannedRow, derived: DerivedState): DerivedState =>
  row.suspended && derived.state !== 'leaver' ? { ...derived, state: 'suspended' } : derived;

/** A sponsor's word is a source's as long as they are here; after that whoever it was handed over to answers. */
const withOwner = <F extends { readonly ownerId?: string | null | undefined }>(
  row: PlannedRow,
  facts: F,
  managerState: IdentityState | null,
): Omit<F, 'ownerId'> | F => {
  const gone = managerState !== null && managerState !== 'active' && managerState !== 'pre_hire';
  if (!gone || row.ownerId === null || facts.ownerId === row.ownerId) return facts;
  const { ownerId: _, ...rest } = facts;
  return rest;
};

function identityRow({ row, now, own, merged }: Step, source: PeopleSource, at: Date): IdentityRow[] {
  const { record } = row;
  if (merged !== undefined) {
    if (row.displayName === null) return [];
    const said = factsOfMerged(merged, { state: row.state ?? 'active', attributes: row.attributes ?? {} });
    const facts = withOwner(row, { ...said, state: now.state }, merged.managerState);
    const { identityId, kind } = row;
    return [
      { identityId, kind: kind ?? 'person', facts: { ...facts, displayName: facts.displayName ?? row.displayName } },
    ];
  }
  if (record === null) {
    if (row.displayName === null || row.state === 'leaver') return [];
    return [
      {
        identityId: row.identityId,
        kind: row.kind ?? 'person',
        facts: { displayName: row.displayName, state: 'leaver' },
      },
    ];
  }
  const said = factsOf(record, { state: now.state, managerId: row.managerId, timeZone: source.timeZone });
  const facts = withOwner(row, said, row.managerState);
  return [{ identityId: row.identityId, kind: record.kind, facts, validFrom: trueSince({ row, now, own }, at) }];
}

/** A leaver found out late is one since the day after the last day, as far as nothing else is said about then. */
function trueSince({ row, now, merged }: Step, at: Date): Date {
  if (merged !== undefined) return at;
  const onlyLeft = row.what === 'leave' && row.changed.every((name) => name === 'state' || name === 'contractEnd');
  if (!onlyLeft || now.since === null || row.since === null) return at;
  const since = now.since < row.since ? row.since : now.since;
  return since < at ? since : at;
}

/** Managers who come further down in the plan get their id now. */
async function reserveManagers(ctx: Ctx, permit: Permit, run: FeedRun, steps: readonly Step[]): Promise<void> {
  const managers = [...new Set(steps.flatMap(({ row }) => row.managerId ?? []))];
  if (managers.length === 0) return;
  const later = await ctx.tx.many<{ id: string; kind: IdentityKind }>(sql`
    select c.identity_id as id, v.record->>'kind' as kind
      from feed_change c join feed_value v on v.run_id = c.run_id and v.position = c.position
     where c.run_id = ${run.id} and c.identity_id = any(${managers}::uuid[]) and c.what = 'join'
       and not exists (select from identity i where i.id = c.identity_id)`);
  await reserveIdentities(ctx.tx, permit, later);
}

/** What the source remembers of its rows, so that tomorrow an unchanged one costs nothing. */
async function keepRecords(tx: Tx, run: FeedRun, steps: readonly Step[]): Promise<void> {
  const kept = steps.flatMap(({ row, own }) => (row.record === null ? [] : [{ ...row, record: row.record, now: own }]));
  const gone = steps.flatMap(({ row }) => (row.record === null ? [row.identityId] : []));
  await tx.run(sql`
    insert into source_record (source_id, external_id, identity_id, digest, status, starts_on, ends_on, state, due_at, since, run_id, record)
    select ${run.sourceId}::uuid, r.external_id, r.identity_id, r.digest, r.status, r.starts_on, r.ends_on, r.state, r.due_at,
           ${tx.now}, ${run.id}::uuid, v.record
      from unnest(${sql.array(kept.map((k) => k.position))}::int[], ${sql.array(kept.map((k) => k.externalId))}::text[], ${sql.array(kept.map((k) => k.identityId))}::uuid[],
                  ${sql.array(kept.map((k) => (k.digest === null ? null : `\\x${k.digest}`)))}::bytea[], ${sql.array(kept.map((k) => k.record.status))}::text[],
                  ${sql.array(kept.map((k) => k.record.startsOn))}::date[],
                  ${sql.array(kept.map((k) => k.record.endsOn))}::date[],
                  ${sql.array(kept.map((k) => k.now.state))}::text[],
                  ${sql.array(kept.map((k) => k.now.dueAt))}::timestamptz[])
             as r(position, external_id, identity_id, digest, status, starts_on, ends_on, state, due_at)
      join feed_value v on v.run_id = ${run.id} and v.position = r.position
    on conflict on constraint source_record_pk do update
       set digest = excluded.digest, status = excluded.status, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
           state = excluded.state, due_at = excluded.due_at, present = true, run_id = excluded.run_id, record = excluded.record`);
  if (gone.length > 0) {
    await tx.run(sql`
      update source_record set present = false, state = 'leaver', due_at = null, run_id = ${run.id}
       where source_id = ${run.sourceId} and identity_id = any(${gone}::uuid[])`);
  }
}

/** Who left, came, came back or moved by this batch, against what was so before it. */
async function follow(
  ctx: Ctx,
  permit: Permit,
  source: PeopleSource,
  run: FeedRun,
  steps: readonly Step[],
): Promise<void> {
  const change = (step: Step): LifeChange => ({
    identityId: step.row.identityId,
    effectiveAt: trueSince(step, ctx.now),
    because:
      step.row.record === null ? `no longer in ${source.name}` : `${source.name} says so of ${step.row.externalId}`,
    source: `${source.name} ${step.row.externalId}`,
    runId: run.id,
  });
  const is = (s: Step, state: IdentityState): boolean => s.now.state === state;
  const was = (s: Step, state: IdentityState | null): boolean => s.row.state === state;
  await leave(ctx, permit, steps.filter((s) => is(s, 'leaver') && !was(s, 'leaver') && !was(s, null)).map(change));
  const away = (state: IdentityState | null): boolean => state === 'leave' || state === 'suspended';
  await goAway(ctx, permit, steps.filter((s) => away(s.now.state) && was(s, 'active')).map(change));
  await beBack(ctx, permit, steps.filter((s) => is(s, 'active') && away(s.row.state)).map(change));
  await join(ctx, permit, 'returned', steps.filter((s) => was(s, 'leaver') && !is(s, 'leaver')).map(change));
  if (!run.baseline)
    await join(
      ctx,
      permit,
      'joined',
      steps.filter((s) => is(s, 'active') && (was(s, null) || was(s, 'pre_hire'))).map(change),
    );
  await move(
    ctx,
    permit,
    steps
      .filter((s) => s.row.what === 'move' && !is(s, 'leaver'))
      .map((s) => ({ ...change(s), changed: s.row.changed })),
  );
}
