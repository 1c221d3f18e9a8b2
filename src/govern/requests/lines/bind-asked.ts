import type { Decide, Permit } from '#spine/decide/index.ts';
import { getRole } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { asIfBound, bindRole, type ToBind } from '#govern/role-parameters/index.ts';
import { asIfEligibilitiesAsked, eligibilitiesAsked } from './ask-eligibility.ts';
import { targetNamed, type AskedLine } from './find-targets.ts';

/** What a line with values would bind; undefined where it has none, or whoever asks may not: it is then judged as it is. */
const toBind = async (ctx: Ctx, decide: Decide, line: AskedLine): Promise<ToBind | undefined> => {
  if (line.values === undefined) return undefined;
  const id = line.roleId ?? (line.what === undefined ? undefined : await targetNamed(ctx.tx, line.what));
  const role = id === undefined ? undefined : await getRole(ctx.tx, id);
  if (role === undefined) return undefined;
  const resource = { type: 'Role', id: role.id };
  for (const action of ['role.read', 'role.bind'])
    if (!(await decide.may(ctx.tx, { principal: ctx.principal, action, resource })).allowed) return undefined;
  return { role: role.id, values: line.values };
};

/** Lines that name a role with parameters and values ask for the role bound to these, made where there is none yet. */
export const rolesBound = async (
  ctx: Ctx,
  permit: Permit,
  decide: Decide,
  lines: readonly AskedLine[],
): Promise<readonly AskedLine[]> => {
  const bound: AskedLine[] = [];
  for (const line of lines) {
    const what = await toBind(ctx, decide, line);
    bound.push(what === undefined ? line : { ...line, roleId: (await bindRole(ctx, permit, what)).role.id });
  }
  return bound;
};

/** Lines as they are asked for: of bound roles, and of eligibilities, made where there are none yet. */
export const bindAsked = async (
  ctx: Ctx,
  permit: Permit,
  decide: Decide,
  lines: readonly AskedLine[],
): Promise<readonly AskedLine[]> =>
  await eligibilitiesAsked(ctx, permit, decide, await rolesBound(ctx, permit, decide, lines));

/** Looks at lines as `bindAsked` would make them, and leaves no role behind. */
export const asIfAsked = async <T>(
  ctx: Ctx,
  decide: Decide,
  lines: readonly AskedLine[],
  look: (lines: readonly AskedLine[]) => Promise<T>,
): Promise<T> => {
  const asked: (ToBind | undefined)[] = [];
  for (const line of lines) asked.push(await toBind(ctx, decide, line));
  const all = (bound: readonly AskedLine[]) => asIfEligibilitiesAsked(ctx, decide, bound, look);
  if (asked.every((one) => one === undefined)) return await all(lines);
  return await asIfBound(ctx.tx, asked, async (roleIds) =>
    all(lines.map((line, n) => (roleIds[n] === undefined ? line : { ...line, roleId: roleIds[n] }))),
  );
};
