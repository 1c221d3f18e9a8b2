import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endRole, requireRole, type Role } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { bindingsOf, endBinding } from '#govern/role-parameters/index.ts';
import { openVersion } from './store.ts';

/**
 * Puts a role away that nobody has and that nothing names any more: no draft, no rule, no other role; and with a role all
 * that is bound to its parameters, where the same is so of these.
 */
export async function retireRole(ctx: Ctx, permit: Permit<'role.retire'>, which: string): Promise<Role> {
  // Nothing is bound meanwhile.
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const role = await requireRole(ctx.tx, which);
  for (const { roleId } of await bindingsOf(ctx.tx, role.id))
    await retireOne(ctx, permit, await requireRole(ctx.tx, roleId));
  return await retireOne(ctx, permit, role);
}

async function retireOne(ctx: Ctx, permit: Permit<'role.retire'>, role: Role): Promise<Role> {
  const open = await openVersion(ctx.tx, role.id);
  if (open !== undefined) throw inUse(`version ${open.number} of ${role.name} is open`, 'publish or withdraw it first');
  const rules = await ctx.tx.many<{ name: string }>(sql`
    select name from birthright_rule where role_id = ${role.id} and valid_to is null
    union
    select r.name from role_exclusion x join sod_rule r on r.id = x.rule_id and r.valid_to is null
     where ${role.id} in (x.role_id, x.other_role_id) order by 1`);
  if (rules.length > 0)
    throw inUse(
      `${role.name} is named by ${rules.map(({ name }) => name).join(', ')}`,
      'publish a version without a rule and exclusions first, and remove what else names it',
    );
  const ended = await endRole(ctx, permit, role.id);
  await endBinding(ctx.tx, role.id);
  return ended;
}

const inUse = (what: string, fix: string): Error => conflict('role.in_use', what, fix);
