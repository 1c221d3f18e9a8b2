import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { privilegeOf } from '#spine/graph/index.ts';
import type { BirthrightRule, RuleCondition, Scope } from './model.ts';

const columns = sql`b.id, b.name, b.condition, b.entitlement_id, b.role_id, b.grace_days, b.valid_from, b.valid_to`;

/** Rules in force whose entitlement or role is still there. */
export const rulesInForce = async (tx: Tx): Promise<BirthrightRule[]> =>
  await tx.many<BirthrightRule>(sql`
    select ${columns} from birthright_rule b
      left join entitlement e on e.id = b.entitlement_id left join role r on r.id = b.role_id
     where b.valid_to is null and coalesce(e.valid_to, r.valid_to) is null order by b.name`);

export const listRules = async (
  tx: Tx,
  input: { readonly after: string | null; readonly limit: number },
): Promise<(BirthrightRule & { readonly gives: string })[]> =>
  await tx.many(sql`
    select ${columns}, coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as gives from birthright_rule b
      left join entitlement e on e.id = b.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = b.role_id
     where b.valid_to is null and (${input.after}::text is null or lower(b.name) > lower(${input.after}))
     order by lower(b.name) limit ${input.limit + 1}`);

export async function requireRule(tx: Tx, id: string): Promise<BirthrightRule> {
  const rule = await tx.maybe<BirthrightRule>(
    sql`select ${columns} from birthright_rule b where b.id = ${id} and b.valid_to is null for no key update`,
  );
  if (rule === undefined) throw notFound('birthright', id);
  return rule;
}

export const findRule = async (tx: Tx, name: string): Promise<BirthrightRule | undefined> =>
  await tx.maybe<BirthrightRule>(
    sql`select ${columns} from birthright_rule b where lower(b.name) = lower(${name}) and b.valid_to is null for no key update`,
  );

export const insertRule = async (tx: Tx, rule: BirthrightRule): Promise<void> => {
  await tx.run(sql`
    insert into birthright_rule (id, name, condition, entitlement_id, role_id, grace_days, valid_from)
    values (${rule.id}, ${rule.name}, ${sql.json(rule.condition)}::jsonb, ${rule.entitlementId}, ${rule.roleId},
            ${rule.graceDays}, ${rule.validFrom})`);
};

export const changeRule = async (
  tx: Tx,
  rule: Pick<BirthrightRule, 'id' | 'condition' | 'graceDays'>,
): Promise<void> => {
  await tx.run(sql`
    update birthright_rule set condition = ${sql.json(rule.condition)}::jsonb, grace_days = ${rule.graceDays}
     where id = ${rule.id}`);
};

export const endRule = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`update birthright_rule set valid_to = greatest(valid_from, ${tx.now}) where id = ${id}`);
};

/** Fields of a condition that are columns; any other is an attribute of the feed. */
const COLUMNS: Readonly<Record<string, Sql>> = {
  kind: sql`p.kind`,
  department: sql`p.department`,
  org_unit: sql`p.org_unit`,
  job_title: sql`p.job_title`,
};

const fits = (condition: RuleCondition): Sql =>
  sql.join([sql`true`, ...Object.entries(condition).map(([field, values]) => fitsField(field, values))], sql` and `);

/** An attribute that is a list fits when one of its values does. */
const fitsField = (field: string, values: readonly string[]): Sql => {
  const column = COLUMNS[field];
  if (column !== undefined) return sql`${column} = any(${[...values]}::text[])`;
  return sql`(p.attributes->>${field} = any(${[...values]}::text[])
    or jsonb_typeof(p.attributes->${field}) = 'array' and p.attributes->${field} ?| ${[...values]}::text[])`;
};

const inScope = (scope: Scope): Sql => {
  if ('everybody' in scope) return sql`true`;
  if ('identityIds' in scope) return sql`f.identity_id = any(${[...scope.identityIds]}::uuid[])`;
  return sql`f.identity_id in (select identity_id from feed_change where run_id = ${scope.runId} and what <> 'note')`;
};

/** Ends that are no decision about the person: what ended so may start again by its rule. */
export const NOT_DUE = 'no birthright any more';
const NO_DECISION = [NOT_DUE, 'left', 'its time was over'];

/**
 * Differences between what rules say and what stands, as a set: `justified` are people and rules that fit,
 * `standing` the open-ended birthright grants. Leavers are nobody's birthright: their grants ended when they left.
 * What a person took away from somebody, in a review for instance, no rule gives back.
 */
