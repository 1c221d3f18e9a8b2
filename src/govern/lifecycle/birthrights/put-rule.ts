import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { conditionInSql, ConditionError } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getEntitlement, getRole, ROLE_MEMBER } from '#spine/graph/index.ts';
import {
  dropWaiting,
  judgeMassEffect,
  planMassChange,
  type MassChange,
  type OverLimit,
} from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { birthrightPut, birthrightRemoved } from '../events.ts';
import { birthrightChanges } from './birthright-changes.ts';
import { differences } from './find-differences.ts';
import { planKeyOf, type BirthrightRule, type RuleChange, type RuleCondition, type RuleSays } from './model.ts';
import { putInForce } from './put-in-force.ts';
import { recordBlocked } from './settle-differences.ts';
import { countStaged, itemsOfStaged, stageDifferences, type Staged } from './stage-differences.ts';
import { findRule, isRisky, requireRule, termsOfNew, waitingRule } from './store.ts';

export interface RuleInput {
  readonly name: string;
  readonly condition: RuleCondition;
  /** In CEL, in place of a condition. */
  readonly personCondition?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  readonly graceDays: number;
}

async function checkGiven(ctx: Ctx, input: RuleInput): Promise<void> {
  if ((input.entitlementId === undefined) === (input.roleId === undefined))
    throw invalid('/entitlementId', 'give either an entitlement or a role', 'name exactly one');
  const found =
    input.entitlementId !== undefined
      ? await getEntitlement(ctx.tx, input.entitlementId)
      : await getRole(ctx.tx, input.roleId ?? '');
  if (found === undefined || found.validTo !== null)
    throw notFound(
      input.entitlementId === undefined ? 'role' : 'entitlement',
      input.entitlementId ?? input.roleId ?? '',
    );
  if ('kind' in found && found.kind === ROLE_MEMBER)
    throw conflict('birthright.of_a_mark', 'this says that somebody has a role, and gives nothing', 'give the role');
  if ('kind' in found && found.kind === 'admin_role')
    throw conflict(
      'birthright.of_admin_role',
      'an admin role of Reeve is never a birthright: the feed would decide who runs Reeve',
      'grant it by request',
    );
}

function checkCondition({ condition, personCondition }: RuleInput): void {
  if (personCondition === undefined) return;
  if (Object.keys(condition).length > 0)
    throw invalid('/personCondition', 'says whom the condition says too', 'give one of the two');
  checkPersonCondition('/personCondition', personCondition);
}

/** Throws 422 where a condition about people cannot be asked of everybody at once. */
export function checkPersonCondition(pointer: string, text: string): void {
  try {
    conditionInSql(text);
  } catch (error) {
    if (error instanceof ConditionError) throw invalid(pointer, error.message, error.fix);
    throw error;
  }
}

const refuseOfVersion = (rule: BirthrightRule): void => {
  if (rule.ofRoleVersion)
    throw conflict(
      'birthright.of_a_role_version',
      `${rule.name} comes and goes with the published version of its role`,
      'draft a version of the role that says otherwise',
    );
};

const saysOf = ({ condition, personCondition, graceDays }: BirthrightRule): RuleSays => ({
  condition,
  personCondition,
  graceDays,
});

/** The change a person asks for. Throws what does not let a rule be like this. */
async function changeOf(ctx: Ctx, input: RuleInput): Promise<RuleChange> {
  await checkGiven(ctx, input);
  checkCondition(input);
  const known = await findRule(ctx.tx, input.name);
  const rule = {
    id: known?.id ?? newId(ctx.now.getTime()),
    name: known?.name ?? input.name,
    condition: input.condition,
    personCondition: input.personCondition ?? null,
    ofRoleVersion: false,
    entitlementId: input.entitlementId ?? null,
    roleId: input.roleId ?? null,
    graceDays: input.graceDays,
    validFrom: known?.validFrom ?? ctx.now,
    validTo: null,
  };
  if (known !== undefined && (known.entitlementId !== rule.entitlementId || known.roleId !== rule.roleId))
    throw conflict('birthright.gives_another', `${known.name} gives something else`, 'remove it and make another rule');
  if (known !== undefined) refuseOfVersion(known);
  return { what: 'put', rule, before: known === undefined ? null : saysOf(known) };
}

/** All that follows from a change of a rule, laid out; nothing is changed. */
async function stageChange(ctx: Ctx, { what, rule }: RuleChange): Promise<Staged> {
  const rules = what === 'put' ? [rule] : [];
  const terms = await termsOfNew(ctx.tx, rule);
  const found = differences({ rules, only: [rule.id] }, ctx.now);
  return await stageDifferences(ctx.tx, found, rules, new Map(terms === undefined ? [] : [[rule.id, terms]]));
}

