import { sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireRole, type Role } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { parametersSet } from './events.ts';
import type { RoleParameter } from './model.ts';
import { checkPatterns, checkValues } from './patterns.ts';
import { bindingOf, bindingsOf, parametersOf, patternsOf } from './store.ts';

/**
 * Says what has to be said to have a role: with parameters it is a template, and given by its bindings alone. Which values
 * are allowed can change at any time, and changes no binding there is; which parameters there are can not, once there are
 * bindings. Throws `role.in_use` where somebody has the role, or a role or rule names it.
 */
export async function setParameters(
  ctx: Ctx,
  permit: Permit<'role.parameters'>,
  input: { readonly roleId: string; readonly parameters: readonly RoleParameter[] },
): Promise<Role> {
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const role = await requireRole(ctx.tx, input.roleId);
  await ctx.tx.run(sql`select id from role where id = ${role.id} for update`);
  const { parameters } = input;
  checkParameters(parameters);
  const before = await parametersOf(ctx.tx, role.id);
  if ((await bindingOf(ctx.tx, role.id)) !== undefined)
    throw conflict(
      'role.is_binding',
      `${role.name} follows a role with parameters`,
      'change the parameters of that role',
    );
  if (before.length === 0 && parameters.length > 0) await refuseInUse(ctx, role);
  const names = (of: readonly RoleParameter[]): string => JSON.stringify(of.map(({ name }) => name).sort());
  const bindings = await bindingsOf(ctx.tx, role.id);
  if (bindings.length > 0 && names(before) !== names(parameters))
    throw conflict(
      'role.in_use',
      `${bindings.length} roles are bound to the parameters ${role.name} has`,
      'retire these first, or make another role; the values a parameter allows can be changed',
    );
  const patterns = await patternsOf(ctx.tx, role.id);
  if (patterns.length > 0) checkPatterns(parameters, patterns);
  await ctx.tx.run(sql`delete from role_parameter where role_id = ${role.id}`);
  const rows = parameters.map((one, n) => ({ ...one, position: n + 1 }));
  await ctx.tx.run(sql`
    insert into role_parameter (role_id, position, name, allowed_values)
    select ${role.id}::uuid, position, name, "allowedValues"
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(position integer, name text, "allowedValues" text[])`);
  await ctx.record(permit, {
    event: parametersSet,
    data: {
      roleId: role.id,
      parameters: parameters.map(({ name, allowedValues }) => ({
        name,
        allowedValues: allowedValues === null ? null : [...allowedValues],
      })),
    },
  });
  return role;
}

function checkParameters(parameters: readonly RoleParameter[]): void {
  const seen = new Set<string>();
  for (const [n, { name, allowedValues }] of parameters.entries()) {
    if (seen.has(name)) throw invalid(`/parameters/${n}/name`, 'is there twice', 'name it once');
    seen.add(name);
    for (const value of allowedValues ?? []) checkValues([{ name, allowedValues: null }], { [name]: value });
  }
}

async function refuseInUse(ctx: Ctx, role: Role): Promise<void> {
  const { holders, names } = await ctx.tx.one<{ holders: number; names: string[] }>(sql`
    select (select count(distinct identity_id)::int from access_grant g
             where g.role_id = ${role.id} and g.ended_because is null and (g.valid_to is null or g.valid_to > ${ctx.now})) as holders,
           array(select r.name from role_content c join role r on r.id = c.role_id
                  where c.child_role_id = ${role.id} and (c.valid_to is null or c.valid_to > ${ctx.now})
                 union select name from birthright_rule where role_id = ${role.id} and valid_to is null
                 union select s.name from role_exclusion x join sod_rule s on s.id = x.rule_id and s.valid_to is null
                  where ${role.id} in (x.role_id, x.other_role_id) order by 1) as names`);
  if (holders > 0)
    throw conflict(
      'role.in_use',
      `${holders} people have ${role.name} without values`,
      'end their grants first, or make another role',
    );
  if (names.length > 0)
    throw conflict(
      'role.in_use',
      `${role.name} is named by ${names.join(', ')}`,
      'take it out there first, or make another role',
    );
}
