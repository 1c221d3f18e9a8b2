import { sql, type Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES } from '#spine/graph/index.ts';
import type { HeldBecause } from './model.ts';

/** A plan that would leave Reeve without an administrator is held: nobody could undo it. */
export async function lastAdministratorLeaves(tx: Tx, runId: string): Promise<readonly HeldBecause[]> {
  const row = await tx.one<{ leaving: number; staying: number }>(sql`
    with administrator as (
      select distinct g.identity_id from access_grant g
        join identity_facts f on f.identity_id = g.identity_id
         and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       where g.entitlement_id = ${ADMIN_ROLES.administrator} and g.ended_because is null
         and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now}) and f.state = 'active'
    )
    select count(c.identity_id)::int as leaving, (count(*) - count(c.identity_id))::int as staying
      from administrator a
      left join feed_change c on c.run_id = ${runId} and c.identity_id = a.identity_id and c.what = 'leave'`);
  if (row.leaving === 0 || row.staying > 0) return [];
  return [
    {
      code: 'limit.last_administrator',
      detail: 'the last administrator of Reeve would leave; name another first',
      count: row.leaving,
      allowed: 0,
    },
  ];
}
