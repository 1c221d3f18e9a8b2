import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { getEntitlements, getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { sodRuleChanged, sodRuleCreated, sodRuleRetired } from './events.ts';
import type { SodCounts, SodFunction, SodMode, SodSeverity } from './model.ts';
import { requireControls, writeControls, type ControlInput } from './keep-controls.ts';
import { compileCondition, ConditionError } from './person-condition.ts';
import { violates } from './sod-verdict.ts';
import { findRule, type StoredRule } from './store.ts';

export interface RuleInput {
  readonly name: string;
  readonly description: string;
  readonly severity: SodSeverity;
  readonly mode: SodMode;
  readonly functions: readonly SodFunction[];
  readonly systemIds?: readonly string[] | undefined;
  readonly ownerId?: string | undefined;
  readonly risk?: string | undefined;
  readonly counts?: SodCounts | undefined;
  readonly windowSeconds?: number | undefined;
  readonly orgUnits?: readonly string[] | undefined;
  /** In CEL; the empty text takes a condition away. */
  readonly personCondition?: string | undefined;
  readonly libraryId?: string | undefined;
  /** Replaced as a whole. */
  readonly controls?: readonly ControlInput[] | undefined;
}

type Terms = Pick<RuleInput, 'counts' | 'windowSeconds' | 'orgUnits' | 'personCondition'>;

/** Throws 422 where a window has no length, or a condition cannot be read. */
const requireTerms = ({ counts = 'held', windowSeconds, personCondition }: Terms): void => {
  if ((counts === 'same_window') !== (windowSeconds !== undefined))
    throw invalid(
      '/windowSeconds',
      counts === 'same_window' ? 'says within how many seconds' : 'is for rules that count in the same window',
      counts === 'same_window' ? 'name 1 to 31622400 seconds' : 'leave it out, or count in the same_window',
    );
  if (personCondition === undefined || personCondition === '') return;
  try {
    compileCondition(personCondition);
  } catch (error) {
    if (error instanceof ConditionError) throw invalid('/personCondition', error.message, error.fix);
    throw error;
  }
};

const listOrNull = (values: readonly string[] | undefined): string[] | null =>
  values === undefined || values.length === 0 ? null : [...values];
const textOrNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** Throws 422 when a function is empty or names an entitlement nobody knows. Those known but gone are welcome. */
const requireFunctions = async (ctx: Ctx, functions: readonly SodFunction[]): Promise<void> => {
  const ids = new Set(functions.flatMap((f) => f.entitlementIds));
  const known = new Set((await getEntitlements(ctx.tx, [...ids])).map((e) => e.id));
  functions.forEach((f, i) => {
    const unknown = f.entitlementIds.find((id) => !known.has(id));
    if (unknown !== undefined) throw invalid(`/functions/${i}/entitlementIds`, `there is no entitlement ${unknown}`);
  });
};

const requireOwner = async (ctx: Ctx, ownerId: string | undefined): Promise<void> => {
  if (ownerId !== undefined && (await getIdentity(ctx.tx, ownerId)) === undefined)
    throw invalid('/ownerId', 'there is no such identity', 'name somebody who is known');
};

const writeFunctions = async (tx: Tx, ruleId: string, functions: readonly SodFunction[]): Promise<void> => {
  await tx.run(sql`delete from sod_rule_function where rule_id = ${ruleId}`);
  const rows = functions.flatMap((f, i) =>
    [...new Set(f.entitlementIds)].map((id) => ({ position: i + 1, name: f.name, id })),
  );
  await tx.run(sql`
    insert into sod_rule_function (rule_id, position, name, entitlement_id)
    select ${ruleId}, r.* from unnest(${sql.array(rows.map((r) => r.position))}::int[],
      ${sql.array(rows.map((r) => r.name))}::text[], ${sql.array(rows.map((r) => r.id))}::uuid[]) as r(position, name, entitlement_id)`);
};

const said = (rule: StoredRule) => ({
  ruleId: rule.id,
  name: rule.name,
  severity: rule.severity,
  mode: rule.mode,
  risk: rule.risk,
  counts: rule.counts ?? 'held',
  windowSeconds: rule.windowSeconds,
  orgUnits: rule.orgUnits === undefined ? undefined : [...rule.orgUnits],
  personCondition: rule.personCondition,
  controls: rule.controls.map(({ name, ownerId, everyDays }) => ({ name, ownerId, everyDays })),
  functions: rule.functions.map((f) => ({ name: f.name, entitlementIds: [...f.entitlementIds] })),
});

const requireLiveRule = async (ctx: Ctx, id: string): Promise<StoredRule> => {
  const rule = await findRule(ctx.tx, id);
  if (rule === undefined) throw notFound('sod_rule', id);
  if (rule.validTo !== null)
    throw conflict('sod_rule.retired', `the rule "${rule.name}" was retired`, 'create a new one');
  return rule;
};

/** Rules as they would be. */
export interface RulesLaidOut {
  readonly create: readonly RuleInput[];
  readonly change: readonly Pick<StoredRule, 'id' | 'mode' | 'severity'>[];
  readonly retire: readonly string[];
}

/** Writes rules as they would be, and records nothing: for who looks at what would follow and takes it back. */
export const layOutRules = async (tx: Tx, { create, change, retire }: RulesLaidOut): Promise<void> => {
  for (const input of create) await insertRule(tx, input);
  for (const { id, mode, severity } of change)
    await tx.run(sql`update sod_rule set mode = ${mode}, severity = ${severity} where id = ${id}`);
  for (const id of retire) await endRule(tx, id);
};

/** The new rule's id; undefined: there is one of that name. */
const insertRule = async (tx: Tx, input: RuleInput): Promise<string | undefined> => {
  const id = newId();
  const added = await tx.run(sql`
    insert into sod_rule (id, name, description, severity, mode, system_ids, owner_id, risk, counts, window_seconds, org_units,
                          person_condition, library_id)
    values (${id}, ${input.name}, ${input.description}, ${input.severity}, ${input.mode},
            ${listOrNull(input.systemIds)}::uuid[], ${input.ownerId ?? null}, ${input.risk ?? ''}, ${input.counts ?? 'held'},
            ${input.windowSeconds ?? null}, ${listOrNull(input.orgUnits)}::text[], ${textOrNull(input.personCondition)},
            ${input.libraryId ?? null})
    on conflict (lower(name)) where valid_to is null do nothing`);
  if (added === 0) return undefined;
  await writeFunctions(tx, id, input.functions);
  return id;
};

const endRule = (tx: Tx, id: string): Promise<number> =>
  tx.run(
    sql`update sod_rule set valid_to = greatest(reeve_now(), valid_from + interval '1 millisecond') where id = ${id}`,
  );

/** Adds a rule. Whoever violates it already is not touched: an enforced rule only stops what makes it worse. */
export const createSodRule = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.create'>,
  input: RuleInput,
): Promise<StoredRule> => {
  await requireFunctions(ctx, input.functions);
  await requireOwner(ctx, input.ownerId);
  requireTerms(input);
  await requireControls(ctx.tx, input.controls ?? []);
  const id = await insertRule(ctx.tx, input);
  if (id === undefined)
    throw conflict(
      'sod_rule.name_taken',
      `there is a rule "${input.name}" already`,
      'change that one, or choose another name',
    );
  await writeControls(ctx.tx, id, input.controls ?? []);
  const rule = await requireLiveRule(ctx, id);
  await ctx.record(permit, { event: sodRuleCreated, data: said(rule) });
  return rule;
};