/** What would follow from a rule, were it put like this now: the plan that putting it makes. */
export interface RulePreview {
  readonly starts: number;
  readonly ends: number;
  /** What separation of duties would not let start. */
  readonly blocked: number;
  /** Limits it is over: then it would wait for a person. */
  readonly over: readonly OverLimit[];
}

/** Plans as putting the rule does, and says what that comes to. Changes nothing. */
export async function previewRule(ctx: Ctx, input: RuleInput): Promise<RulePreview> {
  const staged = await stageChange(ctx, await changeOf(ctx, input));
  const counts = await countStaged(ctx.tx, staged);
  const whole = counts.length === 0 ? [] : [...counts, { effect: 'update' as const, systemId: null, n: 1 }];
  return {
    starts: staged.starts,
    ends: staged.ends,
    blocked: staged.blocked.length,
    over: await judgeMassEffect(ctx.tx, birthrightChanges, whole),
  };
}

/** A rule as it was asked for. `change` is the plan it comes into force with; undefined: it is in force now. */
export interface AskedRule {
  readonly rule: BirthrightRule;
  readonly change: MassChange | undefined;
}

/**
 * Makes a rule, or changes whom it fits; what it gives stays, because grants name it as their origin. All that follows
 * is planned before, and over a limit held; the rule is in force when the plan has been carried out, and where nothing
 * follows, at once.
 */
export async function putRule(ctx: Ctx, permit: Permit<'birthright.put'>, input: RuleInput): Promise<AskedRule> {
  const change = await changeOf(ctx, input);
  const { rule, before } = change;
  const staged = await stageChange(ctx, change);
  if (ctx.principal.kind === 'identity' && (await isRisky(ctx.tx, rule)) && (await starts(ctx, ctx.principal.id)))
    throw denied(
      'birthright.own_benefit',
      'this rule would give privileged or risky access to whoever makes it',
      'have another administrator make it, or ask for the access',
    );
  const changed = before === null ? ['created'] : ['condition', 'graceDays'];
  await ctx.record(permit, { event: birthrightPut, data: { ruleId: rule.id, name: rule.name, changed } });
  await recordBlocked(ctx, permit, staged.blocked);
  return { rule, change: await planOrDo(ctx, permit, change, staged) };
}

/** Ends a rule: what only it stands behind ends too, after its grace. Planned and judged as putting one is. */
export async function removeRule(
  ctx: Ctx,
  permit: Permit<'birthright.remove'>,
  input: { readonly id: string },
): Promise<AskedRule> {
  const waiting = await waitingRule(ctx.tx, input.id);
  if (waiting !== undefined) return await dropRule(ctx, permit, waiting);
  const rule = await requireRule(ctx.tx, input.id);
  refuseOfVersion(rule);
  const change: RuleChange = { what: 'remove', rule, before: saysOf(rule) };
  const staged = await stageChange(ctx, change);
  await ctx.record(permit, { event: birthrightRemoved, data: { ruleId: rule.id, name: rule.name } });
  return { rule, change: await planOrDo(ctx, permit, change, staged) };
}

/** A rule that is not in force yet, because all that follows from it waits for a person, is put away with that plan. */
async function dropRule(ctx: Ctx, permit: Permit, rule: BirthrightRule): Promise<AskedRule> {
  if (!(await dropWaiting(ctx, permit, birthrightChanges, planKeyOf(rule.name)))) throw notFound('birthright', rule.id);
  await ctx.record(permit, { event: birthrightRemoved, data: { ruleId: rule.id, name: rule.name } });
  return { rule, change: undefined };
}

async function planOrDo(ctx: Ctx, permit: Permit, change: RuleChange, staged: Staged): Promise<MassChange | undefined> {
  const { what, rule, before } = change;
  const verb = what === 'remove' ? 'ends' : before === null ? 'is made' : 'is changed';
  const planned = await planMassChange(ctx, permit, birthrightChanges, {
    key: planKeyOf(rule.name),
    title: `The birthright rule ${rule.name} ${verb}`,
    items: itemsOfStaged(staged, change),
  });
  if (planned !== undefined) return planned;
  const problem = await putInForce(ctx, permit, change);
  if (problem !== undefined) throw conflict('birthright.changed_meanwhile', problem, 'look at it and ask again');
  return undefined;
}

/** Whether what is staged starts anything for this person, or would if separation of duties let it. */
const starts = async (ctx: Ctx, identityId: string): Promise<boolean> =>
  (
    await ctx.tx.one<{ starts: boolean }>(sql`
      select exists (select from birthright_difference where identity_id = ${identityId} and grant_id is null) as starts`)
  ).starts;
