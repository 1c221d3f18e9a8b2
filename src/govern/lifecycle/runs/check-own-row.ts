import { sql, type Tx } from '#kit/db/index.ts';
import type { Principal } from '#spine/decide/port.ts';
import { ADMIN_ROLES } from '#spine/graph/index.ts';
import type { PeopleSource } from '../sources/model.ts';
import type { HeldBecause } from './model.ts';

/** Whether a plan changes what is true of somebody who is there. Leaving takes access away, so it needs nobody else. */
export const changesRowOf = async (tx: Tx, runId: string, identityId: string, after = 0): Promise<boolean> => {
  const { changes } = await tx.one<{ changes: boolean }>(sql`
    select exists (select from feed_change
                    where run_id = ${runId} and position > ${after} and skipped is null and identity_id = ${identityId} and what in ('adopt', 'change', 'move', 'return')) as changes`);
  return changes;
};

/**
 * A delivery in which the person who delivers it changes is held for somebody else: one's own manager or department
 * decides who approves for one and what one gets unasked.
 */
export async function deliverersOwnRow(tx: Tx, runId: string, by: Principal): Promise<readonly HeldBecause[]> {
  if (by.kind !== 'identity' || !(await changesRowOf(tx, runId, by.id))) return [];
  return [
    {
      code: 'limit.own_row',
      detail: 'the row of whoever delivered this changes with it; another administrator accepts it',
      count: 1,
      allowed: 0,
    },
  ];
}

/** How long whoever said how a source is read is looked at; longer, until a delivery was applied since. */
const WATCHED_DAYS = 30;

/**
 * Whoever says how a source is read could say it so that their own row changes, and wait for the next delivery: what
 * then changes it is held for another administrator, where there is one.
 */
export async function readersOwnRow(
  tx: Tx,
  run: { readonly id: string; readonly after?: number },
  { id: sourceId, putBy }: Pick<PeopleSource, 'id' | 'putBy'>,
): Promise<readonly HeldBecause[]> {
  if (putBy === null || !(await changesRowOf(tx, run.id, putBy, run.after))) return [];
  const { watched } = await tx.one<{ watched: boolean }>(sql`
    select (p.recorded_from > ${tx.now}::timestamptz - make_interval(days => ${WATCHED_DAYS})
            or not exists (select from feed_run r where r.source_id = p.id and r.state = 'applied' and r.started_at > p.recorded_from))
       and exists (select from access_grant g join identity_facts f on f.identity_id = g.identity_id
                      and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
                    where g.entitlement_id = ${ADMIN_ROLES.administrator} and g.identity_id <> ${putBy} and f.state = 'active'
                      and g.ended_because is null and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now})) as watched
      from people_source p where p.id = ${sourceId}`);
  if (!watched) return [];
  return [
    {
      code: 'limit.own_row',
      detail: 'the row of whoever said how this source is read changes; another administrator accepts it',
      count: 1,
      allowed: 0,
    },
  ];
}
