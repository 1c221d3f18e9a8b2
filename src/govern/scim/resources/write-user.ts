import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { takePushed, type PushedRecord, type Pushed } from '#govern/lifecycle/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { noResource, refusal } from '../errors.ts';
import { scimUserPushed } from '../events.ts';
import type { Pusher, ResourceRow, Written } from '../model.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { sameJson, type Body } from '../schema/json.ts';
import { readResource } from '../schema/read-resource.ts';
import { USERS } from '../schema/resource-kind.ts';
import { requireVersion, type Condition } from './condition.ts';
import { findHeldUser, forgetHeld, keepHeld } from './held.ts';
import { mapUser } from './map-user.ts';
import { groupsOf, linkMembers } from './members.ts';
import { nameMatched } from './name-matched.ts';
import { heldOf, termsOf, type PushOptions, type PushPermit } from './push-terms.ts';
import {
  buryUser,
  findReturning,
  findRow,
  forgetBuried,
  insertRow,
  isNameTaken,
  nameKeyOf,
  updateRow,
} from './store.ts';

/** Makes a user, and the person: new, one who is here already, or one who is back. */
export async function createUser(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  raw: unknown,
  options: PushOptions = {},
): Promise<Written> {
  const { tx } = ctx;
  const read = readResource(USERS, raw);
  const body: Body = read['active'] === undefined ? { ...read, active: true } : read;
  const nameKey = nameKeyOf(USERS, body);
  if (await isNameTaken(tx, by.source.id, nameKey)) throw nameTaken();
  const id = (await findHeldUser(tx, by.source.id, nameKey)) ?? options.id ?? newId(ctx.now.getTime());
  const record = mapUser(by.client, by.source, { id, body, groups: [] });
  const back = await findReturning(tx, by.source.id, {
    nameKey,
    externalId: typeof body['externalId'] === 'string' ? body['externalId'] : null,
    email: record.email,
    displayName: record.displayName,
  });
  const pushed = await push(ctx, permit, by, { externalId: id, record, identityId: back?.identityId }, options);
  if (pushed.held !== undefined) {
    const held = { resourceId: id, type: 'User', what: 'put', nameKey, body, affected: [id] } as const;
    await keepHeld(tx, by.source.id, pushed.held.runId, held);
    await tell(ctx, permit, by, id, 'held', back?.identityId, Object.keys(body));
    return { held: heldOf(pushed.held) };
  }
  const identityId = pushed.people.get(id)?.identityId ?? back?.identityId ?? null;
  if (back !== undefined) await forgetBuried(tx, back.id);
  const row = await insertRow(tx, USERS, { id, sourceId: by.source.id, identityId, body });
  if (options.id !== undefined) await linkMembers(tx, by.source.id, id);
  await tell(ctx, permit, by, id, 'created', identityId, Object.keys(body));
  return { row, changed: true };
}

