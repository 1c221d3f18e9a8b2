import { sql, type Tx } from '#kit/db/index.ts';
import { withdrawPushed } from '#govern/lifecycle/index.ts';
import type { Body, Json } from '../schema/json.ts';

/** A resource as it will be once the run it waits with is accepted. */
export interface HeldResource {
  readonly resourceId: string;
  readonly type: 'User' | 'Group';
  readonly what: 'put' | 'delete';
  readonly nameKey: string;
  readonly body?: Body | undefined;
  /** All members of a group. */
  readonly members?: readonly Json[] | undefined;
  /** Keys of the records in the run that it changes. */
  readonly affected: readonly string[];
}

export const keepHeld = async (tx: Tx, sourceId: string, runId: string, held: HeldResource): Promise<void> => {
  await tx.run(sql`
    insert into scim_held (run_id, resource_id, source_id, type, what, name_key, body, members, affected, held_at)
    values (${runId}, ${held.resourceId}, ${sourceId}, ${held.type}, ${held.what}, ${held.nameKey},
            ${held.body === undefined ? null : sql.json(held.body)}::jsonb,
            ${held.members === undefined ? null : sql.json(held.members)}::jsonb, ${[...held.affected]}::uuid[], ${tx.now})
    on conflict on constraint scim_held_pk do update
       set what = excluded.what, name_key = excluded.name_key, body = excluded.body, members = excluded.members,
           affected = excluded.affected, held_at = excluded.held_at`);
};

/** The id a user of this name will have who waits to be made: a directory asks again and again. */
export const findHeldUser = async (tx: Tx, sourceId: string, nameKey: string): Promise<string | undefined> =>
  (
    await tx.maybe<{ id: string }>(sql`
      select h.resource_id as id from scim_held h join feed_run r on r.id = h.run_id and r.state = 'held'
       where h.source_id = ${sourceId} and h.type = 'User' and h.what = 'put' and h.name_key = ${nameKey}
         and not exists (select from scim_resource x where x.id = h.resource_id)
       order by h.held_at desc limit 1`)
  )?.id;

/** Something newer was pushed of a resource: what waits of it is put away, with all it would have changed. */
export async function forgetHeld(tx: Tx, sourceId: string, resourceId: string): Promise<void> {
  const gone = await tx.many<{ affected: string[] }>(sql`
    delete from scim_held h using feed_run r
     where r.id = h.run_id and r.state in ('held', 'superseded') and h.source_id = ${sourceId} and h.resource_id = ${resourceId}
    returning h.affected`);
  const others = gone.flatMap((g) => g.affected).filter((id) => id !== resourceId);
  await withdrawPushed(tx, sourceId, others);
}

/** What waits with a run; forgotten as it is read. */
export const takeHeld = async (tx: Tx, runId: string): Promise<HeldResource[]> =>
  await tx.many<HeldResource>(sql`
    delete from scim_held where run_id = ${runId}
    returning resource_id, type, what, name_key, body, members, affected`);
