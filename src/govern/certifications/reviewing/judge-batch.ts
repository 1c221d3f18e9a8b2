import { sql, type Tx } from '#kit/db/index.ts';

/** How decisions were taken that are about to be signed. */
export interface Pace {
  readonly decisions: number;
  /** As many are the same: keep, or revoke. */
  readonly alike: number;
  /** Of those, taken in under two seconds each. */
  readonly fast: number;
}

const EACH = sql`interval '2 seconds'`;
/** Longer than this nobody is thought to have looked before one act, so that waiting does not make a batch slow. */
const LOOKED = sql`interval '5 minutes'`;

/**
 * How somebody decided in a campaign since the last time a batch of theirs was settled. Many in one act took the time
 * since the act before, shared among them; the first act took none. What was grouped as unchanged is not counted: it is
 * meant to be decided together. `names` are those in whose name they may decide.
 */
export const paceOf = (
  tx: Tx,
  campaignId: string,
  { who, names }: { readonly who: string; readonly names: readonly string[] },
): Promise<Pace> =>
  tx.one<Pace>(sql`
    with acts as (
      select decision, decided_at, n, least(coalesce(decided_at - lag(decided_at) over (order by decided_at), interval '0'), ${LOOKED}) / n < ${EACH} as fast
        from (select decision, decided_at, count(*)::int as n from campaign_item
               where campaign_id = ${campaignId} and reviewer_id = any(${sql.array([who, ...names])}::uuid[]) and decided_by = ${who} and not unchanged and decision is not null
                 and decided_at > coalesce((select max(settled_at) from campaign_hold where campaign_id = ${campaignId} and reviewer_id = ${who}), '-infinity')
               group by 1, 2) a
    ), sides as (
      select decision, sum(n)::int as alike, coalesce(sum(n) filter (where fast), 0)::int as fast from acts group by 1
    )
    select coalesce((select sum(alike) from sides), 0)::int as decisions, coalesce(max(alike), 0)::int as alike, coalesce(max(fast), 0)::int as fast
      from (select * from sides order by fast desc, alike desc limit 1) s`);

/** Whether that looks as if nobody had looked. */
export const looksUnread = (pace: Pace, holdFrom: number): boolean => pace.fast >= holdFrom;
