import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { getIdentities, getRole } from '#spine/graph/index.ts';
import { assignmentInForce, type Assignment } from '#govern/lifecycle/index.ts';
import { parametersOf } from '#govern/role-parameters/index.ts';
import { exclusionsInForce } from './exclusions.ts';
import type { Exclusion, VersionContent } from './model.ts';
import { assignmentOfTemplate } from './whom-of-template.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
export const whomOut = z.object({
  assignment: z
    .object({ personCondition: z.string(), graceDays: z.int() })
    .nullable()
    .describe('who has it by rule; null: nobody'),
  exceptPeople: z.array(ref).describe('who is never given it by a rule'),
  excludes: z.array(
    z.object({
      role: ref,
      kind: z.enum(['static', 'dynamic']),
      severity: z.enum(['low', 'medium', 'high', 'critical']),
      mode: z.enum(['record', 'warn', 'enforce']),
      ruleId: z.uuid().nullable().describe('the rule of separated duties that keeps them apart; null: none yet'),
    }),
  ),
});

interface Whom {
  readonly assignment: Assignment | null;
  readonly exceptPeople: readonly string[];
  readonly excludes: readonly (Exclusion & { readonly ruleId: string | null })[];
}

async function shown(tx: Tx, { assignment, exceptPeople, excludes }: Whom): Promise<z.input<typeof whomOut>> {
  const people = new Map((await getIdentities(tx, exceptPeople)).map((i) => [i.id, i.displayName]));
  const roles = new Map<string, string>();
  for (const { roleId } of excludes) roles.set(roleId, (await getRole(tx, roleId))?.name ?? roleId);
  return {
    assignment,
    exceptPeople: exceptPeople.map((id) => ({ id, name: people.get(id) ?? 'somebody no longer known' })),
    excludes: excludes.map(({ roleId, kind, severity, mode, ruleId }) => ({
      role: { id: roleId, name: roles.get(roleId) ?? roleId },
      kind,
      severity,
      mode,
      ruleId,
    })),
  };
}

async function inForce(tx: Tx, roleId: string): Promise<Whom> {
  const { assignment, exceptPeople } = await assignmentInForce(tx, roleId);
  const excludes = await exclusionsInForce(tx, roleId);
  const isTemplate = (await parametersOf(tx, roleId)).length > 0;
  return { assignment: isTemplate ? await assignmentOfTemplate(tx, roleId) : assignment, exceptPeople, excludes };
}

/** Who has a role by rule, whom it excepts and which roles it excludes, as it is in force. */
export const whomOf = async (tx: Tx, roleId: string): Promise<z.input<typeof whomOut>> =>
  await shown(tx, await inForce(tx, roleId));

/** The same as a version says it; what the version does not say is as it is in force. */
export async function whomOfVersion(
  tx: Tx,
  { roleId, content }: { readonly roleId: string; readonly content: VersionContent },
): Promise<z.input<typeof whomOut>> {
  const now = await inForce(tx, roleId);
  const ruleOf = (one: Exclusion): string | null =>
    now.excludes.find(({ roleId: other, kind }) => other === one.roleId && kind === one.kind)?.ruleId ?? null;
  return await shown(tx, {
    assignment: content.assignment === undefined ? now.assignment : content.assignment,
    exceptPeople: content.exceptPeople ?? now.exceptPeople,
    excludes: content.excludes?.map((one) => ({ ...one, ruleId: ruleOf(one) })) ?? now.excludes,
  });
}
