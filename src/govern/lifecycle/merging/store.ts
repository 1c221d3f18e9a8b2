import { sql, type Tx } from '#kit/db/index.ts';
import type { Merge } from './model.ts';

/** The merge by which this identity is another now. */
export const openMergeOf = async (tx: Tx, duplicateId: string): Promise<Merge | undefined> =>
  await tx.maybe<Merge>(sql`
    select id, duplicate_id, survivor_id, merged_at, moved from identity_merge
     where duplicate_id = ${duplicateId} and undone_at is null for no key update`);

/** Keeps a merge. Whoever had turned out to be the duplicate before is the survivor now too. */
export async function insertMerge(
  tx: Tx,
  merge: Merge & { readonly because: string; readonly by: string },
): Promise<void> {
  const { id, duplicateId, survivorId, mergedAt, moved, because, by } = merge;
  await tx.run(sql`
    insert into identity_merge (id, duplicate_id, survivor_id, now_id, because, merged_at, merged_by, moved)
    values (${id}, ${duplicateId}, ${survivorId}, ${survivorId}, ${because}, ${mergedAt}, ${by}, ${sql.json(moved)}::jsonb)`);
  await tx.run(sql`
    update identity_merge set now_id = ${survivorId} where now_id = ${duplicateId} and undone_at is null`);
}

/** From now on the duplicate is itself again, and so is whoever had turned out to be it. */
export async function undoMerge(
  tx: Tx,
  merge: Merge,
  input: { readonly by: string; readonly because: string },
): Promise<void> {
  await tx.run(sql`
    update identity_merge set undone_at = ${tx.now}, undone_by = ${input.by}, undone_because = ${input.because}
     where id = ${merge.id}`);
  await tx.run(sql`
    with recursive theirs as (
      select id, duplicate_id from identity_merge where survivor_id = ${merge.duplicateId} and undone_at is null
      union
      select m.id, m.duplicate_id from theirs t join identity_merge m on m.survivor_id = t.duplicate_id and m.undone_at is null
    )
    update identity_merge m set now_id = ${merge.duplicateId} from theirs where theirs.id = m.id`);
}