// What Reeve always keeps to is shown as a rule, and no setting of it.
const refuseKept = ({ name, counts }: StoredRule): void => {
  if (counts === 'act')
    throw conflict(
      'sod_rule.kept_by_reeve',
      `"${name}" is kept by Reeve itself, always`,
      'make a rule of your own for what else must be kept apart',
    );
};

// Loosening a rule one violates would be granting oneself an exception by another name.
const refuseOwnBenefit = async (ctx: Ctx, rule: StoredRule): Promise<void> => {
  if (ctx.principal.kind !== 'identity' || !(await violates(ctx.tx, ctx.principal.id, rule))) return;
  throw denied(
    'sod_rule.own_benefit',
    `you are in conflict with the rule "${rule.name}" yourself`,
    'ask another security officer',
  );
};

/** What of a change is said at all. */
const given = (change: Terms): Terms =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

/** Changes what is given; functions are replaced as a whole. Refuses whoever is in conflict with the rule. */
export const changeSodRule = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.change'>,
  id: string,
  change: { readonly [F in Exclude<keyof RuleInput, 'name' | 'systemIds' | 'libraryId'>]?: RuleInput[F] | undefined },
): Promise<StoredRule> => {
  const before = await requireLiveRule(ctx, id);
  refuseKept(before);
  await refuseOwnBenefit(ctx, before);
  await requireOwner(ctx, change.ownerId);
  const counts = change.counts ?? before.counts ?? 'held';
  const windowSeconds = change.windowSeconds ?? (counts === 'same_window' ? before.windowSeconds : undefined);
  const terms = { orgUnits: before.orgUnits, personCondition: before.personCondition, ...given(change) };
  requireTerms({ ...terms, counts, windowSeconds });
  if (change.controls !== undefined) {
    await requireControls(ctx.tx, change.controls);
    await writeControls(ctx.tx, id, change.controls);
  }
  if (change.functions !== undefined) {
    await requireFunctions(ctx, change.functions);
    await writeFunctions(ctx.tx, id, change.functions);
  }
  await ctx.tx.run(sql`
    update sod_rule set description = ${change.description ?? before.description}, severity = ${change.severity ?? before.severity},
           mode = ${change.mode ?? before.mode}, owner_id = ${change.ownerId ?? before.ownerId},
           risk = ${change.risk ?? before.risk}, counts = ${counts}, window_seconds = ${windowSeconds ?? null},
           org_units = ${listOrNull(terms.orgUnits)}::text[], person_condition = ${textOrNull(terms.personCondition)} where id = ${id}`);
  const rule = await requireLiveRule(ctx, id);
  const changed = Object.entries(change).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  await ctx.record(permit, { event: sodRuleChanged, data: { ...said(rule), changed } });
  return rule;
};

/** Ends a rule, and that it is wanted from the library unless that is to stay; it and what was found by it stay readable. Refuses whoever is in conflict with it. */
export const retireSodRule = async (
  ctx: Ctx,
  permit: Permit<'sod_rule.retire'>,
  id: string,
  options: { readonly keepAdoption?: boolean } = {},
): Promise<void> => {
  const rule = await requireLiveRule(ctx, id);
  refuseKept(rule);
  await refuseOwnBenefit(ctx, rule);
  await endRule(ctx.tx, id);
  if (rule.libraryId !== null && options.keepAdoption !== true)
    await ctx.tx.run(sql`delete from sod_adoption where library_id = ${rule.libraryId}`);
  await ctx.record(permit, { event: sodRuleRetired, data: { ruleId: id, name: rule.name } });
};
