import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { takePushed, type PushedRecord } from '#govern/lifecycle/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { noResource, refusal } from '../errors.ts';
import { scimGroupPushed } from '../events.ts';
import type { Pusher, ResourceRow, Written } from '../model.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { memberValuesOf } from '../patch/member-values.ts';
import type { Body, Json } from '../schema/json.ts';
import { readResource } from '../schema/read-resource.ts';
import { GROUPS } from '../schema/resource-kind.ts';
import { requireVersion, type Condition } from './condition.ts';
import { forgetHeld, keepHeld } from './held.ts';
import { changeMembers, differingMembers, linkMembers, usersWithin, type MemberChange } from './members.ts';
import { heldOf, termsOf, type PushOptions, type PushPermit } from './push-terms.ts';
import { deleteGroup as removeGroup, findRow, insertRow, nameKeyOf, readMembers, updateRow } from './store.ts';
import { differing, pushAgain } from './write-user.ts';

/** What a write makes of a group: the row, and the users who are in other groups by it. */
interface Step {
  readonly row: ResourceRow;
  readonly deleted?: boolean;
  readonly affected: readonly string[];
  readonly changed: readonly string[];
}

export async function createGroup(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  raw: unknown,
  options: PushOptions = {},
): Promise<Written> {
  const { members, ...body } = readResource(GROUPS, raw);
  const id = options.id ?? newId(ctx.now.getTime());
  const change = differingMembers(undefined, members);
  refuseOneself(id, change);
  return await write(ctx, permit, by, id, 'created', options, async (tx) => {
    const row = await insertRow(tx, GROUPS, { id, sourceId: by.source.id, identityId: null, body });
    const touched = await changeMembers(tx, { id, sourceId: by.source.id }, change);
    if (options.id !== undefined) await linkMembers(tx, by.source.id, id);
    return { row, affected: await usersWithin(tx, touched), changed: Object.keys(body) };
  });
}

/** Puts a group as given (PUT), members included. */
export const replaceGroup = (
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  raw: unknown,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> => {
  const read = readResource(GROUPS, raw);
  return edit(ctx, permit, by, id, condition, options, undefined, () => read);
};

/** Changes a group by a PATCH; of a large group only the members it names are read. */
export const patchGroup = (
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  raw: unknown,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> =>
  edit(ctx, permit, by, id, condition, options, memberValuesOf(raw), (before) =>
    applyPatch(GROUPS, before, raw, { id }),
  );

async function edit(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  condition: Condition,
  options: PushOptions,
  only: readonly string[] | undefined,
  change: (before: Body) => Body,
): Promise<Written> {
  const row = await requireGroup(ctx.tx, by, id, condition);
  const was = (await readMembers(ctx.tx, [id], only)).get(id);
  const { members, ...body } = change(was === undefined ? row.body : { ...row.body, members: was });
  const memberChange = differingMembers(was, members);
  refuseOneself(id, memberChange);
  const changed = differing(row.body, body);
  const renamed = changed.includes('displayName');
  const moved = memberChange.put.length + memberChange.gone.length > 0;
  return await write(ctx, permit, by, id, 'changed', options, async (tx) => {
    const touched = await changeMembers(tx, { id, sourceId: by.source.id }, memberChange);
    const after = changed.length > 0 || moved ? await updateRow(tx, GROUPS, id, body) : row;
    const affected = await usersWithin(tx, renamed ? [...touched, id] : touched);
    return { row: after, affected, changed: moved ? [...changed, 'members'] : changed };
  });
}

export async function deleteGroup(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> {
  const row = await requireGroup(ctx.tx, by, id, condition);
  return await write(ctx, permit, by, id, 'deleted', options, async (tx) => {
    const affected = await usersWithin(tx, [id]);
    await removeGroup(tx, id);
    return { row, deleted: true, affected, changed: [] };
  });
}

/**
 * Carries out a change of a group with what follows for its people, or, where that is over a limit, nothing of it: the
 * group is then as it was, and the change waits with the run.
 */
async function write(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  what: 'created' | 'changed' | 'deleted',
  options: PushOptions,
  act: (tx: Tx) => Promise<Step>,
): Promise<Written> {
  const { tx } = ctx;
  await tx.run(sql`savepoint scim_group`);
  const step = await act(tx);
  const { pushed, records } = await pushAgain(ctx, permit, by, step.affected, options);
  const tell = (as: 'held' | typeof what): Promise<string> =>
    ctx.record(permit, {
      event: scimGroupPushed,
      data: {
        sourceId: by.source.id,
        resourceId: id,
        what: as,
        changed: step.changed.filter((name) => name !== 'schemas'),
        affected: step.affected.length,
      },
    });
  if (pushed.held === undefined) {
    await tx.run(sql`release savepoint scim_group`);
    await forgetHeld(tx, by.source.id, id);
    await tell(what);
    return { row: step.row, changed: what !== 'changed' || step.changed.length > 0 };
  }
  const members = step.deleted === true ? undefined : ((await readMembers(tx, [id])).get(id) ?? []);
  await tx.run(sql`rollback to savepoint scim_group`);
  return await hold(ctx, permit, by, { id, step, members, records, options, tell });
}

async function hold(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  it: {
    readonly id: string;
    readonly step: Step;
    readonly members: readonly Json[] | undefined;
    readonly records: readonly PushedRecord[];
    readonly options: PushOptions;
    readonly tell: (as: 'held') => Promise<string>;
  },
): Promise<Written> {
  const again = await takePushed(ctx, permit, by.source, it.records, termsOf(ctx, by, it.options));
  if (again.held === undefined) throw new Error('what was over a limit is not any more, within one transaction');
  const { row, deleted = false } = it.step;
  await keepHeld(ctx.tx, by.source.id, again.held.runId, {
    resourceId: it.id,
    type: 'Group',
    what: deleted ? 'delete' : 'put',
    nameKey: nameKeyOf(GROUPS, row.body),
    body: deleted ? undefined : row.body,
    members: it.members,
    affected: it.records.map((r) => r.externalId),
  });
  await it.tell('held');
  return { held: heldOf(again.held) };
}

async function requireGroup(tx: Tx, by: Pusher, id: string, condition: Condition): Promise<ResourceRow> {
  const row = await findRow(tx, { sourceId: by.source.id, type: 'Group', id, lock: true });
  if (row === undefined) throw noResource(id);
  requireVersion(row, condition);
  return row;
}

function refuseOneself(id: string, change: MemberChange): void {
  if (change.put.some((m) => m.value === id)) throw refusal('invalidValue', 'a group is not a member of itself');
}
