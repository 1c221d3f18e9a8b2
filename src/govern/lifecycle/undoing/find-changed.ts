import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { IS_DONE } from '#spine/mass-changes/index.ts';
import type { IdentityKind, IdentityState } from '#spine/graph/index.ts';
import type { FeedRecord } from '../feed/model.ts';
import { UNDO_OF_FEED, type FeedRun } from '../runs/model.ts';
import { contentOf, factsHolding } from './keep-before.ts';

/** Facts as rows are kept, by the names of their columns. */
export type KeptFacts = Readonly<Record<string, unknown>>;

/** Somebody a run changed, with what was so before it. */
export interface Changed {
  readonly identityId: string;
  readonly kind: IdentityKind;
  readonly externalId: string | null;
  readonly displayName: string | null;
  /** Facts before; null for somebody the run made. */
  readonly facts: KeptFacts | null;
  /** What its source remembered of them before. */
  readonly record: FeedRecord | null;
  readonly now: KeptFacts | null;
  readonly stateNow: IdentityState | null;
  /** What they were before; somebody the run made is a leaver again. */
  readonly stateBefore: IdentityState;
  readonly touchedAt: Date;
  /** Rows of sources about them: with one, its dates alone say whether they are still here. */
  readonly records: number;
  /** Why they are left alone; null where what the run did can be taken back. */
  readonly changedSince: string | null;
}

/**
 * Everybody a run changed and no undo of it has put back, with why one is left alone: who was changed again is not
 * changed back by somebody who looks at the older change only. Columns as `Changed`; `place` is the order to put back in.
 */
export const changedBy = (run: Pick<FeedRun, 'id' | 'sourceId'>, at: Date, only?: readonly string[]): Sql => sql`
  select b.identity_id, i.kind, b.facts, b.record->'record' as record, b.touched_at, ${contentOf(sql`f`)} as now, f.display_name,
         f.state as state_now, coalesce(b.facts->>'state', 'leaver') as state_before,
         (select min(c.external_id) from feed_change c where c.identity_id = b.identity_id and c.run_id = b.run_id) as external_id,
         (select count(*)::int from source_record s where s.identity_id = b.identity_id) as records,
         case when f.state <> 'leaver' and coalesce(b.facts->>'state', 'leaver') = 'leaver' then 1
              when b.facts->>'username' is distinct from f.username then 2
              when i.kind <> 'vendor' then 3 else 4 end as place,
         case
           when exists (select from identity_merge m
                         where (m.duplicate_id = b.identity_id or m.survivor_id = b.identity_id)
                           and greatest(m.merged_at, m.undone_at) >= b.touched_at)
             then 'it was said since who they are'
           when exists (select from source_record s where s.identity_id = b.identity_id and s.run_id > b.run_id)
             then 'a later delivery has changed their row'
           when f.identity_id is null or md5(${contentOf(sql`f`)}::text) is distinct from b.after
             then 'what is true of them was changed since'
           when exists (select from identity_facts n where n.identity_id = b.identity_id and n.valid_from > ${at})
             then 'a change of theirs is planned'
           when exists (select from feed_change c join feed_run r on r.id = c.run_id
                         where c.identity_id = b.identity_id and c.run_id <> b.run_id and c.skipped is null
                           and r.state in ('held', 'applying') and c.position > r.applied_rows)
             then 'a delivery that changes them is open'
         end as changed_since
    from feed_before b join identity i on i.id = b.identity_id
    left join ${factsHolding(sql`b.identity_id`, at)} f on true
   where b.run_id = ${run.id} and md5(b.facts::text) is distinct from b.after
     and ${only === undefined ? sql`true` : sql`b.identity_id = any(${sql.array(only)}::uuid[])`}
     and not exists (select from mass_change_item i join mass_change c on c.id = i.mass_change_id
                      where c.kind = ${UNDO_OF_FEED} and c.key = ${run.id} and i.identity_id = b.identity_id and ${IS_DONE})`;

/** These people, of those a run changed. */
export const readChanged = async (
  tx: Tx,
  run: Pick<FeedRun, 'id' | 'sourceId'>,
  identityIds: readonly string[],
): Promise<Changed[]> =>
  await tx.many<Changed>(sql`select * from (${changedBy(run, tx.now, identityIds)}) p order by place, identity_id`);

/** How many grants ended, and accounts were to be locked, because a run made a leaver of somebody `p`. */
const followed = (runId: string, what: 'grant_ended' | 'account_locked'): Sql => sql`
  (select count(*)::int from lifecycle_receipt r join receipt_item x on x.receipt_id = r.id
    where r.identity_id = p.identity_id and r.run_id = ${runId} and r.what = 'left' and x.what = ${what})`;

/** What somebody `p` who leaves has that no rule gave them. */
const loses = sql`coalesce((
  select format(', with %s grants that people gave them', count(*)) from access_grant g
   where g.identity_id = p.identity_id and g.ended_because is null and g.origin <> 'birthright' having count(*) > 0), '')`;

/** People as items of a plan, in order. */
const asItems = (run: FeedRun, at: Date, which: Sql, more: Sql): Sql => sql`
  select case when p.place = 1 then 'delete' when p.state_now = 'leaver' and p.state_before <> 'leaver' then 'create'
              else 'update' end as effect,
         null::uuid as system_id, p.identity_id,
         case when p.place = 1 or p.facts is null
                then case when p.facts is null then 'leaves: the delivery made them' else 'leaves again' end || ${loses}
              when p.state_now = 'leaver' and p.state_before <> 'leaver'
                then format('comes back as %s: %s grants and %s accounts were taken', p.state_before,
                            ${followed(run.id, 'grant_ended')}, ${followed(run.id, 'account_locked')})
              else 'is changed back: ' || coalesce((select string_agg(regexp_replace(replace(k.key, '_', ' '), ' id$', ''), ', ' order by k.key)
                     from jsonb_each(p.facts) k where k.value is distinct from p.now->k.key), 'the row')
         end as what,
         '{}'::jsonb as data ${more}
    from (${changedBy(run, at)}) p where ${which} order by p.place, p.identity_id`;

/** What is put back, as items of a plan. */
export const itemsDue = (run: FeedRun, at: Date): Sql => asItems(run, at, sql`p.changed_since is null`, sql``);

/** Who is left alone, as items of a plan, with the reason. */
export const itemsLeftAlone = (run: FeedRun, at: Date): Sql =>
  asItems(run, at, sql`p.changed_since is not null`, sql`, 'changed since: ' || p.changed_since as problem`);