const differences = (scope: Scope, rules: readonly BirthrightRule[], at: Date): Sql => {
  const justified =
    rules.length === 0
      ? [sql`select null::uuid as identity_id, null::text as state, null::uuid as rule_id where false`]
      : rules.map(
          (r) => sql`select p.identity_id, p.state, ${r.id}::uuid as rule_id from people p where ${fits(r.condition)}`,
        );
  return sql`
    with people as (
      select f.identity_id, f.state, i.kind, f.department, f.org_unit, f.job_title, f.attributes
        from identity_facts f join identity i on i.id = f.identity_id
       where f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at}) and f.state <> 'leaver' and ${inScope(scope)}
    ), justified as (${sql.join(justified, sql` union all `)}
    ), standing as (
      select g.id as grant_id, g.identity_id, g.origin_id as rule_id from access_grant g
       where g.origin = 'birthright' and g.ended_because is null and g.valid_to is null and g.origin_id is not null
         and g.identity_id in (select identity_id from people)
    ), difference as (
      select j.identity_id, j.rule_id, null::uuid as grant_id from justified j
       where j.state = 'active'
         and not exists (select from standing s where s.identity_id = j.identity_id and s.rule_id = j.rule_id)
         and not exists (select from access_grant g
                          where g.identity_id = j.identity_id and g.origin = 'birthright' and g.origin_id = j.rule_id
                            and g.ended_because <> all(${NO_DECISION}::text[]))
      union all
      select s.identity_id, s.rule_id, s.grant_id from standing s
       where not exists (select from justified j where j.identity_id = s.identity_id and j.rule_id = s.rule_id)
    )`;
};

/** People with a difference, a page at a time. */
export const peopleWithDifferences = async (
  tx: Tx,
  input: {
    readonly scope: Scope;
    readonly rules: readonly BirthrightRule[];
    readonly after: string;
    readonly limit: number;
  },
): Promise<string[]> =>
  (
    await tx.many<{ identityId: string }>(sql`
      ${differences(input.scope, input.rules, tx.now)}
      select distinct identity_id from difference where identity_id > ${input.after} order by identity_id limit ${input.limit}`)
  ).map((r) => r.identityId);

/** One thing to do: start what a rule gives (`grantId` null), or end a grant no rule stands behind. */
export interface Difference {
  readonly identityId: string;
  readonly ruleId: string;
  readonly grantId: string | null;
  readonly name: string;
  readonly graceDays: number;
}

/** The differences of these people, with names; they are held against other writers until the transaction ends. */
export async function differencesOf(
  tx: Tx,
  rules: readonly BirthrightRule[],
  identityIds: readonly string[],
): Promise<Difference[]> {
  await tx.run(sql`select id from identity where id = any(${[...identityIds]}::uuid[]) order by id for no key update`);
  return await tx.many<Difference>(sql`
    ${differences({ identityIds }, rules, tx.now)}
    select d.identity_id, d.rule_id, d.grant_id, b.grace_days,
           coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as name
      from difference d join birthright_rule b on b.id = d.rule_id
      left join entitlement e on e.id = b.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = b.role_id
     order by d.identity_id, d.grant_id nulls last, b.name`);
}

/** Whether a rule among these would start privileged or risky access for somebody who has none by it. */
export const startsRiskyAccessFor = async (
  tx: Tx,
  rules: readonly BirthrightRule[],
  ruleId: string,
  identityId: string,
): Promise<boolean> => {
  const rule = rules.find((r) => r.id === ruleId);
  if (rule === undefined || !(await isRisky(tx, rule))) return false;
  const { starts } = await tx.one<{ starts: boolean }>(sql`
    ${differences({ identityIds: [identityId] }, rules, tx.now)}
    select exists (select from difference where rule_id = ${ruleId} and grant_id is null) as starts`);
  return starts;
};

const isRisky = async (tx: Tx, rule: BirthrightRule): Promise<boolean> => {
  const { risky } = await tx.one<{ risky: boolean }>(sql`
    select exists (select from entitlement where id = ${rule.entitlementId} and risk in ('high', 'critical'))
        or exists (select from role where id = ${rule.roleId} and risk in ('high', 'critical')) as risky`);
  if (risky) return true;
  const origins = rule.roleId === null ? { entitlementIds: [rule.entitlementId ?? ''] } : { roleIds: [rule.roleId] };
  return (await privilegeOf(tx, origins)).size > 0;
};

/** What a set of rules would start and end for everybody, were it in force. */
export const countDifferences = async (
  tx: Tx,
  rules: readonly BirthrightRule[],
  ruleId: string,
): Promise<{ readonly starts: number; readonly ends: number }> =>
  await tx.one(sql`
    ${differences({ everybody: true }, rules, tx.now)}
    select (count(*) filter (where grant_id is null))::int as starts, (count(grant_id))::int as ends
      from difference where rule_id = ${ruleId}`);
