import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createRole, requireRole, roleParts, setRoleParts, type Role } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { roleBound } from './events.ts';
import type { Values } from './model.ts';
import { checkPatterns, checkValues, inWords } from './patterns.ts';
import { resolvePatterns } from './resolve-patterns.ts';
import { parametersOf, patternsOf } from './store.ts';

/**
 * The role a template is for these values: the one there is, or one made now of what the template's version in force
 * names with them. Nobody gets anything by it. Two who bind the same at once get the same.
 */
export async function bindRole(
  ctx: Ctx,
  permit: Permit,
  input: { readonly role: string; readonly values: Values },
): Promise<{ readonly role: Role; readonly made: boolean }> {
  // Publishing a template holds this too: a binding is of the version before or after, and never in between.
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const template = await requireRole(ctx.tx, input.role);
  const parameters = await parametersOf(ctx.tx, template.id);
  if (parameters.length === 0)
    throw conflict('role.no_template', `${template.name} has no parameters`, 'grant or ask for the role itself');
  if (template.validTo !== null)
    throw conflict('role.no_template', `${template.name} is not in use any more`, 'look for the role that took its place');
  checkValues(parameters, input.values);
  const chosen = Object.fromEntries(parameters.map(({ name }) => [name, input.values[name] ?? '']));
  const known = await ctx.tx.maybe<{ roleId: string }>(sql`
    select role_id from role_binding
     where template_id = ${template.id} and chosen = ${sql.json(chosen)}::jsonb and ended_at is null`);
  const bound = { templateId: template.id, chosen };
  if (known !== undefined) {
    const data = { ...bound, roleId: known.roleId, made: false, entitlementIds: [] };
    await ctx.record(permit, { event: roleBound, data });
    return { role: await requireRole(ctx.tx, known.roleId), made: false };
  }
  const patterns = await patternsOf(ctx.tx, template.id);
  if (patterns.length === 0)
    throw conflict('role.nothing_published', `${template.name} has no version in force that uses its parameters`, 'publish one first');
  checkPatterns(parameters, patterns);
  const [resolved = []] = await resolvePatterns(ctx.tx, { parameters, patterns }, [{ chosen, has: new Set() }]);
  const { name, ownerId, risk, requestable, maxSeconds, description } = template;
  const words = inWords(parameters, chosen);
  const role = await createRole(ctx, permit, {
    name: `${name} [${words}]`,
    description,
    ownerId,
    risk,
    requestable,
    maxSeconds,
  });
  await ctx.tx.run(sql`
    insert into role_binding (role_id, template_id, chosen, made_at)
    values (${role.id}, ${template.id}, ${sql.json(chosen)}::jsonb, ${ctx.now})`);
  await setRoleParts(ctx, permit, { roleId: role.id, parts: [...resolved, ...(await roleParts(ctx.tx, template.id))] });
  await ctx.record(permit, {
    event: roleBound,
    data: {
      ...bound,
      roleId: role.id,
      made: true,
      entitlementIds: resolved.flatMap(({ entitlementId }) => entitlementId ?? []),
    },
  });
  return { role, made: true };
}
