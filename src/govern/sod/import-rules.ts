import type { Tx } from '#kit/db/index.ts';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import {
  changeSodRule,
  createSodRule,
  liveRules,
  type ControlInput,
  type Decide,
  type Permit,
  type RuleInput,
  type StoredRule,
} from '#spine/decide/index.ts';
import { findIdentityByUsername, getIdentities, getSystem, listSystems } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { entitlementsNamed, nameEntitlements } from './name-entitlements.ts';
import { readRulesCsv, writeRulesCsv } from './rules-csv.ts';
import { readRules, writeRules, type FileRule } from './rules-file.ts';

/** Rules in one of the two forms a file of them has. */
export type RulesText = { readonly yaml: string } | { readonly csv: string };

const readText = async (given: RulesText): Promise<FileRule[]> =>
  'yaml' in given ? readRules(given.yaml) : await readRulesCsv(given.csv);

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
    const controls: ControlInput[] = [];
    for (const { name, owner: whose, everyDays } of rule.controls ?? []) {
      const found = await findIdentityByUsername(tx, whose);
      if (found === undefined) problems.push({ pointer: `${at}/controls`, detail: `there is nobody called ${whose}` });
      else controls.push({ name, ownerId: found.id, everyDays });
    }
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
      risk: rule.risk ?? '',
      counts: rule.counts,
      windowSeconds: rule.windowSeconds,
      orgUnits: rule.orgUnits ?? [],
      personCondition: rule.personCondition ?? '',
      controls,
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

const sorted = (values: readonly string[] | undefined): string => JSON.stringify([...(values ?? [])].sort());
const controlsOf = (controls: readonly ControlInput[] | undefined): string =>
  sorted((controls ?? []).map((c) => JSON.stringify([c.name, c.ownerId, c.everyDays])));

const differences = (rule: StoredRule, to: RuleInput): string[] => [
  ...(rule.description === to.description ? [] : ['description']),
  ...(rule.severity === to.severity ? [] : ['severity']),
  ...(rule.mode === to.mode ? [] : ['mode']),
  ...(to.ownerId === undefined || rule.ownerId === to.ownerId ? [] : ['owner']),
  ...(rule.risk === to.risk ? [] : ['risk']),
  ...(rule.counts === to.counts ? [] : ['counts']),
  ...(rule.windowSeconds === to.windowSeconds ? [] : ['windowSeconds']),
  ...(sorted(rule.orgUnits) === sorted(to.orgUnits) ? [] : ['orgUnits']),
  ...((rule.personCondition ?? '') === to.personCondition ? [] : ['personCondition']),
  ...(controlsOf(rule.controls) === controlsOf(to.controls) ? [] : ['controls']),
  ...(sides(rule.functions) === sides(to.functions) ? [] : ['functions']),
];

/** What a file says of one rule, beside what is known of it. */
export interface Compared extends Imported {
  readonly to: RuleInput;
  readonly known: StoredRule | undefined;
}

/** What importing a file would do, rule by rule, with the rule it would make. */
export const compareRulesWhole = async (tx: Tx, given: RulesText): Promise<Compared[]> => {
  const live = new Map((await liveRules(tx)).map((rule) => [rule.name.toLowerCase(), rule]));
  return (await meant(tx, await readText(given))).map((to): Compared => {
    const known = live.get(to.name.toLowerCase());
    const changed = known === undefined ? [] : differences(known, to);
    const outcome = known === undefined ? 'created' : changed.length > 0 ? 'changed' : 'unchanged';
    return { name: to.name, outcome, changed, to, known };
  });
};

const shown = ({ name, outcome, changed }: Compared): Imported => ({ name, outcome, changed });

/** What importing a file would do, without doing it. */
export const compareRules = async (tx: Tx, given: RulesText): Promise<Imported[]> =>
  (await compareRulesWhole(tx, given)).map(shown);

/**
 * Makes the rules of a file so, all or none: new names are created, known ones changed where they differ. Rules that
 * are not in the file stay.
 */
export const importRules = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  decide: Decide,
  given: RulesText,
): Promise<Imported[]> => {
  const compared = await compareRulesWhole(ctx.tx, given);
  for (const { to, known, outcome } of compared) {
    if (known === undefined) await createSodRule(ctx, permit, to);
    if (known === undefined || outcome === 'unchanged') continue;
    const resource = { type: 'SodRule', id: known.id };
    const may = await decide.permit(ctx.tx, { principal: ctx.principal, action: 'sod_rule.change' as const, resource });
    const { name: _name, systemIds: _systems, libraryId: _library, ...change } = to;
    await changeSodRule(ctx, may.permit, known.id, change);
  }
  return compared.map(shown);
};

/** The rules in force as a file that imports to the same. */
export const exportRules = async (tx: Tx, form: 'yaml' | 'csv'): Promise<string> => {
  // What Reeve always keeps to is nothing a file could say.
  const rules = (await liveRules(tx)).flatMap(({ counts = 'held', ...rule }) =>
    counts === 'act' ? [] : [{ ...rule, counts }],
  );
  const names = await nameEntitlements(
    tx,
    rules.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds)),
  );
  const owners = new Map(
    (
      await getIdentities(
        tx,
        rules.flatMap((r) => [...(r.ownerId === null ? [] : [r.ownerId]), ...r.controls.map((c) => c.ownerId)]),
      )
    ).map((i) => [i.id, i.username]),
  );
  const systems = new Map((await listSystems(tx, { limit: 500 })).items.map((s) => [s.id, s.name]));
  const write = form === 'yaml' ? writeRules : writeRulesCsv;
  return write(
    rules.map((rule): FileRule => {
      const owner = rule.ownerId === null ? undefined : (owners.get(rule.ownerId) ?? undefined);
      const scope = (rule.systemIds ?? []).map((id) => systems.get(id) ?? id);
      return {
        name: rule.name,
        ...(rule.description === '' ? {} : { description: rule.description }),
        severity: rule.severity,
        mode: rule.mode,
        counts: rule.counts,
        ...(rule.risk === '' ? {} : { risk: rule.risk }),
        ...(rule.windowSeconds === undefined ? {} : { windowSeconds: rule.windowSeconds }),
        ...(rule.orgUnits === undefined ? {} : { orgUnits: [...rule.orgUnits] }),
        ...(rule.personCondition === undefined ? {} : { personCondition: rule.personCondition }),
        ...(rule.controls.length === 0
          ? {}
          : {
              controls: rule.controls.map(({ name, ownerId, everyDays }) => ({
                name,
                owner: owners.get(ownerId) ?? ownerId,
                everyDays,
              })),
            }),
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
