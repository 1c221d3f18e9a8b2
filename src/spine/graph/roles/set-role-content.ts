import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { roleChanged } from '../events.ts';
import { ROLE_MEMBER } from './role-marks.ts';
import { requireRole } from './roles.ts';

/** What a role is made of. */
export interface RoleContent {
  readonly entitlementIds: readonly string[];
  readonly roleIds: readonly string[];
}

/** What says that somebody has a role is in it, and is nothing it is made of. */
const NO_MARK = sql`not exists (select from entitlement m where m.id = role_content.entitlement_id and m.kind = ${ROLE_MEMBER})`;

/** What a role is made of at an instant (default now). */
export async function roleContent(tx: Tx, roleId: string, at: Date = tx.now): Promise<RoleContent> {
  const rows = await tx.many<{ entitlementId: string | null; childRoleId: string | null }>(sql`
    select entitlement_id, child_role_id from role_content
     where role_id = ${roleId} and valid_from <= ${at} and (valid_to is null or valid_to > ${at}) and ${NO_MARK}
     order by entitlement_id, child_role_id`);
  return {
    entitlementIds: rows.flatMap((r) => r.entitlementId ?? []),
    roleIds: rows.flatMap((r) => r.childRoleId ?? []),
  };
}

/** The names of a circle that would close when `roleId` contains `children`; undefined when none would. */
async function findCircle(tx: Tx, roleId: string, children: readonly string[]): Promise<readonly string[] | undefined> {
  const edges = await tx.many<{ roleId: string; childRoleId: string }>(
    sql`select role_id, child_role_id from role_content where child_role_id is not null and (valid_to is null or valid_to > ${tx.now})`,
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

/** One thing a role is made of: exactly one of entitlement and role, from when until when. Null: from now on, and without an end. */
export interface RolePart {
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly validFrom: Date | null;
  readonly validTo: Date | null;
}

interface PartRow extends Omit<RolePart, 'validFrom'> {
  readonly id: string;
  readonly validFrom: Date;
}

/** What a role is made of now and will be, by what is known. */
export const roleParts = async (tx: Tx, roleId: string): Promise<readonly PartRow[]> =>
  await tx.many<PartRow>(sql`
    select id, entitlement_id, child_role_id as role_id, valid_from, valid_to from role_content
     where role_id = ${roleId} and (valid_to is null or valid_to > greatest(valid_from, ${tx.now})) and ${NO_MARK}
     order by entitlement_id, child_role_id, valid_from, id`);

/** What was written, by what it names. */
export interface ContentChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const named = (part: Pick<RolePart, 'entitlementId' | 'roleId'>): string => part.entitlementId ?? part.roleId ?? '';

/** Makes a role consist of exactly these parts. Records nothing: who calls this does, or takes it back. */
async function writeParts(tx: Tx, roleId: string, parts: readonly RolePart[]): Promise<ContentChange> {
  const before = await roleParts(tx, roleId);
  const wanted = new Map(parts.map((part) => [named(part), part]));
  const kept = new Map<string, PartRow>();
  const over: PartRow[] = [];
  for (const row of before)
    if (wanted.has(named(row)) && !kept.has(named(row))) kept.set(named(row), row);
    else over.push(row);
  for (const { id, validFrom } of over)
    await tx.run(
      sql`update role_content set valid_to = greatest(valid_from, ${tx.now}) where id = ${id} and valid_from = ${validFrom}`,
    );
  const added: RolePart[] = [];
  for (const [key, part] of wanted) {
    const row = kept.get(key);
    if (row === undefined) {
      added.push(part);
      continue;
    }
    const from = part.validFrom ?? tx.now;
    // What is there already stays there since it came; only what is still to come can be moved.
    const starts = row.validFrom <= tx.now && from <= tx.now ? row.validFrom : from;
    if (+starts === +row.validFrom && (row.validTo?.getTime() ?? null) === (part.validTo?.getTime() ?? null)) continue;
    if (row.validFrom <= tx.now && starts > tx.now) {
      await tx.run(sql`update role_content set valid_to = ${tx.now} where id = ${row.id}`);
      added.push(part);
    } else
      await tx.run(
        sql`update role_content set valid_from = ${starts}, valid_to = ${part.validTo} where id = ${row.id}`,
      );
  }
  const rows = added.map((part) => ({ ...part, id: newId(), validFrom: part.validFrom ?? tx.now }));
  await inWords(() =>
    tx.run(sql`
      insert into role_content (id, role_id, entitlement_id, child_role_id, valid_from, valid_to)
      select id, ${roleId}::uuid, "entitlementId", "roleId", greatest("validFrom", ${tx.now}::timestamptz), "validTo"
        from jsonb_to_recordset(${sql.json(rows)}::jsonb)
             as r(id uuid, "entitlementId" uuid, "roleId" uuid, "validFrom" timestamptz, "validTo" timestamptz)`),
  );
  const was = new Set(before.map(named));
  return {
    added: [...wanted.keys()].filter((id) => !was.has(id)),
    removed: [...was].filter((id) => !wanted.has(id)),
  };
}

/** Throws `role.circle`, naming the path, when a role made of these roles would contain itself, now or ever. */
export async function refuseCircle(
  tx: Tx,
  role: { readonly id: string; readonly name: string },
  roleIds: readonly string[],
): Promise<void> {
  const circle = await findCircle(tx, role.id, roleIds);
  if (circle !== undefined)
    throw conflict(
      'role.circle',
      `role ${role.name} would contain itself: ${circle.join(' → ')}`,
      'leave one of them out',
    );
}

/**
 * Makes a role consist of exactly these parts; what it was stays in the history. Refuses a circle of roles, naming its
 * path. Two writers of role content wait for each other, since each could close half a circle.
 */
export async function setRoleParts(
  ctx: Ctx,
  permit: Permit,
  input: { readonly roleId: string; readonly parts: readonly RolePart[] },
): Promise<ContentChange> {
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const role = await requireRole(ctx.tx, input.roleId);
  await refuseCircle(
    ctx.tx,
    role,
    input.parts.flatMap((part) => part.roleId ?? []),
  );
  const { added, removed } = await writeParts(ctx.tx, role.id, input.parts);
  await ctx.record(permit, {
    event: roleChanged,
    data: { roleId: role.id, changed: ['content'], added: [...added], removed: [...removed] },
  });
  return { added, removed };
}

/** `setRoleParts` for what is to hold from now on without an end. */
export const setRoleContent = async (
  ctx: Ctx,
  permit: Permit,
  input: { readonly roleId: string } & RoleContent,
): Promise<ContentChange> =>
  await setRoleParts(ctx, permit, {
    roleId: input.roleId,
    parts: [
      ...input.entitlementIds.map((id) => ({ entitlementId: id, roleId: null, validFrom: null, validTo: null })),
      ...input.roleIds.map((id) => ({ entitlementId: null, roleId: id, validFrom: null, validTo: null })),
    ],
  });

/**
 * Looks at the graph as it would be were roles made of these parts, and leaves it as it is: what `look` finds is what
 * `setRoleParts` of each would bring about in the same transaction. Nobody else is held up by it but who changes these.
 */
export async function asIfRoleParts<T>(
  tx: Tx,
  input: readonly { readonly roleId: string; readonly parts: readonly RolePart[] }[],
  look: () => Promise<T>,
): Promise<T> {
  await tx.run(sql`savepoint as_if_role_parts`);
  try {
    for (const { roleId, parts } of input) await writeParts(tx, roleId, parts);
    return await look();
  } finally {
    await tx.run(sql`rollback to savepoint as_if_role_parts`);
  }
}
