import { conflict, notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { roleChanged, roleCreated, roleRetired } from '../events.ts';
import { isUuid } from '../is-uuid.ts';
import { allOf } from '../known-rows.ts';
import type { Page, PageInput, Risk, Role } from '../model.ts';

const columns = sql`id, name, description, owner_id, risk, requestable, max_seconds, valid_from, valid_to`;

/** By id, or the present one of that name. */
export const getRole = async (tx: Tx, idOrName: string): Promise<Role | undefined> =>
  await tx.maybe<Role>(
    isUuid(idOrName)
      ? sql`select ${columns} from role where id = ${idOrName}`
      : sql`select ${columns} from role where lower(name) = lower(${idOrName}) and valid_to is null`,
  );

/** By id; the unknown are absent. */
export const getRoles = async (tx: Tx, ids: readonly string[]): Promise<Role[]> =>
  ids.length === 0
    ? []
    : await tx.many<Role>(sql`select ${columns} from role where id = any(${[...ids].filter(isUuid)}::uuid[])`);

/** Roles in use, by name. */
export async function listRoles(
  tx: Tx,
  input: { readonly filter?: { readonly requestable?: boolean | undefined } } & PageInput = {},
): Promise<Page<Role>> {
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['name', 'id']);
  const { requestable } = input.filter ?? {};
  const where = allOf([
    sql`valid_to is null`,
    requestable === undefined ? undefined : requestable ? sql`requestable` : sql`not requestable`,
    after === undefined ? undefined : sql`(name, id) > (${after[0]}, ${after[1]}::uuid)`,
  ]);
  const rows = await tx.many<Role>(
    sql`select ${columns} from role where ${where} order by name, id limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.name, r.id]);
}

export interface RoleDescription {
  readonly description?: string | null | undefined;
  readonly ownerId?: string | null | undefined;
  readonly risk?: Risk | undefined;
  readonly requestable?: boolean | undefined;
  readonly maxSeconds?: number | null | undefined;
}

/** Lays out an empty role, by id. Records nothing: who calls this does, or takes it back. */
export async function layOutRole(tx: Tx, input: { readonly name: string } & RoleDescription): Promise<string> {
  const id = newId();
  await inWords(() =>
    tx.run(sql`
      insert into role (id, name, description, owner_id, risk, requestable, max_seconds, valid_from)
      values (${id}, ${input.name}, ${input.description ?? null}, ${input.ownerId ?? null}, ${input.risk ?? 'medium'},
              ${input.requestable ?? false}, ${input.maxSeconds ?? null}, ${tx.now})`),
  );
  return id;
}

/** Makes an empty role. */
export async function createRole(
  ctx: Ctx,
  permit: Permit,
  input: { readonly name: string } & RoleDescription,
): Promise<Role> {
  const id = await layOutRole(ctx.tx, input);
  await ctx.record(permit, { event: roleCreated, data: { roleId: id, name: input.name } });
  return await requireRole(ctx.tx, id);
}

/** As getRole; throws `role.not_found`. */
export async function requireRole(tx: Tx, idOrName: string): Promise<Role> {
  const role = await getRole(tx, idOrName);
  if (role === undefined) throw notFound('role', idOrName);
  return role;
}

/**
 * Ends a role that nobody has or will have and that no role contains; what it was made of ends with it. Throws
 * `role.in_use` otherwise.
 */
export async function endRole(ctx: Ctx, permit: Permit, roleId: string): Promise<Role> {
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const role = await requireRole(ctx.tx, roleId);
  if (role.validTo !== null) throw notFound('role', roleId);
  await ctx.tx.run(sql`select id from role where id = ${roleId} for update`);
  const { holders, seniors } = await ctx.tx.one<{ holders: number; seniors: string[] }>(sql`
    select (select count(distinct identity_id)::int from access_grant g
             where g.role_id = ${roleId} and g.ended_because is null and (g.valid_to is null or g.valid_to > ${ctx.now})) as holders,
           array(select r.name from role_content c join role r on r.id = c.role_id and r.valid_to is null
                  where c.child_role_id = ${roleId} and (c.valid_to is null or c.valid_to > ${ctx.now}) order by 1) as seniors`);
  if (holders > 0) throw conflict('role.in_use', `${holders} people have ${role.name}`, 'end their grants first');
  if (seniors.length > 0)
    throw conflict('role.in_use', `${role.name} is in ${seniors.join(', ')}`, 'publish versions without it first');
  await ctx.tx.run(sql`
    update role_content set valid_to = greatest(valid_from, ${ctx.now}) where role_id = ${roleId} and (valid_to is null or valid_to > ${ctx.now})`);
  await ctx.tx.run(
    sql`update role set valid_to = greatest(valid_from, ${ctx.now}), requestable = false where id = ${roleId}`,
  );
  await ctx.record(permit, { event: roleRetired, data: { roleId, name: role.name } });
  return await requireRole(ctx.tx, roleId);
}

/** Says what a role is for, who answers for it and whether it may be asked for. */
export async function describeRole(
  ctx: Ctx,
  permit: Permit,
  input: { readonly roleId: string } & RoleDescription,
): Promise<Role> {
  const before = await requireRole(ctx.tx, input.roleId);
  const description = input.description === undefined ? before.description : input.description;
  const ownerId = input.ownerId === undefined ? before.ownerId : input.ownerId;
  const maxSeconds = input.maxSeconds === undefined ? before.maxSeconds : input.maxSeconds;
  await inWords(() =>
    ctx.tx.run(sql`
      update role set description = ${description}, owner_id = ${ownerId}, risk = ${input.risk ?? before.risk},
             requestable = ${input.requestable ?? before.requestable}, max_seconds = ${maxSeconds}
       where id = ${before.id}`),
  );
  const after = await requireRole(ctx.tx, before.id);
  const fields = ['description', 'ownerId', 'risk', 'requestable', 'maxSeconds'] as const;
  await ctx.record(permit, {
    event: roleChanged,
    data: { roleId: before.id, changed: fields.filter((f) => before[f] !== after[f]), added: [], removed: [] },
  });
  return after;
}
