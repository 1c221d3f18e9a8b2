import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  asIfRoleParts,
  carryRoleMark,
  createRole,
  layOutRole,
  requireRole,
  roleParts,
  setRoleParts,
  type Role,
  type RolePart,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { roleBound } from './events.ts';
import type { Values } from './model.ts';
import { checkPatterns, checkValues, inWords } from './patterns.ts';
import { resolvePatterns } from './resolve-patterns.ts';
import { parametersOf, patternsOf } from './store.ts';

/** A role with parameters, by id or name, and a value for each. */
export interface ToBind {
  readonly role: string;
  readonly values: Values;
}

interface Plan {
  readonly template: Role;
  readonly chosen: Values;
  /** The binding there is; undefined: there is none. */
  readonly known: string | undefined;
  readonly name: string;
  readonly resolved: readonly RolePart[];
  readonly fixed: readonly RolePart[];
}

/**
 * The role a template is for these values: the one there is, or one made now of what the template's version in force
 * names with them. Nobody gets anything by it. Two who bind the same at once get the same. `beforeVersions`: also where no
 * version is in force yet, of nothing.
 */
export async function bindRole(
  ctx: Ctx,
  permit: Permit,
  input: ToBind,
  options: { readonly beforeVersions?: boolean } = {},
): Promise<{ readonly role: Role; readonly made: boolean }> {
  // Publishing a template holds this too: a binding is of the version before or after, and never in between.
  await ctx.tx.run(sql`lock table role_content in share row exclusive mode`);
  const { template, chosen, known, name, resolved, fixed } = await planBinding(ctx.tx, input, options);
  const made = known === undefined;
  const roleId = known ?? (await createRole(ctx, permit, { ...describedAs(template), name })).id;
  if (made) {
    await noteBinding(ctx.tx, { roleId, templateId: template.id, chosen });
    await setRoleParts(ctx, permit, { roleId, parts: [...resolved, ...fixed] });
    await keepWhom(ctx.tx, { roleId, templateId: template.id });
  }
  await ctx.record(permit, {
    event: roleBound,
    data: {
      roleId,
      templateId: template.id,
      chosen: { ...chosen },
      made,
      entitlementIds: resolved.flatMap(({ entitlementId }) => entitlementId ?? []),
    },
  });
  return { role: await requireRole(ctx.tx, roleId), made };
}

/** Looks at the graph as it would be were these bound, and leaves it as it is. `look` is told the role of each, in order. */
export async function asIfBound<T>(
  tx: Tx,
  input: readonly (ToBind | undefined)[],
  look: (roleIds: readonly (string | undefined)[]) => Promise<T>,
): Promise<T> {
  await tx.run(sql`savepoint as_if_bound`);
  try {
    const roleIds: (string | undefined)[] = [];
    const changes: { roleId: string; parts: readonly RolePart[] }[] = [];
    for (const one of input) {
      const plan = one === undefined ? undefined : await planBinding(tx, one);
      if (plan !== undefined && plan.known === undefined) {
        const roleId = await layOutRole(tx, { ...describedAs(plan.template), name: plan.name });
        await noteBinding(tx, { roleId, templateId: plan.template.id, chosen: plan.chosen });
        await keepWhom(tx, { roleId, templateId: plan.template.id });
        changes.push({ roleId, parts: [...plan.resolved, ...plan.fixed] });
        roleIds.push(roleId);
      } else roleIds.push(plan?.known);
    }
    return await asIfRoleParts(tx, changes, () => look(roleIds));
  } finally {
    await tx.run(sql`rollback to savepoint as_if_bound`);
  }
}

async function planBinding(
  tx: Tx,
  input: ToBind,
  { beforeVersions = false }: { readonly beforeVersions?: boolean } = {},
): Promise<Plan> {
  const template = await requireRole(tx, input.role);
  const parameters = await parametersOf(tx, template.id);
  if (parameters.length === 0)
    throw conflict('role.no_template', `${template.name} has no parameters`, 'grant or ask for the role itself');
  if (template.validTo !== null)
    throw conflict(
      'role.no_template',
      `${template.name} is not in use any more`,
      'look for the role that took its place',
    );
  checkValues(parameters, input.values);
  const chosen = Object.fromEntries(parameters.map(({ name }) => [name, input.values[name] ?? '']));
  const name = `${template.name} [${inWords(parameters, chosen)}]`;
  const known = await tx.maybe<{ roleId: string }>(sql`
    select role_id from role_binding
     where template_id = ${template.id} and chosen = ${sql.json(chosen)}::jsonb and ended_at is null`);
  if (known !== undefined) return { template, chosen, known: known.roleId, name, resolved: [], fixed: [] };
  const patterns = await patternsOf(tx, template.id);
  if (patterns.length === 0 && beforeVersions)
    return { template, chosen, known: undefined, name, resolved: [], fixed: await roleParts(tx, template.id) };
  if (patterns.length === 0)
    throw conflict(
      'role.nothing_published',
      `${template.name} has no version in force that uses its parameters`,
      'publish one first',
    );
  checkPatterns(parameters, patterns);
  const [resolved = []] = await resolvePatterns(tx, { parameters, patterns }, [{ chosen, has: new Set() }]);
  return { template, chosen, known: undefined, name, resolved, fixed: await roleParts(tx, template.id) };
}

const describedAs = ({ description, ownerId, risk, requestable, maxSeconds }: Role) => ({
  description,
  ownerId,
  risk,
  requestable,
  maxSeconds,
});

/** What the template excludes its binding excludes from now on, and whom rules pass over they pass over for it too. */
const keepWhom = async (
  tx: Tx,
  { roleId, templateId }: { readonly roleId: string; readonly templateId: string },
): Promise<void> => {
  await carryRoleMark(tx, templateId, roleId);
  await tx.run(sql`
    insert into role_except_person (role_id, identity_id)
    select ${roleId}, identity_id from role_except_person where role_id = ${templateId}`);
};

const noteBinding = async (
  tx: Tx,
  { roleId, templateId, chosen }: { readonly roleId: string; readonly templateId: string; readonly chosen: Values },
): Promise<void> => {
  await tx.run(sql`
    insert into role_binding (role_id, template_id, chosen, made_at)
    values (${roleId}, ${templateId}, ${sql.json(chosen)}::jsonb, ${tx.now})`);
};
