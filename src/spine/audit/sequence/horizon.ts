import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Head } from './read-head.ts';

/** What was under way a moment ago. */
export interface UnderWay {
  /** Transactions that may still be writing in this database. */
  readonly running: readonly string[];
  /** No transaction from this id on had ended. */
  readonly end: string;
  /** The log was restored into a younger cluster: its cursor is of a transaction this one has yet to reach. */
  readonly restored: boolean;
}

/**
 * A snapshot counts the transactions of every database of the cluster. One that is seen to hold its id from another
 * database cannot write here and is left out, so that a neighbour's long transaction holds up nothing.
 */
export const readUnderWay = (tx: Tx, head: Pick<Head, 'lastXid'>): Promise<UnderWay> =>
  tx.one<UnderWay>(
    sql.named(
      'audit_under_way',
      sql`with now as materialized (select pg_current_snapshot() as s), here as (
            select oid from pg_database where datname = current_database()
          )
          select pg_snapshot_xmax(s)::text as end, ${head.lastXid}::xid8 > pg_snapshot_xmax(s) as restored,
            array(
              select running::text from pg_snapshot_xip(s) as running
              where not exists (
                select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where l.locktype = 'transactionid' and l.transactionid = running::xid
                  and l.mode = 'ExclusiveLock' and l.granted and a.datid <> (select oid from here)
              )
            ) as running
          from now`,
    ),
  );

/**
 * The horizon of the statement it stands in: below it no transaction can add a row any more, and every row there is
 * visible to that statement. INVARIANT: read committed, so that the statement's snapshot is younger than the look at what was under way:
 * whatever of that has ended since is seen, and whatever has begun since has a higher id.
 */
export const horizonOf = ({ running, end }: UnderWay): Sql => sql`
  coalesce((
    select min(xid) from unnest(${running}::xid8[]) as still (xid)
    where not pg_visible_in_snapshot(xid, pg_current_snapshot())
  ), ${end}::xid8)`;
