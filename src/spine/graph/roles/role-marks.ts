import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { REEVE_SYSTEM_ID } from '../admin-roles.ts';
import { entitlementPut, roleChanged } from '../events.ts';

/** The kind of entitlement, on Reeve itself, that says that somebody has a role. It is granted by the role alone. */
export const ROLE_MEMBER = 'role_member';

/** The mark of a role, whether it has one yet or not: looked at twice as it would be, it is the same. */
const markOf = (roleId: string): string => `${roleId.slice(0, 14)}8${roleId.slice(15)}`;

/** The mark of each of these roles that has one, by role. */
const roleMarks = async (tx: Tx, roleIds: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await tx.many<{ roleId: string; id: string }>(sql`
        select r.id as role_id, e.id
          from unnest(${sql.array(roleIds)}::uuid[], ${sql.array(roleIds.map(markOf))}::uuid[]) as r(id, mark)
          join entitlement e on e.id = r.mark`)
    ).map(({ roleId, id }) => [roleId, id]),
  );

/** Marks of all roles there are. */
export const allRoleMarks = async (tx: Tx): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await tx.many<{ id: string }>(
        sql`select id from entitlement where system_id = ${REEVE_SYSTEM_ID} and kind = ${ROLE_MEMBER}`,
      )
    ).map(({ id }) => id),
  );

/** A role that is to have a mark. */
export interface ToMark {
  readonly id: string;
  readonly name: string;
  /** Roles whoever has which has this one too: those it is for choices of values. */
  readonly bindingIds?: readonly string[] | undefined;
}

const carry = async (tx: Tx, mark: string, roleId: string): Promise<void> => {
  await tx.run(sql`
    insert into role_content (id, role_id, entitlement_id, valid_from)
    select ${newId()}, ${roleId}, ${mark}, ${tx.now}
     where not exists (select from role_content where role_id = ${roleId} and entitlement_id = ${mark} and valid_to is null)`);
};

/** Puts the mark of a role, where it has one, into another that whoever has it has the first by. Records nothing. */
export async function carryRoleMark(tx: Tx, of: string, roleId: string): Promise<void> {
  const mark = (await roleMarks(tx, [of])).get(of);
  if (mark !== undefined) await carry(tx, mark, roleId);
}

/**
 * Gives roles a mark: something whoever has the role reaches by it and by nothing else, so that rules can speak of having
 * the role, whatever it is made of. Those that have one keep it. Records nothing: who calls this does, or takes it back.
 */
export async function layOutRoleMarks(
  tx: Tx,
  roles: readonly ToMark[],
): Promise<{ readonly marks: ReadonlyMap<string, string>; readonly made: readonly string[] }> {
  const known = await roleMarks(
    tx,
    roles.map(({ id }) => id),
  );
  const marks = new Map(known);
  for (const { id: roleId, name, bindingIds = [] } of roles) {
    if (marks.has(roleId)) continue;
    const id = markOf(roleId);
    await tx.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, description, risk, source, valid_from)
      values (${id}, ${REEVE_SYSTEM_ID}, ${ROLE_MEMBER}, ${`role:${roleId}`}, ${name}, 'Says that somebody has this role.', 'low', 'reeve', ${tx.now})`);
    for (const one of [roleId, ...bindingIds]) await carry(tx, id, one);
    marks.set(roleId, id);
  }
  return { marks, made: [...marks.keys()].filter((roleId) => !known.has(roleId)) };
}

/** Gives roles a mark, for good, and says so. */
export async function markRoles(
  ctx: Ctx,
  permit: Permit,
  roles: readonly ToMark[],
): Promise<ReadonlyMap<string, string>> {
  const { marks, made } = await layOutRoleMarks(ctx.tx, roles);
  for (const roleId of made) {
    const entitlementId = marks.get(roleId) ?? '';
    await ctx.record(permit, {
      event: entitlementPut,
      data: { entitlementId, systemId: REEVE_SYSTEM_ID, changed: ['created'] },
    });
    const { bindingIds = [] } = roles.find(({ id }) => id === roleId) ?? {};
    for (const one of [roleId, ...bindingIds])
      await ctx.record(permit, {
        event: roleChanged,
        data: { roleId: one, changed: ['content'], added: [entitlementId], removed: [] },
      });
  }
  return marks;
}
