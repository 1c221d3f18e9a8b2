import { invalid, notFound } from '#kit/errors/index.ts';
import {
  changeSodRule,
  createSodRule,
  liveRules,
  retireSodRule,
  type Decide,
  type Permit,
  type StoredRule,
} from '#spine/decide/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { libraryFunctionMapped, libraryRulesAdopted } from '../events.ts';
import { adoptions, mappedEntitlements, writeAdoptions, writeMapping } from './mapping.ts';
import { LIBRARY, LIBRARY_FUNCTIONS, nameOfRule, type LibraryRule } from './read-library.ts';

/** Which rules a change brought into force, changed, or took out of force. */
export interface InForce {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly retired: readonly string[];
}

/**
 * Wants rules of the library here, one by one or all of a process. Those whose functions are all mapped are rules at once;
 * the others become rules when they are. Refuses a rule the library does not have.
 */
export const adoptRules = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  decide: Decide,
  input: {
    readonly ids?: readonly string[] | undefined;
    readonly process?: string | undefined;
    readonly mode: 'record' | 'warn' | 'enforce';
    readonly ownerId?: string | undefined;
  },
): Promise<{ readonly adopted: readonly string[] } & InForce> => {
  const chosen = input.ids ?? LIBRARY.filter((r) => r.process === input.process).map((r) => r.id);
  if (chosen.length === 0 || (input.ids !== undefined && input.process !== undefined))
    throw invalid(
      '/ids',
      'names no rule of the library, or a process beside them',
      'name ids or a process; see `reeve sod library`',
    );
  const unknown = chosen.find((id) => !LIBRARY.some((r) => r.id === id));
  if (unknown !== undefined) throw invalid('/ids', `the library has no rule ${unknown}`, 'see `reeve sod library`');
  if (input.ownerId !== undefined && (await getIdentity(ctx.tx, input.ownerId)) === undefined)
    throw invalid('/ownerId', 'there is no such identity', 'name somebody who is known');
  const adopted = chosen.filter((id) => LIBRARY.find((r) => r.id === id)?.keptBy === null);
  await writeAdoptions(ctx.tx, adopted, { mode: input.mode, ownerId: input.ownerId ?? null });
  const done = await agreeWithMapping(ctx, permit, decide, (rule) => adopted.includes(rule.id));
  await ctx.record(permit, { event: libraryRulesAdopted, data: { libraryIds: adopted, mode: input.mode } });
  return { adopted, ...done };
};

/** Says which entitlements a function of the library is here, for every rule that names it; the rules follow at once. */
export const mapFunction = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  decide: Decide,
  input: { readonly key: string; readonly entitlementIds: readonly string[] },
): Promise<InForce> => {
  if (!LIBRARY_FUNCTIONS.has(input.key)) throw notFound('sod_function', input.key);
  await writeMapping(ctx.tx, input.key, input.entitlementIds);
  const done = await agreeWithMapping(ctx, permit, decide, (rule) => rule.functions.some((f) => f.key === input.key));
  await ctx.record(permit, {
    event: libraryFunctionMapped,
    data: { functionKey: input.key, entitlementIds: [...input.entitlementIds] },
  });
  return done;
};

const sides = (functions: StoredRule['functions']): string =>
  JSON.stringify(functions.map((f) => [f.name, f.entitlementIds.toSorted()]));

/** Makes the rules adopted from the library what the mapping says: whole ones are rules, others are none. */
const agreeWithMapping = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  decide: Decide,
  concerns: (rule: LibraryRule) => boolean,
): Promise<InForce> => {
  const mapped = await mappedEntitlements(ctx.tx);
  const live = new Map((await liveRules(ctx.tx)).flatMap((r) => (r.libraryId === null ? [] : [[r.libraryId, r]])));
  const wanted = new Map((await adoptions(ctx.tx)).map((a) => [a.libraryId, a]));
  const done = { created: [] as string[], changed: [] as string[], retired: [] as string[] };
  for (const rule of LIBRARY.filter(concerns)) {
    const adoption = wanted.get(rule.id);
    if (adoption === undefined) continue;
    const known = live.get(rule.id);
    const functions = rule.functions.map((f) => ({ name: f.name, entitlementIds: mapped.get(f.key) ?? [] }));
    const whole = functions.every((f) => f.entitlementIds.length > 0);
    const may = <A extends 'sod_rule.change' | 'sod_rule.retire'>(action: A, id: string) =>
      decide.permit(ctx.tx, { principal: ctx.principal, action, resource: { type: 'SodRule', id } });
    if (known === undefined && whole) {
      await createSodRule(ctx, permit, {
        name: nameOfRule(rule),
        description: `${rule.process}, ${rule.id} of the library. What can make up for it: ${rule.control}`,
        risk: rule.risk,
        severity: rule.severity,
        mode: adoption.mode,
        functions,
        ownerId: adoption.ownerId ?? undefined,
        libraryId: rule.id,
      });
      done.created.push(rule.id);
    } else if (known !== undefined && !whole) {
      const { permit: retire } = await may('sod_rule.retire', known.id);
      await retireSodRule(ctx, retire, known.id, { keepAdoption: true });
      done.retired.push(rule.id);
    } else if (known !== undefined && sides(known.functions) !== sides(functions)) {
      const { permit: change } = await may('sod_rule.change', known.id);
      await changeSodRule(ctx, change, known.id, { functions });
      done.changed.push(rule.id);
    }
  }
  return done;
};
