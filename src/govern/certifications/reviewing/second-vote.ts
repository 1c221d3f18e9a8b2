import { conflict } from '#kit/errors/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { nowOf } from '#spine/graph/index.ts';

/**
 * Refuses where somebody would have voted twice about a case, by themselves, in the name of another, or as
 * who they were before a merge. Asked once votes
 * are noted, and again when they are signed, one signing after the other.
 */
export async function refuseSecondVote(tx: Tx, items: readonly string[]): Promise<void> {
  const twice = await tx.maybe(sql`
    select 1 from campaign_item i join campaign_item o on o.campaign_id = i.campaign_id and o.case_id = i.case_id and o.id <> i.id
     where i.id = any(${sql.array([...items])}::uuid[])
       and array_remove(array[${nowOf(sql`i.decided_by`)}, ${nowOf(sql`i.decided_for`)}], null)
           && array_remove(array[${nowOf(sql`o.decided_by`)}, ${nowOf(sql`o.decided_for`)}], null) limit 1`);
  if (twice !== undefined)
    throw conflict(
      'campaign_item.second_vote',
      'you, or in whose name you decide, voted about this already',
      'each vote is another person’s: let another deputy, or who is asked, cast this one',
    );
}
