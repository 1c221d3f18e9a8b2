import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { deriveState } from '../feed/derive-state.ts';
import type { FeedRecord } from '../feed/model.ts';
import { factsOfMerged } from '../precedence/facts-of-merged.ts';
import { mergeRecords, type Said } from '../precedence/merge-records.ts';
import { readOthers, saidNow, standsBesideOthers } from '../precedence/read-said.ts';
import type { PeopleSource } from '../sources/model.ts';
import { factsOf, kindOfChange } from './facts-of.ts';
import type { ChangeKind } from './model.ts';
import { CHUNK } from './stage-feed.ts';

/** How many of each the plan holds. */
export type PlannedCounts = Readonly<Record<ChangeKind, number>>;

/** Where a plan goes. */
export interface PlanPlace {
  readonly id: string;
  readonly source: PeopleSource;
  /** Position the plan begins after; default the beginning. */
  readonly after?: number;
  /** Keys of records that are gone; default, for a delivery of everybody, those that are in no row. */
  readonly gone?: readonly string[];
}

/**
 * Says for each staged row what it does, and adds the people who are in no row. Nothing is changed yet. New people
 * cost one statement for all; known people are compared with what is true of them now, a chunk at a time.
 */
export async function writePlan(tx: Tx, run: PlanPlace): Promise<PlannedCounts> {
  const { after = 0, source } = run;
  const gone =
    run.gone === undefined
      ? sql`not exists (select from feed_seen seen where seen.external_id = s.external_id)`
      : sql`s.external_id = any(${[...run.gone]}::text[])`;
  const several = await standsBesideOthers(tx, source);
  await compareKnown(tx, source, several);
  if (several) await compareGone(tx, source, gone);
  await tx.run(sql`
    insert into feed_change (run_id, position, row_number, external_id, identity_id, what, changed, digest)
    select ${run.id}::uuid, ${after}::int + row_number() over (order by array_position(${ORDER}::text[], p.what),
             not p.changed && '{username}'::text[], p.row_number, p.external_id),
           p.row_number, p.external_id, p.identity_id, p.what, p.changed, p.digest
      from (
        select row_number, external_id, r.identity_id, coalesce(what, 'join') as what, coalesce(changed, '{}') as changed,
               case when manager is not null and m.manager_id is null then '\\x'::bytea else digest end as digest
          from feed_row r left join feed_manager m on m.identity_id = r.identity_id where skip is null
        union all
        select null, s.external_id, s.identity_id,
               coalesce(g.what, case when f.state = 'leaver' then 'note' else 'leave' end),
               coalesce(g.changed, case when f.state = 'leaver' then '{}'::text[] else '{state}'::text[] end), null
          from source_record s left join feed_gone g on g.identity_id = s.identity_id
          left join identity_facts f on f.identity_id = s.identity_id
           and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
         where s.source_id = ${source.id} and s.present
           and ${gone}
      ) p`);
  await tx.run(sql`
    insert into feed_value (run_id, position, manager_id, record)
    select c.run_id, c.position, m.manager_id, r.record
      from feed_change c join feed_row r on r.identity_id = c.identity_id
      left join feed_manager m on m.identity_id = c.identity_id
     where c.run_id = ${run.id} and c.position > ${after}`);
  return await countPlan(tx, run.id, after);
}

/** How many of each a plan holds behind a position, without what is left out. */
export async function countPlan(tx: Tx, runId: string, after = 0): Promise<PlannedCounts> {
  const rows = await tx.many<{ what: ChangeKind; n: number }>(sql`
    select what, count(*)::int as n from feed_change
     where run_id = ${runId} and position > ${after} and skipped is null group by what`);
  const counted = new Map(rows.map((r) => [r.what, r.n]));
  return Object.fromEntries(ORDER.map((what) => [what, counted.get(what) ?? 0])) as PlannedCounts;
}

