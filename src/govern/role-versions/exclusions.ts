import { sql, type Tx } from '#kit/db/index.ts';
import {
  changeSodRule,
  createSodRule,
  layOutRules,
  PLATFORM,
  retireSodRule,
  type Decide,
  type RuleInput,
} from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getRole, layOutRoleMarks, markRoles, type ToMark } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { bindingsOf } from '#govern/role-parameters/index.ts';
import type { Exclusion } from './model.ts';

type Named = { readonly id: string; readonly name: string };
type Marks = ReadonlyMap<string, string>;

interface InForce extends Exclusion {
  readonly ruleId: string;
}

const countsOf = (kind: Exclusion['kind']): 'held' | 'same_session' => (kind === 'static' ? 'held' : 'same_session');
const keyOf = ({ roleId, kind }: Pick<Exclusion, 'roleId' | 'kind'>): string => `${kind} ${roleId}`;

/** The roles a role excludes as it is in force now, each with the rule of separated duties that keeps them apart. */
export const exclusionsInForce = async (tx: Tx, roleId: string): Promise<readonly InForce[]> =>
  await tx.many<InForce>(sql`
    select x.other_role_id as role_id, case x.at when 'held' then 'static' else 'dynamic' end as kind, r.severity, r.mode, x.rule_id
      from role_exclusion x join sod_rule r on r.id = x.rule_id and r.valid_to is null
     where x.role_id = ${roleId} order by r.name, r.id`);

interface Difference {
  readonly create: readonly Exclusion[];
  readonly change: readonly InForce[];
  readonly retire: readonly InForce[];
}

async function differenceOf(tx: Tx, role: Named, wanted: readonly Exclusion[]): Promise<Difference> {
  const now = new Map((await exclusionsInForce(tx, role.id)).map((one) => [keyOf(one), one]));
  const keys = new Set(wanted.map(keyOf));
  return {
    create: wanted.filter((one) => !now.has(keyOf(one))),
    change: wanted.flatMap((one) => {
      const known = now.get(keyOf(one));
      return known === undefined || (known.mode === one.mode && known.severity === one.severity)
        ? []
        : [{ ...known, mode: one.mode, severity: one.severity }];
    }),
    retire: [...now.values()].filter((one) => !keys.has(keyOf(one))),
  };
}

/** Whether the version keeps other roles apart than are kept apart now, or otherwise. */
export async function changesExclusions(tx: Tx, role: Named, wanted: readonly Exclusion[]): Promise<boolean> {
  const { create, change, retire } = await differenceOf(tx, role, wanted);
  return create.length + change.length + retire.length > 0;
}

/** The role and those it excludes. Having a role with parameters is having any role bound to them. */
async function rolesOf(tx: Tx, role: Named, exclusions: readonly Exclusion[]): Promise<readonly ToMark[]> {
  if (exclusions.length === 0) return [];
  const named: Named[] = [role];
  for (const { roleId } of exclusions) {
    const other = await getRole(tx, roleId);
    if (other !== undefined) named.push(other);
  }
  const marked: ToMark[] = [];
  for (const { id, name } of named)
    marked.push({ id, name, bindingIds: (await bindingsOf(tx, id)).map((binding) => binding.roleId) });
  return marked;
}

/** The rule that keeps two roles apart: each of its functions is having the role, however it is had. */
async function ruleFor(
  tx: Tx,
  role: Named,
  others: readonly Named[],
  marks: Marks,
  one: Exclusion,
): Promise<RuleInput> {
  const other = others.find(({ id }) => id === one.roleId)?.name ?? one.roleId;
  const name = `${role.name} excludes ${other}${one.kind === 'static' ? '' : ' in one session'}`;
  const taken = await tx.maybe(sql`select id from sod_rule where lower(name) = lower(${name}) and valid_to is null`);
  const owner = await getRole(tx, role.id);
  return {
    name: taken === undefined ? name : `${name} (${role.id.slice(-8)} ${one.roleId.slice(-8)})`,
    description: `Comes and goes with the published version of the role ${role.name}.`,
    severity: one.severity,
    mode: one.mode,
    counts: countsOf(one.kind),
    ...(owner?.ownerId == null ? {} : { ownerId: owner.ownerId }),
    functions: [
      { name: `having ${role.name}`, entitlementIds: [marks.get(role.id) ?? ''] },
      { name: `having ${other}`, entitlementIds: [marks.get(one.roleId) ?? ''] },
    ],
  };
}

/** Lays out the rules and marks that `putExclusions` would leave. Records nothing: for who looks at it and takes it back. */
export async function layOutExclusions(tx: Tx, role: Named, wanted: readonly Exclusion[]): Promise<void> {
  const { create, change, retire } = await differenceOf(tx, role, wanted);
  const roles = await rolesOf(tx, role, create);
  const { marks } = await layOutRoleMarks(tx, roles);
  const rules: RuleInput[] = [];
  for (const one of create) rules.push(await ruleFor(tx, role, roles, marks, one));
  await layOutRules(tx, {
    create: rules,
    change: change.map(({ ruleId: id, mode, severity }) => ({ id, mode, severity })),
    retire: retire.map(({ ruleId }) => ruleId),
  });
}

/**
 * Keeps these roles apart from a role, and no others any more. Each is a rule of separated duties: whoever publishes the
 * version has to be somebody who may make, change or retire such a rule.
 */
export async function putExclusions(
  ctx: Ctx,
  permit: Permit,
  decide: Decide,
  role: Named,
  wanted: readonly Exclusion[],
): Promise<void> {
  const { create, change, retire } = await differenceOf(ctx.tx, role, wanted);
  const roles = await rolesOf(ctx.tx, role, create);
  const marks = await markRoles(ctx, permit, roles);
  const may = async <A extends string>(action: A, resource: { type: string; id: string }): Promise<Permit<A>> =>
    (await decide.permit(ctx.tx, { principal: ctx.principal, action, resource })).permit;
  for (const { ruleId, roleId, kind } of retire) {
    await retireSodRule(ctx, await may('sod_rule.retire', { type: 'SodRule', id: ruleId }), ruleId);
    await ctx.tx.run(sql`
      delete from role_exclusion where role_id = ${role.id} and other_role_id = ${roleId} and at = ${countsOf(kind)}`);
  }
  for (const { ruleId, mode, severity } of change)
    await changeSodRule(ctx, await may('sod_rule.change', { type: 'SodRule', id: ruleId }), ruleId, { mode, severity });
  for (const one of create) {
    const rule = await createSodRule(
      ctx,
      await may('sod_rule.create', PLATFORM),
      await ruleFor(ctx.tx, role, roles, marks, one),
    );
    await ctx.tx.run(sql`
      insert into role_exclusion (role_id, other_role_id, at, rule_id) values (${role.id}, ${one.roleId}, ${countsOf(one.kind)}, ${rule.id})
      on conflict (role_id, other_role_id, at) do update set rule_id = excluded.rule_id`);
  }
}
