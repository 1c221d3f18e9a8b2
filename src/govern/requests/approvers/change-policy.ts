import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { approvalPolicyChanged } from '../events.ts';
import type { ApprovalRules } from './approval-rules.ts';

/** One version of who approves what. */
export interface PolicyVersion {
  readonly number: number;
  readonly rules: ApprovalRules;
  readonly note: string;
  readonly madeAt: Date;
  readonly madeBy: string;
}

/** The version in force. */
export const policyInForce = (tx: Tx): Promise<PolicyVersion> =>
  tx.one<PolicyVersion>(
    sql`select number, rules, note, made_at, made_by from approval_policy order by number desc limit 1`,
  );

/**
 * Puts a new version in force. Requests that wait finish under the one they began with. Throws 422 when a named
 * approver is unknown.
 */
export const changePolicy = async (
  ctx: Ctx,
  permit: Permit<'approval_policy.change'>,
  input: { readonly rules: ApprovalRules; readonly note: string },
): Promise<PolicyVersion> => {
  const named = input.rules.rules.flatMap((r) => r.steps.flatMap((s) => (typeof s === 'string' ? [] : s.named)));
  const known = new Set((await getIdentities(ctx.tx, named)).map((i) => i.id));
  const stranger = named.find((id) => !known.has(id));
  if (stranger !== undefined) throw invalid('/rules', `there is no identity ${stranger}`, 'name people by their ids');
  await ctx.tx.run(sql`lock table approval_policy in share row exclusive mode`);
  const { number } = await policyInForce(ctx.tx);
  const version: PolicyVersion = {
    number: number + 1,
    ...input,
    madeAt: ctx.now,
    madeBy: `${ctx.principal.kind}:${ctx.principal.id}`,
  };
  await ctx.tx.run(sql`
    insert into approval_policy (number, rules, note, made_at, made_by)
    values (${version.number}, ${sql.json(version.rules)}::jsonb, ${version.note}, ${version.madeAt}, ${version.madeBy})`);
  await ctx.record(permit, {
    event: approvalPolicyChanged,
    data: { number: version.number, rules: version.rules, note: version.note },
  });
  return version;
};
