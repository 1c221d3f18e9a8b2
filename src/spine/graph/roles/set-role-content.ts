import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { roleChanged } from '../events.ts';
import { requireRole } from './roles.ts';

/** What a role is made of. */
export interface RoleContent {
  readonly entitlementIds: readonly string[];
  readonly roleIds: readonly string[];
}

/** What a role is made of at an instant (default now). */
export async function roleContent(tx: Tx, roleId: string, at: Date = tx.now): Promise<RoleContent> {
  const rows = await tx.many<{ entitlementId: string | null; childRoleId: string | null }>(sql`
    select entitlement_id, child_role_id from role_content
     where role_id = ${roleId} and valid_from <= ${at} and (valid_to is null or valid_to > ${at})
     order by entitlement_id, child_role_id`);
  return {
    entitlementIds: rows.flatMap((r) => r.entitlementId ?? []),
    roleIds: rows.flatMap((r) => r.childRoleId ?? []),
  };
}

/** The names of a circle that would close when `roleId` contains `children`; undefined when none would. */
async function findCircle(tx: Tx, roleId: string, children: readonly string[]): Promise<readonly string[] | undefined> {
  const edges = await tx.many<{ roleId: string; childRoleId: string }>(
    sql`select role_id, child_role_id from role_content where child_role_id is not null and valid_to is null`,
  );
  const below = new Map<string, string[]>();
  for (const edge of edges)
    if (edge.roleId !== roleId) below.set(edge.roleId, [...(below.get(edge.roleId) ?? []), edge.childRoleId]);
  const seen = new Set<string>();
  const open = children.map((id): readonly string[] => [roleId, id]);
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const last = path.at(-1) ?? roleId;
    if (last === roleId) return await namesOf(tx, path);
    if (seen.has(last)) continue;
    seen.add(last);
    for (const next of below.get(last) ?? []) open.push([...path, next]);
  }
  return undefined;
}

async function namesOf(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.many<{ id: string; name: string }>(
    sql`select id, name from role where id = any(${[...new Set(ids)]}::uuid[])`,
  );
  const names = new Map(rows.map((r) => [r.id, r.name]));
  return ids.map((id) => names.get(id) ?? id);
}

/**
 * Makes a role consist of exactly this, from now on; what it was stays in the history. Refuses a circle of roles,
 * naming its path. Two writers of role content wait for each other, since each could close half a circle.
 */
export async function setRoleContent(
  ctx: Ctx,
  permit: Permit,
  input: { readonly roleId: string } & RoleContent,
): Promise<{ readonly added: readonly string[]; readonly removed: readonly string[] }> {
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const role = await requireRole(ctx.tx, input.roleId);
  const circle = await findCircle(ctx.tx, role.id, input.roleIds);
  if (circle !== undefined)
    throw conflict(
      'role.circle',
      `role ${role.name} would contain itself: ${circle.join(' → ')}`,
      'leave one of them out',
    );

  const before = await roleContent(ctx.tx, role.id);
  const was = new Set([...before.entitlementIds, ...before.roleIds]);
  const wanted = new Set([...input.entitlementIds, ...input.roleIds]);
  const removed = [...was].filter((id) => !wanted.has(id));
  const added = [...wanted].filter((id) => !was.has(id));
  if (removed.length > 0) {
    await ctx.tx.run(sql`
      update role_content set valid_to = ${ctx.now}
       where role_id = ${role.id} and valid_to is null
         and coalesce(entitlement_id, child_role_id) = any(${removed}::uuid[])`);
  }
  const roles = new Set(input.roleIds);
  const rows = added.map((id) => ({
    id: newId(),
    entitlement: roles.has(id) ? null : id,
    role: roles.has(id) ? id : null,
  }));
  await inWords(() =>
    ctx.tx.run(sql`
      insert into role_content (id, role_id, entitlement_id, child_role_id, valid_from)
      select id, ${role.id}::uuid, entitlement, role, ${ctx.now}::timestamptz
        from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(id uuid, entitlement uuid, role uuid)`),
  );
  await ctx.record(permit, { event: roleChanged, data: { roleId: role.id, changed: ['content'], added, removed } });
  return { added, removed };
}
