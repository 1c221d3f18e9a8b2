import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, type AppError } from '#kit/errors/index.ts';
import { holdIdentities } from '#spine/graph/index.ts';

/**
 * Holds all that a merge or a split rests on until the transaction ends, in the house's order: sources, so that no
 * delivery is planned meanwhile; the records, which dates move; then every identity that is written to, by id.
 */
export async function holdEverything(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`select from people_source order by id for no key update`);
  // Looked at before the records: a delivery that is being applied holds people first, and then their records.
  const [open] = await refusalsOfRuns(tx, ids);
  if (open !== undefined) throw open;
  await tx.run(sql`
    select from source_record where identity_id = any(${[...ids]}::uuid[]) order by source_id, external_id for no key update`);
  const answeredFor = await tx.many<{ id: string }>(sql`
    select identity_id as id from identity_facts
     where (manager_id = any(${[...ids]}::uuid[]) or owner_id = any(${[...ids]}::uuid[]))
       and (valid_to is null or valid_to > ${tx.now})`);
  await holdIdentities(tx, [...new Set([...ids, ...answeredFor.map((a) => a.id)])]);
}

/** A delivery that is being applied, or waits for somebody, and changes one of these people. */
const openRunNaming = async (
  tx: Tx,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly source: string; readonly state: string } | undefined> =>
  await tx.maybe(sql`
    select r.id, p.name as source, r.state from feed_run r join people_source p on p.id = r.source_id
     where r.state in ('held', 'applying')
       and exists (select from feed_change c where c.run_id = r.id and c.position > r.applied_rows and c.skipped is null
                      and (c.identity_id = any(${[...ids]}::uuid[])
                           or exists (select from feed_value v where v.run_id = c.run_id and v.position = c.position
                                         and v.manager_id = any(${[...ids]}::uuid[]))))
     order by r.id limit 1`);

/** A delivery planned before knows them as two: what it does next is done first, or put away. */
export async function refusalsOfRuns(tx: Tx, ids: readonly string[]): Promise<AppError[]> {
  const open = await openRunNaming(tx, ids);
  if (open !== undefined)
    return [
      conflict(
        'identity.delivery_open',
        `a delivery of ${open.source} that changes one of them is ${open.state === 'held' ? 'held' : 'being applied'}`,
        open.state === 'held' ? `accept or decline run ${open.id} first` : 'try again when it is applied',
      ),
    ];
  const ahead = await tx.maybe<{ displayName: string }>(sql`
    select display_name from identity_facts
     where identity_id = any(${[...ids]}::uuid[]) and valid_from > ${tx.now} limit 1`);
  return ahead === undefined
    ? []
    : [
        conflict(
          'identity.change_planned',
          `a change of ${ahead.displayName} is planned for later`,
          'take it back, or wait until it has come',
        ),
      ];
}
