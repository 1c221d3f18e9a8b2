import { sql, type Tx } from '#kit/db/index.ts';

interface Swap {
  readonly identityId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Leaves out staged rows that are known to be a second one about somebody this source has already. Where the first is
 * in a whole delivery no longer, the second takes its place, and they have not left.
 */
export async function leaveAside(tx: Tx, sourceId: string, whole: boolean): Promise<void> {
  if (
    !(
      await tx.one<{ any: boolean }>(sql`select exists (select from source_aside where source_id = ${sourceId}) as any`)
    ).any
  )
    return;
  if (whole) {
    const swaps = await tx.many<Swap>(sql`
      select distinct on (a.identity_id) a.identity_id, k.external_id as "from", a.external_id as "to"
        from source_aside a join feed_row r on r.external_id = a.external_id
        join source_record k on k.source_id = a.source_id and k.identity_id = a.identity_id
       where a.source_id = ${sourceId} and not exists (select from feed_seen s where s.external_id = k.external_id)
       order by a.identity_id, a.external_id`);
    for (const swap of swaps) {
      await swapRecords(tx, sourceId, swap);
      await tx.run(sql`
        update feed_row set identity_id = ${swap.identityId}, known = true where external_id = ${swap.to} and not known`);
    }
  }
  await tx.run(sql`
    update feed_row r set skip = 'set_aside' from source_aside a
     where a.source_id = ${sourceId} and a.external_id = r.external_id`);
}

/** Makes the row that was put aside the one that is read, and puts the other aside. The next delivery looks at both anew. */
async function swapRecords(
  tx: Tx,
  sourceId: string,
  swap: { readonly from: string; readonly to: string },
): Promise<void> {
  await putAside(tx, sourceId, swap.from);
  await takeUp(tx, sourceId, swap.to);
}

/** A record is from now on known to be a second one of its person, and not read. */
export async function putAside(tx: Tx, sourceId: string, externalId: string): Promise<void> {
  await tx.run(sql`
    insert into source_aside (${COLUMNS})
    select ${COLUMNS} from source_record where source_id = ${sourceId} and external_id = ${externalId}`);
  await tx.run(sql`delete from source_record where source_id = ${sourceId} and external_id = ${externalId}`);
}

/** A record that was put aside is read again, as the record of `identityId` where given; the next delivery looks at it anew. */
export async function takeUp(tx: Tx, sourceId: string, externalId: string, identityId?: string): Promise<void> {
  await tx.run(sql`
    insert into source_record (${COLUMNS})
    select source_id, external_id, coalesce(${identityId ?? null}::uuid, identity_id), '\\x', status, starts_on, ends_on,
           state, due_at, present, since, run_id, record
      from source_aside where source_id = ${sourceId} and external_id = ${externalId}`);
  await tx.run(sql`delete from source_aside where source_id = ${sourceId} and external_id = ${externalId}`);
}

/** Every column of a record, the same where it is put aside. */
const COLUMNS = sql`source_id, external_id, identity_id, digest, status, starts_on, ends_on, state, due_at, present, since, run_id, record`;
