import type { HappenedEvent, JobCtx } from '#spine/operations/index.ts';
import { lockSource, requireSource, type feedApplied, type feedDeclined } from '#govern/lifecycle/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { findClientOfSource } from '../clients/store.ts';
import { scimHeldApplied } from '../events.ts';
import type { Body } from '../schema/json.ts';
import { GROUPS, USERS } from '../schema/resource-kind.ts';
import { takeHeld, type HeldResource } from './held.ts';
import { changeMembers, differingMembers } from './members.ts';
import { buryUser, deleteGroup, findRow, insertRow, isNameTaken, nameKeyOf, readMembers, updateRow } from './store.ts';
import { pushAgain } from './write-user.ts';

/**
 * A run a person accepted is applied: what the directory pushed with it is so from now on. Its people have changed with
 * the run; whoever is in other groups by it is pushed once more, which changes nothing where the run said all of it.
 */
export const applyHeld = async (job: JobCtx, event: HappenedEvent<typeof feedApplied>): Promise<void> => {
  const { runId, sourceId } = event.data;
  await job.act({ action: 'scim.apply' }, async (ctx, permit) => {
    const { tx } = ctx;
    await lockSource(tx, sourceId);
    const held = await takeHeld(tx, runId);
    if (held.length === 0) return;
    for (const one of held) await (one.type === 'User' ? applyUser(tx, sourceId, one) : applyGroup(tx, sourceId, one));
    const client = await findClientOfSource(tx, sourceId);
    if (client !== undefined) {
      const source = await requireSource(tx, sourceId);
      const affected = [...new Set(held.filter((h) => h.type === 'Group').flatMap((h) => h.affected))];
      await pushAgain(ctx, permit, { client, source, pushers: [] }, affected, {});
    }
    await ctx.record(permit, { event: scimHeldApplied, data: { sourceId, runId, resources: held.length } });
  });
};

/** A run a person declined: what waited with it is forgotten. */
export const dropHeld = async (job: JobCtx, event: HappenedEvent<typeof feedDeclined>): Promise<void> => {
  await job.db.tx(async (tx) => {
    await takeHeld(tx, event.data.runId);
  });
};

async function applyUser(tx: Tx, sourceId: string, held: HeldResource): Promise<void> {
  const { resourceId: id } = held;
  const row = await findRow(tx, { sourceId, type: 'User', id, lock: true });
  if (held.what === 'delete') {
    if (row !== undefined) await buryUser(tx, id);
    return;
  }
  const body: Body = held.body ?? {};
  // Somebody else got the name meanwhile, or the record was left out of the run: the directory asks again.
  if (await isNameTaken(tx, sourceId, nameKeyOf(USERS, body), id)) return;
  if (row !== undefined) {
    await updateRow(tx, USERS, id, body);
    return;
  }
  const made = await tx.maybe<{ identityId: string }>(sql`
    select identity_id from source_record where source_id = ${sourceId} and external_id = ${id}`);
  if (made === undefined) return;
  await tx.run(sql`
    delete from scim_resource where source_id = ${sourceId} and identity_id = ${made.identityId} and deleted_at is not null`);
  await insertRow(tx, USERS, { id, sourceId, identityId: made.identityId, body });
}

async function applyGroup(tx: Tx, sourceId: string, held: HeldResource): Promise<void> {
  const { resourceId: id } = held;
  const row = await findRow(tx, { sourceId, type: 'Group', id, lock: true });
  if (held.what === 'delete') {
    if (row !== undefined) await deleteGroup(tx, id);
    return;
  }
  const body: Body = held.body ?? {};
  if (row === undefined) await insertRow(tx, GROUPS, { id, sourceId, identityId: null, body });
  else await updateRow(tx, GROUPS, id, body);
  const was = (await readMembers(tx, [id])).get(id);
  await changeMembers(tx, { id, sourceId }, differingMembers(was, held.members));
}
