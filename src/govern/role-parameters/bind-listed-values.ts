import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { bindRole } from './bind-role.ts';
import type { RoleParameter, Values } from './model.ts';
import { bindingsOf } from './store.ts';

/** More roles than this are not made by one draft. */
const MOST = 500;

/** Every choice of values there is; none where a parameter takes any text. */
function choicesOf(parameters: readonly RoleParameter[]): readonly Values[] {
  let choices: readonly Values[] = [{}];
  for (const { name, allowedValues } of parameters) {
    choices = choices.flatMap((chosen) => (allowedValues ?? []).map((value) => ({ ...chosen, [name]: value })));
    if (choices.length > MOST)
      throw invalid(
        '/assignment',
        `would give more than ${MOST} roles: so many choices of values there are`,
        'list fewer values, or give the roles by rules of their own',
      );
  }
  return choices;
}

/**
 * Binds a role with parameters to every choice of the values these list, so that a rule can give all of them and its
 * report speaks of all of them. Nobody gets anything by it. A parameter of any text has no list: then it is about what
 * is bound already.
 */
export async function bindListedValues(
  ctx: Ctx,
  permit: Permit,
  template: { readonly id: string; readonly parameters: readonly RoleParameter[] },
): Promise<void> {
  const choices = choicesOf(template.parameters);
  if (choices.length === 0) return;
  const key = (values: Values): string => JSON.stringify(template.parameters.map(({ name }) => values[name]));
  const known = new Set((await bindingsOf(ctx.tx, template.id)).map(({ chosen }) => key(chosen)));
  for (const values of choices)
    if (!known.has(key(values))) await bindRole(ctx, permit, { role: template.id, values }, { beforeVersions: true });
}
