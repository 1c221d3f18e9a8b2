import { sql, type Tx } from '#kit/db/index.ts';

/** What sessions would have become of without some grants. */
export interface ReplayWithout {
  /** Sessions of the identity in that time. */
  readonly sessions: number;
  /** Of those, that rested on one of these grants, alone or beside others. */
  readonly rested: number;
  /** Of those, that nothing else carried: they would not have been opened. */
  readonly failed: number;
  /** Whether any session of theirs on the systems of these grants was seen; where none was, use is unknown, not none. */
  readonly known: boolean;
}

/**
 * Replays the sessions an identity opened in a time without some of its grants. Each session keeps every grant that was
 * enough to open it, so one fails exactly if all of those are among the grants taken away.
 */
export const replayWithout = (
  tx: Tx,
  asked: { readonly identityId: string; readonly grantIds: readonly string[]; readonly from: Date; readonly to: Date },
): Promise<ReplayWithout> => {
  const without = sql`${sql.array([...asked.grantIds])}::uuid[]`;
  return tx.one<ReplayWithout>(sql`
    select count(*)::int as sessions, (count(*) filter (where grant_ids && ${without}))::int as rested,
           (count(*) filter (where grant_ids <@ ${without}))::int as failed,
           coalesce(bool_or(grant_ids && ${without} or system_id in (
             select e.system_id from access_grant g join entitlement e on e.id = g.entitlement_id where g.id = any(${without}))), false) as known
      from access_use where identity_id = ${asked.identityId} and started_at > ${asked.from} and started_at <= ${asked.to}`);
};
