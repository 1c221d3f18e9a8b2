import { sql, type Tx } from '#kit/db/index.ts';
import type { Principal } from '#spine/decide/port.ts';
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