/** Leavers first: what is taken away is taken away soonest. */
const ORDER: ChangeKind[] = ['leave', 'move', 'change', 'return', 'adopt', 'note', 'join'];

interface KnownRow {
  readonly identityId: string;
  readonly externalId: string;
  readonly record: FeedRecord;
  readonly managerId: string | null;
  readonly adopted: boolean;
}

async function compareKnown(tx: Tx, source: PeopleSource, several: boolean): Promise<void> {
  const { timeZone } = source;
  let after = NOBODY;
  for (;;) {
    const rows = await tx.many<KnownRow>(sql`
      select r.identity_id, r.external_id, r.record, m.manager_id, r.what is not distinct from 'adopt' as adopted
        from feed_row r left join feed_manager m on m.identity_id = r.identity_id
       where (r.known or r.what in ('adopt', 'met')) and r.skip is null and r.identity_id > ${after}
       order by r.identity_id limit ${CHUNK}`);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.identityId;
    const ids = rows.map((r) => r.identityId);
    const known = new Map((await getIdentities(tx, ids)).map((i) => [i.id, i]));
    const others = several ? await readOthers(tx, source.id, ids) : NO_OTHERS;
    const planned = rows.map((row) => {
      const { identityId, record, managerId, adopted } = row;
      const before = known.get(identityId);
      if (before === undefined) return { id: identityId, what: 'change', changed: [] };
      const more = others.get(identityId) ?? [];
      const { state } = deriveState(record, timeZone, tx.now);
      const facts =
        more.length === 0 && source.terms.lifecycle
          ? factsOf(record, { state, managerId, timeZone })
          : { ...before, ...factsOfMerged(merge(source, row, more, tx.now), before) };
      const { what, changed } = kindOfChange(before, facts);
      return { id: identityId, what: adopted && what !== 'leave' ? 'adopt' : what, changed };
    });
    await tx.run(sql`
      update feed_row r set what = p.what, changed = p.changed
        from jsonb_to_recordset(${sql.json(planned)}::jsonb) as p(id uuid, what text, changed text[])
       where r.identity_id = p.id`);
  }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
const NO_OTHERS: ReadonlyMap<string, readonly Said[]> = new Map();

const merge = (
  source: PeopleSource,
  row: Pick<KnownRow, 'externalId' | 'managerId'> & { readonly record: FeedRecord | null },
  others: readonly Said[],
  at: Date,
) => mergeRecords([saidNow(source, { ...row, managerState: null }), ...others], at);

/** What it does to people that they are in no row any more, where other sources know them, or this one decides nothing. */
async function compareGone(tx: Tx, source: PeopleSource, gone: Sql): Promise<void> {
  let after = NOBODY;
  for (;;) {
    const rows = await tx.many<{ identityId: string; externalId: string }>(sql`
      select s.identity_id, s.external_id from source_record s
       where s.source_id = ${source.id} and s.present and ${gone} and s.identity_id > ${after}
         and (${!source.terms.lifecycle}::boolean
              or exists (select from source_record o where o.identity_id = s.identity_id and o.source_id <> s.source_id))
       order by s.identity_id limit ${CHUNK}`);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.identityId;
    const ids = rows.map((r) => r.identityId);
    const known = new Map((await getIdentities(tx, ids)).map((i) => [i.id, i]));
    const others = await readOthers(tx, source.id, ids);
    const planned = rows.map(({ identityId, externalId }) => {
      const before = known.get(identityId);
      if (before === undefined) return { id: identityId, what: 'note', changed: [] };
      const row = { externalId, record: null, managerId: null };
      const merged = merge(source, row, others.get(identityId) ?? [], tx.now);
      return { id: identityId, ...kindOfChange(before, { ...before, ...factsOfMerged(merged, before) }) };
    });
    await tx.run(sql`
      insert into feed_gone (identity_id, what, changed)
      select * from jsonb_to_recordset(${sql.json(planned)}::jsonb) as p(id uuid, what text, changed text[])`);
  }
}
