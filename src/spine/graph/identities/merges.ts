import { sql, type Sql, type Tx } from '#kit/db/index.ts';

/** Whom an identity was merged with, as people read it. */
export interface MergedWith {
  readonly identityId: string;
  readonly displayName: string;
  readonly username: string | null;
  /** Since when the two are one. */
  readonly since: Date;
}

/** Who it is now, in SQL: the survivor of `column` where it was merged, else itself. */
export const nowOf = (column: Sql): Sql => sql`
  coalesce((select now_of.now_id from identity_merge now_of where now_of.duplicate_id = ${column} and now_of.undone_at is null), ${column})`;

/** Who each of these is now; those that were not merged are left out. */
export async function survivorsOf(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, MergedWith>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await tx.many<MergedWith & { readonly duplicateId: string }>(
    sql.named(
      'graph.survivors',
      sql`
    select m.duplicate_id, m.now_id as identity_id, f.display_name, f.username, m.merged_at as since
      from identity_merge m join identity_facts f on f.identity_id = m.now_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where m.duplicate_id = any(${wanted}::uuid[]) and m.undone_at is null`,
    ),
  );
  return new Map(rows.map(({ duplicateId, ...survivor }) => [duplicateId, survivor]));
}

/** Identities that are this one now, directly or through others, oldest first. */
export const mergedInto = async (tx: Tx, identityId: string): Promise<MergedWith[]> =>
  await tx.many<MergedWith>(sql`
    select m.duplicate_id as identity_id, f.display_name, f.username, m.merged_at as since
      from identity_merge m join identity_facts f on f.identity_id = m.duplicate_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where m.now_id = ${identityId} and m.undone_at is null order by m.merged_at, m.id`);