/** Puts a user as given (PUT). What is left out is unassigned; only `active` stays as it is, because leaving it out decides nothing. */
export const replaceUser = (
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  raw: unknown,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> =>
  change(ctx, permit, by, id, condition, options, (row) => {
    const read = readResource(USERS, raw);
    return read['active'] === undefined ? { ...read, active: row.body['active'] ?? true } : read;
  });

/** Changes a user by a PATCH. */
export const patchUser = (
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  raw: unknown,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> =>
  change(ctx, permit, by, id, condition, options, (row) => applyPatch(USERS, row.body, raw, { id }));

async function change(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  condition: Condition,
  options: PushOptions,
  edit: (row: ResourceRow) => Body,
): Promise<Written> {
  const { tx } = ctx;
  const row = await requireUser(tx, by, id, condition);
  const body = edit(row);
  if (nameKeyOf(USERS, body) !== row.nameKey && (await isNameTaken(tx, by.source.id, nameKeyOf(USERS, body), id)))
    throw nameTaken();
  const changed = differing(row.body, body);
  const record = mapUser(by.client, by.source, { id, body, groups: await groupNames(tx, by, id) });
  const pushed = await push(ctx, permit, by, { externalId: id, record }, options);
  if (pushed.held !== undefined) {
    const held = {
      resourceId: id,
      type: 'User',
      what: 'put',
      nameKey: nameKeyOf(USERS, body),
      body,
      affected: [id],
    } as const;
    await keepHeld(tx, by.source.id, pushed.held.runId, held);
    await tell(ctx, permit, by, id, 'held', row.identityId, changed);
    return { held: heldOf(pushed.held) };
  }
  await forgetHeld(tx, by.source.id, id);
  if (row.identityId === null) await nameMatched(tx, by.source.id, [id]);
  const after = changed.length === 0 ? row : await updateRow(tx, USERS, id, body);
  await tell(ctx, permit, by, id, 'changed', row.identityId, changed);
  return { row: after, changed: changed.length > 0 };
}

/** Deletes a user: the person has left, as far as this source knows. */
export async function deleteUser(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  id: string,
  condition: Condition,
  options: PushOptions = {},
): Promise<Written> {
  const row = await requireUser(ctx.tx, by, id, condition);
  const pushed = await push(ctx, permit, by, { externalId: id, record: null }, options);
  if (pushed.held !== undefined) {
    const held = { resourceId: id, type: 'User', what: 'delete', nameKey: row.nameKey, affected: [id] } as const;
    await keepHeld(ctx.tx, by.source.id, pushed.held.runId, held);
    await tell(ctx, permit, by, id, 'held', row.identityId, []);
    return { held: heldOf(pushed.held) };
  }
  await forgetHeld(ctx.tx, by.source.id, id);
  await buryUser(ctx.tx, id);
  await tell(ctx, permit, by, id, 'deleted', row.identityId, []);
  return { row, changed: true };
}

/** Pushes users again as they are: what they refer to has come since, or the groups they are in have changed. */
export async function pushAgain(
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  userIds: readonly string[],
  options: PushOptions,
): Promise<{ readonly pushed: Pushed; readonly records: readonly PushedRecord[] }> {
  const records = await recordsOf(ctx.tx, by, userIds);
  const pushed = await takePushed(ctx, permit, by.source, records, termsOf(ctx, by, options));
  await nameMatched(ctx.tx, by.source.id, userIds);
  return { pushed, records };
}

async function recordsOf(tx: Tx, by: Pusher, userIds: readonly string[]): Promise<PushedRecord[]> {
  const rows = await tx.many<{ id: string; body: Body }>(sql`
    select r.id, r.body from scim_resource r
     where r.id = any(${[...userIds]}::uuid[]) and r.deleted_at is null and r.type = 'User' order by r.id`);
  const names = new Map<string, string[]>();
  for (const g of await groupsOf(
    tx,
    rows.map((r) => r.id),
  ))
    names.set(g.userId, [...(names.get(g.userId) ?? []), `${by.source.name}/${g.name}`]);
  return rows.map((row) => ({
    externalId: row.id,
    record: mapUser(by.client, by.source, { ...row, groups: (names.get(row.id) ?? []).sort() }),
  }));
}

const groupNames = async (tx: Tx, by: Pusher, id: string): Promise<string[]> =>
  (await groupsOf(tx, [id])).map((g) => `${by.source.name}/${g.name}`).sort();

async function requireUser(tx: Tx, by: Pusher, id: string, condition: Condition): Promise<ResourceRow> {
  const row = await findRow(tx, { sourceId: by.source.id, type: 'User', id, lock: true });
  if (row === undefined) throw noResource(id);
  requireVersion(row, condition);
  return row;
}

const push = (ctx: Ctx, permit: PushPermit, by: Pusher, record: PushedRecord, options: PushOptions): Promise<Pushed> =>
  takePushed(ctx, permit, by.source, [record], termsOf(ctx, by, options));

const nameTaken = (): Error =>
  refusal('uniqueness', 'another user of this client has this userName', 'find the user by it and change that one');

/** Names of what differs between two documents. */
export const differing = (before: Body, after: Body): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => name !== 'schemas' && !sameJson(before[name], after[name]),
  );

const tell = (
  ctx: Ctx,
  permit: PushPermit,
  by: Pusher,
  resourceId: string,
  what: 'created' | 'changed' | 'deleted' | 'held',
  identityId: string | null | undefined,
  changed: readonly string[],
): Promise<string> =>
  ctx.record(permit, {
    event: scimUserPushed,
    subject: identityId ?? undefined,
    data: {
      sourceId: by.source.id,
      resourceId,
      what,
      identityId: identityId ?? undefined,
      changed: changed.filter((name) => name !== 'schemas'),
    },
  });
