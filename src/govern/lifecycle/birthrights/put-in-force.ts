import { sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { birthrightInForce } from '../events.ts';
import { RECOMPUTE, type BirthrightRule, type RuleChange } from './model.ts';
import { changeRule, endRule, findRule, insertRule, lockRule, reopenRule } from './store.ts';

const say = async (
  ctx: Ctx,
  permit: Permit,
  rule: Pick<BirthrightRule, 'id' | 'name'>,
  now: 'put' | 'removed' | 'undone',
): Promise<void> => {
  await ctx.record(permit, { event: birthrightInForce, data: { ruleId: rule.id, name: rule.name, now } });
  // Who changed while the plan waited is looked at by the rule as it is now.
  await enqueue(ctx.tx, RECOMPUTE, {}, { key: RECOMPUTE });
};

/** From now on the rule is as the change says. Returns why not, where it cannot be any more. */
export async function putInForce(
  ctx: Ctx,
  permit: Permit,
  { what, rule, before }: RuleChange,
): Promise<string | undefined> {
  const known = await lockRule(ctx.tx, rule.id);
  if (known !== undefined && known.validTo !== null) return 'the rule was removed meanwhile';
  if (what === 'remove') await endRule(ctx.tx, rule.id);
  else if (before !== null) await changeRule(ctx.tx, rule);
  else if ((await findRule(ctx.tx, rule.name)) !== undefined) return 'there is another rule of that name now';
  else await insertRule(ctx.tx, { ...rule, validFrom: ctx.now });
  await say(ctx, permit, rule, what === 'put' ? 'put' : 'removed');
  return undefined;
}

/** The rule is again what it was before the change. Returns why not, where somebody changed it since. */
export async function takeOutOfForce(ctx: Ctx, permit: Permit, change: RuleChange): Promise<string | undefined> {
  const { what, rule, before } = change;
  const known = await lockRule(ctx.tx, rule.id);
  if (known === undefined) return 'the rule is unknown';
  if (what === 'remove') {
    if (known.validTo === null || (await findRule(ctx.tx, rule.name)) !== undefined)
      return 'there is a rule of that name again';
    await reopenRule(ctx.tx, rule.id);
  } else {
    if (known.validTo !== null || !(await isStill(ctx.tx, rule))) return 'the rule was changed since';
    if (before === null) await endRule(ctx.tx, rule.id);
    else await changeRule(ctx.tx, { id: rule.id, ...before });
  }
  await say(ctx, permit, rule, 'undone');
  return undefined;
}

const isStill = async (tx: Tx, rule: BirthrightRule): Promise<boolean> =>
  (
    await tx.one<{ same: boolean }>(sql`
      select condition = ${sql.json(rule.condition)}::jsonb and grace_days = ${rule.graceDays}
             and person_condition is not distinct from ${rule.personCondition}::text as same
        from birthright_rule where id = ${rule.id}`)
  ).same;
