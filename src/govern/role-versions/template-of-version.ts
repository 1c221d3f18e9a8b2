import type { Tx } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { refuseCircle, roleParts } from '#spine/graph/index.ts';
import {
  bindingOf,
  bindingsOf,
  checkPatterns,
  parametersAmong,
  parametersOf,
  resolvePatterns,
} from '#govern/role-parameters/index.ts';
import type { VersionChange } from './as-if-version.ts';
import type { VersionContent } from './model.ts';
import { partsOf } from './parts-of.ts';

/** Throws where a role cannot be made of this for its parameters, or because it is a binding, which follows its template. */
export async function checkTemplate(
  tx: Tx,
  role: { readonly id: string; readonly name: string },
  content: VersionContent,
): Promise<void> {
  const binding = await bindingOf(tx, role.id);
  if (binding !== undefined)
    throw conflict(
      'role_version.of_binding',
      `${role.name} follows the role it is a binding of`,
      `draft that one (${binding.templateId}): its versions change all its bindings`,
    );
  await refuseTemplates(tx, content);
  for (const change of await changesOfBindings(tx, role.id, content))
    await refuseCircle(
      tx,
      { id: change.roleId, name: role.name },
      content.roles.map(({ id }) => id),
    );
}

async function refuseTemplates(tx: Tx, { roles }: VersionContent): Promise<void> {
  const templates = await parametersAmong(
    tx,
    roles.map(({ id }) => id),
  );
  const inside = roles.findIndex(({ id }) => templates.has(id));
  if (inside >= 0)
    throw invalid(
      `/roles/${inside}/id`,
      'has parameters, and is nothing without values',
      'bind it to values (reeve roles bind), and name the role that answers',
    );
}

/**
 * What a version makes of the roles bound to the values of a template; of an ordinary role, nothing. Throws where the
 * version cannot be one of a template, and where a pattern names nothing for the values of a binding.
 */
export async function changesOfBindings(
  tx: Tx,
  roleId: string,
  content: VersionContent,
): Promise<readonly VersionChange[]> {
  const parameters = await parametersOf(tx, roleId);
  const { patterns = [] } = content;
  if (parameters.length + patterns.length === 0) return [];
  checkPatterns(parameters, patterns);
  const bindings = await bindingsOf(tx, roleId);
  const choices = [];
  for (const { roleId: bound, chosen } of bindings)
    choices.push({ chosen, has: new Set((await roleParts(tx, bound)).flatMap((p) => p.entitlementId ?? [])) });
  const resolved = await resolvePatterns(tx, { parameters, patterns }, choices);
  const fixed = partsOf(content);
  return bindings.map((binding, n) => ({ roleId: binding.roleId, parts: [...(resolved[n] ?? []), ...fixed] }));
}
