import { sql, type Tx } from '#kit/db/index.ts';
import type { RoleBinding, RoleParameter, RolePattern } from './model.ts';

/** What has to be said to have a role, in its order; none: it is an ordinary role. */
export const parametersOf = async (tx: Tx, roleId: string): Promise<readonly RoleParameter[]> =>
  await tx.many<RoleParameter>(
    sql`select name, allowed_values from role_parameter where role_id = ${roleId} order by position`,
  );

/** The parameters of those of these roles that have any, and so are given to nobody themselves. */
export const parametersAmong = async (
  tx: Tx,
  roleIds: readonly string[],
): Promise<ReadonlyMap<string, readonly RoleParameter[]>> => {
  const by = new Map<string, RoleParameter[]>();
  if (roleIds.length === 0) return by;
  const rows = await tx.many<RoleParameter & { readonly roleId: string }>(sql`
    select role_id, name, allowed_values from role_parameter
     where role_id = any(${sql.array([...roleIds])}::uuid[]) order by role_id, position`);
  for (const { roleId, ...one } of rows) by.set(roleId, [...(by.get(roleId) ?? []), one]);
  return by;
};

/** The patterns of a template as they are in force. */
export const patternsOf = async (tx: Tx, roleId: string): Promise<readonly RolePattern[]> =>
  (
    await tx.many<{ systemId: string; pattern: string; validFrom: Date | null; validTo: Date | null }>(sql`
      select system_id, pattern, valid_from, valid_to from role_pattern where role_id = ${roleId} order by position`)
  ).map(({ validFrom, validTo, ...row }) => ({
    ...row,
    validFrom: validFrom?.toISOString() ?? null,
    validTo: validTo?.toISOString() ?? null,
  }));

/** Writes the patterns of the version that is published. Records nothing: publishing does. */
export const putPatterns = async (tx: Tx, roleId: string, patterns: readonly RolePattern[]): Promise<void> => {
  await tx.run(sql`delete from role_pattern where role_id = ${roleId}`);
  const rows = patterns.map((one, n) => ({ ...one, position: n + 1 }));
  await tx.run(sql`
    insert into role_pattern (role_id, position, system_id, pattern, valid_from, valid_to)
    select ${roleId}::uuid, position, "systemId", pattern, "validFrom", "validTo"
      from jsonb_to_recordset(${sql.json(rows)}::jsonb)
           as r(position integer, "systemId" uuid, pattern text, "validFrom" timestamptz, "validTo" timestamptz)`);
};

/** The bindings of a template, in the order they were made. */
export const bindingsOf = async (tx: Tx, templateId: string): Promise<readonly RoleBinding[]> =>
  await tx.many<RoleBinding>(sql`
    select role_id, template_id, chosen from role_binding
     where template_id = ${templateId} and ended_at is null order by made_at, role_id`);

/** What a role is a binding of; undefined: of nothing. */
export const bindingOf = async (tx: Tx, roleId: string): Promise<RoleBinding | undefined> =>
  await tx.maybe<RoleBinding>(sql`
    select role_id, template_id, chosen from role_binding where role_id = ${roleId} and ended_at is null`);

/** Notes that the role of a binding is put away, so that these values can be bound anew. */
export const endBinding = async (tx: Tx, roleId: string): Promise<void> => {
  await tx.run(sql`
    update role_binding set ended_at = greatest(made_at, ${tx.now}) where role_id = ${roleId} and ended_at is null`);
};
