import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { privilegeOf } from '#spine/graph/index.ts';
import { BIRTHRIGHTS, type BirthrightRule, type RuleSays } from './model.ts';

const columns = sql`b.id, b.name, b.condition, b.person_condition, b.of_role_version, b.entitlement_id, b.role_id, b.grace_days, b.valid_from, b.valid_to`;

/** Rules in force whose entitlement or role is still there. */
export const rulesInForce = async (tx: Tx): Promise<BirthrightRule[]> =>
  await tx.many<BirthrightRule>(sql`
    select ${columns} from birthright_rule b
      left join entitlement e on e.id = b.entitlement_id left join role r on r.id = b.role_id
     where b.valid_to is null and coalesce(e.valid_to, r.valid_to) is null order by b.name`);

export const listRules = async (
  tx: Tx,
  input: { readonly after: string | null; readonly limit: number },
): Promise<(BirthrightRule & { readonly gives: string; readonly goneSince: Date | null })[]> =>
  await tx.many(sql`
    select ${columns}, coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as gives,
           case when coalesce(e.valid_to, r.valid_to) <= ${tx.now} then coalesce(e.valid_to, r.valid_to) end as gone_since
      from birthright_rule b
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

/** The rule by which versions of a role say who has it, whether it ended or not, held until the transaction ends. */
export const ruleOfRole = async (tx: Tx, roleId: string): Promise<BirthrightRule | undefined> =>
  await tx.maybe<BirthrightRule>(
    sql`select ${columns} from birthright_rule b where b.role_id = ${roleId} and b.of_role_version for no key update`,
  );

/** A new rule that is not in force yet, because the plan of all that follows from it is held. */
export const waitingRule = async (tx: Tx, id: string): Promise<BirthrightRule | undefined> =>
  (
    await tx.maybe<{ rule: BirthrightRule }>(sql`
      select i.data->'rule' as rule from mass_change c
        join mass_change_item i on i.mass_change_id = c.id and i.position = c.items
       where c.kind = ${BIRTHRIGHTS} and c.state = 'held' and i.data->>'what' = 'put' and i.data->'rule'->>'id' = ${id}
         and jsonb_typeof(i.data->'before') = 'null' limit 1`)
  )?.rule;

/** The rule whether it ended or not, held until the transaction ends. */
export const lockRule = async (tx: Tx, id: string): Promise<BirthrightRule | undefined> =>
  await tx.maybe<BirthrightRule>(sql`select ${columns} from birthright_rule b where b.id = ${id} for no key update`);

export const findRule = async (tx: Tx, name: string): Promise<BirthrightRule | undefined> =>
  await tx.maybe<BirthrightRule>(
    sql`select ${columns} from birthright_rule b where lower(b.name) = lower(${name}) and b.valid_to is null for no key update`,
  );

export const insertRule = async (tx: Tx, rule: BirthrightRule): Promise<void> => {
  await tx.run(sql`
    insert into birthright_rule (id, name, condition, person_condition, of_role_version, entitlement_id, role_id, grace_days, valid_from)
    values (${rule.id}, ${rule.name}, ${sql.json(rule.condition)}::jsonb, ${rule.personCondition},
            ${rule.ofRoleVersion}, ${rule.entitlementId}, ${rule.roleId}, ${rule.graceDays}, ${rule.validFrom})`);
};

export const changeRule = async (tx: Tx, rule: RuleSays & Pick<BirthrightRule, 'id'>): Promise<void> => {
  await tx.run(sql`
    update birthright_rule set condition = ${sql.json(rule.condition)}::jsonb, person_condition = ${rule.personCondition},
           grace_days = ${rule.graceDays}
     where id = ${rule.id}`);
};

/** A rule that ended is in force again. */
export const reopenRule = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`update birthright_rule set valid_to = null where id = ${id}`);
};

export const endRule = async (tx: Tx, id: string): Promise<void> => {
  await tx.run(sql`update birthright_rule set valid_to = greatest(valid_from, ${tx.now}) where id = ${id}`);
};

/** What a rule says to a grant of its: what it gives, in words and where, and how long somebody keeps it who no longer fits. */
export interface RuleTerms {
  readonly name: string;
  readonly systemId: string | null;
  readonly graceDays: number;
}

const given = sql`coalesce(e.name || ' on ' || s.name, 'role ' || r.name) as name, e.system_id`;

/** The terms of these rules, ended ones too. */
export const termsOf = async (tx: Tx, ruleIds: readonly string[]): Promise<ReadonlyMap<string, RuleTerms>> => {
  const rows = await tx.many<RuleTerms & { readonly id: string }>(sql`
    select b.id, b.grace_days, ${given}
      from birthright_rule b left join entitlement e on e.id = b.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = b.role_id
     where b.id = any(${sql.array(ruleIds)}::uuid[])`);
  return new Map(rows.map(({ id, ...terms }) => [id, terms]));
};

/** The terms of a rule as it is to be; undefined: what it gives is gone. */
export const termsOfNew = async (tx: Tx, rule: BirthrightRule): Promise<RuleTerms | undefined> => {
  const row = await tx.maybe<Omit<RuleTerms, 'graceDays'>>(sql`
    select ${given} from (select ${rule.entitlementId}::uuid as entitlement_id, ${rule.roleId}::uuid as role_id) b
      left join entitlement e on e.id = b.entitlement_id left join system s on s.id = e.system_id
      left join role r on r.id = b.role_id
     where coalesce(e.id, r.id) is not null and coalesce(e.valid_to, r.valid_to) is null`);
  return row === undefined ? undefined : { ...row, graceDays: rule.graceDays };
};

const DAY_MS = 86_400_000;

/** When somebody who no longer fits a rule loses what it gave. */
export const endOf = (terms: Pick<RuleTerms, 'graceDays'> | undefined, now: Date): Date =>
  new Date(now.getTime() + (terms?.graceDays ?? 0) * DAY_MS);

/** Whether a rule gives privileged or risky access. */
export const isRisky = async (tx: Tx, rule: BirthrightRule): Promise<boolean> => {
  const { risky } = await tx.one<{ risky: boolean }>(sql`
    select exists (select from entitlement where id = ${rule.entitlementId} and risk in ('high', 'critical'))
        or exists (select from role where id = ${rule.roleId} and risk in ('high', 'critical')) as risky`);
  if (risky) return true;
  const origins = rule.roleId === null ? { entitlementIds: [rule.entitlementId ?? ''] } : { roleIds: [rule.roleId] };
  return (await privilegeOf(tx, origins)).size > 0;
};
