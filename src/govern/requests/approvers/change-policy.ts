import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { approvalPolicyChanged } from '../events.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { namedIn, type ApprovalRules } from './approval-rules.ts';

/** What trying a draft came to, as it is kept with the version it became. */
export interface Tried {
  /** The version in force it was held against. */
  readonly against: number;
  /** How many of the last requests were replayed. */
  readonly tried: number;
  /** Numbers of those that would have come out otherwise. */
  readonly changed: readonly number[];
}

/** One version of who approves what. */
export interface PolicyVersion {
  readonly number: number;
  readonly rules: ApprovalRules;
  readonly note: string;
  readonly madeAt: Date;
  readonly madeBy: string;
  /** What trying it came to when it was put in force; null: from before that was kept. */
  readonly tried: Tried | null;
}

/** The version in force. */
export const policyInForce = (tx: Tx): Promise<PolicyVersion> =>
  tx.one<PolicyVersion>(
    sql`select number, rules, note, made_at, made_by, tried from approval_policy order by number desc limit 1`,
  );

/** All versions there were, the newest first, before a number. */
export const policyVersions = (tx: Tx, before: number | undefined, limit: number): Promise<PolicyVersion[]> =>
  tx.many<PolicyVersion>(sql`
    select number, rules, note, made_at, made_by, tried from approval_policy
     where ${before ?? null}::integer is null or number < ${before ?? null} order by number desc limit ${limit}`);

/** Throws 422 where a policy names somebody or something that does not exist. */
export const refuseStrangers = async (tx: Tx, rules: ApprovalRules): Promise<void> => {
  const { people, held } = namedIn(rules);
  const known = new Set((await getIdentities(tx, people)).map((i) => i.id));
  const stranger = people.find((id) => !known.has(id));
  if (stranger !== undefined) throw invalid('/rules', `there is no identity ${stranger}`, 'name people who are here');
  const targets = await loadTargets(tx, { entitlementIds: held, roleIds: held });
  const nothing = held.find((id) => !targets.has(id));
  if (nothing !== undefined)
    throw invalid('/rules', `there is no entitlement or role ${nothing}`, 'name one by its id, or system:entitlement');
};

/**
 * Puts a new version in force. Requests that wait finish under the one they began with. Throws 422 when somebody or
 * something it names is unknown.
 */
export const changePolicy = async (
  ctx: Ctx,
  permit: Permit<'approval_policy.change'>,
  input: { readonly rules: ApprovalRules; readonly note: string; readonly tried: Tried },
): Promise<PolicyVersion> => {
  await refuseStrangers(ctx.tx, input.rules);
  await ctx.tx.run(sql`lock table approval_policy in share row exclusive mode`);
  const { number } = await policyInForce(ctx.tx);
  const version: PolicyVersion = {
    number: number + 1,
    ...input,
    madeAt: ctx.now,
    madeBy: `${ctx.principal.kind}:${ctx.principal.id}`,
  };
  await ctx.tx.run(sql`
    insert into approval_policy (number, rules, note, made_at, made_by, tried)
    values (${version.number}, ${sql.json(version.rules)}::jsonb, ${version.note}, ${version.madeAt}, ${version.madeBy},
            ${sql.json(input.tried)}::jsonb)`);
  await ctx.record(permit, {
    event: approvalPolicyChanged,
    data: {
      number: version.number,
      rules: version.rules,
      note: version.note,
      tried: { against: input.tried.against, tried: input.tried.tried, changed: [...input.tried.changed] },
    },
  });
  return version;
};
