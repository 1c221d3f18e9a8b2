import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endRole, requireRole, type Role } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { openVersion } from './store.ts';

/** Puts a role away that nobody has and that nothing names any more: no draft, no rule, no other role. */
export async function retireRole(ctx: Ctx, permit: Permit<'role.retire'>, which: string): Promise<Role> {
  const role = await requireRole(ctx.tx, which);
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
  return await endRole(ctx, permit, role.id);
}

const inUse = (what: string, fix: string): Error => conflict('role.in_use', what, fix);
