import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getEntitlement, getRole } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { birthrightPut, birthrightRemoved } from '../events.ts';
import type { BirthrightRule, RuleCondition } from './model.ts';
import {
  changeRule,
  countDifferences,
  endRule,
  findRule,
  insertRule,
  requireRule,
  rulesInForce,
  startsRiskyAccessFor,
} from './store.ts';

export const RECOMPUTE = 'lifecycle.recompute';

export interface RuleInput {
  readonly name: string;
  readonly condition: RuleCondition;
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
  if ('kind' in found && found.kind === 'admin_role')
    throw conflict(
      'birthright.of_admin_role',
      'an admin role of Reeve is never a birthright: the feed would decide who runs Reeve',
      'grant it by request',
    );
}

const ruleOf = (ctx: Ctx, input: RuleInput, known: BirthrightRule | undefined): BirthrightRule => ({
  id: known?.id ?? newId(ctx.now.getTime()),
  name: input.name,
  condition: input.condition,
  entitlementId: input.entitlementId ?? null,
  roleId: input.roleId ?? null,
  graceDays: input.graceDays,
  validFrom: known?.validFrom ?? ctx.now,
  validTo: null,
});

/** What a rule would start and end, were it put like this now. Changes nothing. */
export async function previewRule(ctx: Ctx, input: RuleInput): Promise<{ starts: number; ends: number }> {
  await checkGiven(ctx, input);
  const known = await findRule(ctx.tx, input.name);
  const rule = ruleOf(ctx, input, known);
  const others = (await rulesInForce(ctx.tx)).filter((r) => r.id !== rule.id);
  return await countDifferences(ctx.tx, [...others, rule], rule.id);
}

/** Makes a rule, or changes whom it fits; what it gives stays, because grants name it as their origin. */
export async function putRule(ctx: Ctx, permit: Permit<'birthright.put'>, input: RuleInput): Promise<BirthrightRule> {
  await checkGiven(ctx, input);
  const known = await findRule(ctx.tx, input.name);
  const rule = ruleOf(ctx, input, known);
  const others = (await rulesInForce(ctx.tx)).filter((r) => r.id !== rule.id);
  if (
    ctx.principal.kind === 'identity' &&
    (await startsRiskyAccessFor(ctx.tx, [...others, rule], rule.id, ctx.principal.id))
  )
    throw denied(
      'birthright.own_benefit',
      'this rule would give privileged or risky access to whoever makes it',
      'have another administrator make it, or ask for the access',
    );
  if (known === undefined) await insertRule(ctx.tx, rule);
  else {
    if (known.entitlementId !== rule.entitlementId || known.roleId !== rule.roleId)
      throw conflict(
        'birthright.gives_another',
        `${known.name} gives something else`,
        'remove it and make another rule',
      );
    await changeRule(ctx.tx, rule);
  }
  const changed = known === undefined ? ['created'] : ['condition', 'graceDays'];
  await ctx.record(permit, { event: birthrightPut, data: { ruleId: rule.id, name: rule.name, changed } });
  await enqueue(ctx.tx, RECOMPUTE, {}, { key: RECOMPUTE });
  return rule;
}

/** Ends a rule: what only it stands behind ends too, after its grace. */
export async function removeRule(
  ctx: Ctx,
  permit: Permit<'birthright.remove'>,
  input: { readonly id: string },
): Promise<void> {
  const rule = await requireRule(ctx.tx, input.id);
  await endRule(ctx.tx, rule.id);
  await ctx.record(permit, { event: birthrightRemoved, data: { ruleId: rule.id, name: rule.name } });
  await enqueue(ctx.tx, RECOMPUTE, {}, { key: RECOMPUTE });
}
