import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { ConditionError, fillCondition } from '#spine/decide/index.ts';
import { requireRole } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import {
  assignmentInForce,
  checkPersonCondition,
  type AssignedRole,
  type Assignment,
} from '#govern/lifecycle/index.ts';
import { bindingsOf, bindListedValues, parametersOf, type Values } from '#govern/role-parameters/index.ts';
import { CONDITION } from './check-whom.ts';
import type { VersionContent } from './model.ts';

/** Who has the roles bound to a template by rule, as its versions in force said it last; its bindings have the rules. */
export async function assignmentOfTemplate(tx: Tx, templateId: string): Promise<Assignment | null> {
  const said = await tx.maybe<{ assignment: Assignment | null }>(sql`
    select nullif(content -> 'assignment', 'null'::jsonb) as assignment from role_version
     where role_id = ${templateId} and state in ('published', 'superseded') and content ? 'assignment'
     order by number desc limit 1`);
  return said?.assignment ?? null;
}

/** The rule a template has once a version of it is published. */
export const ruleAfter = async (tx: Tx, templateId: string, content: VersionContent): Promise<Assignment | null> =>
  content.assignment === undefined ? await assignmentOfTemplate(tx, templateId) : content.assignment;

/** The rule of a template for one choice of values. */
function filled(assignment: Assignment | null, values: Values): Assignment | null {
  if (assignment === null) return null;
  try {
    return { ...assignment, personCondition: fillCondition(assignment.personCondition, values) };
  } catch (error) {
    if (error instanceof ConditionError) throw invalid(CONDITION, error.message, error.fix);
    throw error;
  }
}

/**
 * Throws where a rule cannot be followed for the values of a template, and binds it to all its parameters list: whoever
 * publishes the version has a report about all of them.
 */
export async function bindForRule(
  ctx: Ctx,
  permit: Permit,
  templateId: string,
  assignment: Assignment | null,
): Promise<void> {
  if (assignment === null) return;
  const parameters = await parametersOf(ctx.tx, templateId);
  const sample = Object.fromEntries(parameters.map(({ name, allowedValues }) => [name, allowedValues?.[0] ?? 'value']));
  checkPersonCondition(CONDITION, filled(assignment, sample)?.personCondition ?? '');
  await bindListedValues(ctx, permit, { id: templateId, parameters });
}

/** Who has each role bound to a template by rule, once a version of it is published; none where no rule is there or comes. */
export async function assignedOfBindings(
  tx: Tx,
  templateId: string,
  content: VersionContent,
): Promise<ReadonlyMap<string, AssignedRole>> {
  const assignment = await ruleAfter(tx, templateId, content);
  const exceptPeople = content.exceptPeople ?? (await assignmentInForce(tx, templateId)).exceptPeople;
  const found = new Map<string, AssignedRole>();
  for (const { roleId, chosen } of await bindingsOf(tx, templateId)) {
    const { name: roleName } = await requireRole(tx, roleId);
    found.set(roleId, { roleId, roleName, assignment: filled(assignment, chosen), exceptPeople });
  }
  return found;
}
