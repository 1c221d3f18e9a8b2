import { sql, type Tx } from '#kit/db/index.ts';

/** Says of users who were nobody which person they turned out to be. */
export const nameMatched = async (tx: Tx, sourceId: string, ids: readonly string[]): Promise<number> =>
  await tx.run(sql`
    update scim_resource r set identity_id = s.identity_id from source_record s
     where r.source_id = ${sourceId} and r.id = any(${[...ids]}::uuid[]) and r.type = 'User' and r.identity_id is null
       and s.source_id = r.source_id and s.external_id = r.id::text`);
