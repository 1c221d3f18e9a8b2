import type { Tx } from '#kit/db/index.ts';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import {
  changeSodRule,
  createSodRule,
  liveRules,
  type Decide,
  type Permit,
  type RuleInput,
  type StoredRule,
} from '#spine/decide/index.ts';
import { findIdentityByUsername, getIdentities, getSystem, listSystems } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { entitlementsNamed, nameEntitlements } from './name-entitlements.ts';
import { readRules, writeRules, type FileRule } from './rules-file.ts';

/** What a file did, or would do, to one rule. */
export interface Imported {
  readonly name: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly changed: readonly string[];
}

/** Turns names into ids. Throws 422 naming every name that means nothing, before anything is changed. */
const meant = async (tx: Tx, rules: readonly FileRule[]): Promise<RuleInput[]> => {
  const entitlements = await entitlementsNamed(
    tx,
    rules.flatMap((r) => r.functions.flatMap((f) => f.entitlements)),
  );
  const problems: FieldProblem[] = [];
  const inputs: RuleInput[] = [];
  for (const [i, rule] of rules.entries()) {
    const at = `/rules/${i}`;
    const systemIds: string[] = [];
    for (const name of rule.systems ?? []) {
      const system = await getSystem(tx, name);
      if (system === undefined) problems.push({ pointer: `${at}/systems`, detail: `there is no system ${name}` });
      else systemIds.push(system.id);
    }
    const owner = rule.owner === undefined ? undefined : await findIdentityByUsername(tx, rule.owner);
    if (rule.owner !== undefined && owner === undefined)
      problems.push({ pointer: `${at}/owner`, detail: `there is nobody called ${rule.owner}` });
    const functions = rule.functions.map((f) => ({
      name: f.name,
      entitlementIds: f.entitlements.flatMap((name) => {
        const id = entitlements.get(name);
        if (id === undefined)
          problems.push({
            pointer: `${at}/functions`,
            detail: `"${rule.name}" names ${name}, which is nothing or more than one thing`,
          });
        return id === undefined ? [] : [id];
      }),
    }));
    inputs.push({
      name: rule.name,
      description: rule.description ?? '',
      severity: rule.severity,
      mode: rule.mode,
      functions,
      systemIds,
      ownerId: owner?.id,
    });
  }
  if (problems.length > 0)
    throw new AppError({
      code: 'sod.file_names_unknown',
      status: 422,
      detail: `${problems.length} name${problems.length === 1 ? '' : 's'} in this file mean nothing here; nothing was changed. First: ${problems[0]?.detail ?? ''}`,
      fix: 'write entitlements as <system>:<native id>, owners as usernames',
      errors: problems.slice(0, 100),
    });
  return inputs;
};

const sides = (functions: RuleInput['functions']): string =>
  JSON.stringify(functions.map((f) => [f.name, [...new Set(f.entitlementIds)].sort()]));

const differences = (rule: StoredRule, to: RuleInput): string[] => [
  ...(rule.description === to.description ? [] : ['description']),
  ...(rule.severity === to.severity ? [] : ['severity']),
  ...(rule.mode === to.mode ? [] : ['mode']),
  ...(to.ownerId === undefined || rule.ownerId === to.ownerId ? [] : ['owner']),
  ...(sides(rule.functions) === sides(to.functions) ? [] : ['functions']),
];

interface Compared extends Imported {
  readonly to: RuleInput;
  readonly known: StoredRule | undefined;
}

const compare = async (tx: Tx, yaml: string): Promise<Compared[]> => {
  const live = new Map((await liveRules(tx)).map((rule) => [rule.name.toLowerCase(), rule]));
  return (await meant(tx, readRules(yaml))).map((to): Compared => {
    const known = live.get(to.name.toLowerCase());
    const changed = known === undefined ? [] : differences(known, to);
    const outcome = known === undefined ? 'created' : changed.length > 0 ? 'changed' : 'unchanged';
    return { name: to.name, outcome, changed, to, known };
  });
};

const shown = ({ name, outcome, changed }: Compared): Imported => ({ name, outcome, changed });

/** What importing a file would do, without doing it. */
export const compareRules = async (tx: Tx, yaml: string): Promise<Imported[]> => (await compare(tx, yaml)).map(shown);

/**
 * Makes the rules of a file so, all or none: new names are created, known ones changed where they differ. Rules that
 * are not in the file stay.
 */
export const importRules = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  decide: Decide,
  yaml: string,
): Promise<Imported[]> => {
  const compared = await compare(ctx.tx, yaml);
  for (const { to, known, outcome } of compared) {
    if (known === undefined) await createSodRule(ctx, permit, to);
    if (known === undefined || outcome === 'unchanged') continue;
    const resource = { type: 'SodRule', id: known.id };
    const may = await decide.permit(ctx.tx, { principal: ctx.principal, action: 'sod_rule.change' as const, resource });
    const { description, severity, mode, functions, ownerId } = to;
    await changeSodRule(ctx, may.permit, known.id, { description, severity, mode, functions, ownerId });
  }
  return compared.map(shown);
};

/** The rules in force as a file that imports to the same. */
export const exportRules = async (tx: Tx): Promise<string> => {
  const rules = await liveRules(tx);
  const names = await nameEntitlements(
    tx,
    rules.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds)),
  );
  const owners = new Map(
    (
      await getIdentities(
        tx,
        rules.flatMap((r) => r.ownerId ?? []),
      )
    ).map((i) => [i.id, i.username]),
  );
  const systems = new Map((await listSystems(tx, { limit: 500 })).items.map((s) => [s.id, s.name]));
  return writeRules(
    rules.map((rule) => {
      const owner = rule.ownerId === null ? undefined : (owners.get(rule.ownerId) ?? undefined);
      const scope = (rule.systemIds ?? []).map((id) => systems.get(id) ?? id);
      return {
        name: rule.name,
        ...(rule.description === '' ? {} : { description: rule.description }),
        severity: rule.severity,
        mode: rule.mode,
        ...(owner === undefined ? {} : { owner }),
        ...(scope.length === 0 ? {} : { systems: scope }),
        functions: rule.functions.map((f) => ({
          name: f.name,
          entitlements: f.entitlementIds.map((id) => names.get(id) ?? id).sort(),
        })),
      };
    }),
  );
};
