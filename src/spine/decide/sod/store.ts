import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { SodException, SodMode, SodRule, SodSeverity } from './model.ts';

/** A rule with what people need to read it. */
export interface StoredRule extends SodRule {
  readonly description: string;
  readonly ownerId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

interface RuleRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: SodSeverity;
  readonly mode: SodMode;
  readonly systemIds: string[] | null;
  readonly ownerId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly functions: readonly { position: number; name: string; entitlementIds: string[] }[];
}

const rulesWhere = (where: Sql): Sql => sql`
  select r.id, r.name, r.description, r.severity, r.mode, r.system_ids, r.owner_id, r.valid_from, r.valid_to,
         coalesce((select jsonb_agg(f order by f.position) from (
           select position, min(name) as name, array_agg(entitlement_id order by entitlement_id) as "entitlementIds"
             from sod_rule_function where rule_id = r.id group by position) f), '[]') as functions
    from sod_rule r where ${where}`;

const toRule = ({ systemIds, functions, ...row }: RuleRow): StoredRule => ({
  ...row,
  systemIds: systemIds ?? undefined,
  functions: functions.map(({ name, entitlementIds }) => ({ name, entitlementIds })),
});

const live = sql`r.valid_from <= reeve_now() and (r.valid_to is null or r.valid_to > reeve_now())`;

/** Rules in force now that name any of these entitlements: no other can be worsened by them. */
export const rulesTouching = async (tx: Tx, entitlementIds: readonly string[]): Promise<StoredRule[]> => {
  if (entitlementIds.length === 0) return [];
  const rows = await tx.many<RuleRow>(
    sql`${rulesWhere(sql`${live} and r.id in (select rule_id from sod_rule_function where entitlement_id = any(${[...entitlementIds]}::uuid[]))`)} order by r.name`,
  );
  return rows.map(toRule);
};

export const findRule = async (tx: Tx, id: string): Promise<StoredRule | undefined> => {
  const row = await tx.maybe<RuleRow>(rulesWhere(sql`r.id = ${id}`));
  return row === undefined ? undefined : toRule(row);
};

/** Rules in force now, by name. */
export const liveRules = async (tx: Tx): Promise<StoredRule[]> =>
  (await tx.many<RuleRow>(sql`${rulesWhere(live)} order by r.name`)).map(toRule);

/** Exceptions of one identity that tolerate something now or later; one that ended does not come back with a clock set back. */
export const exceptionsOf = async (tx: Tx, identityId: string): Promise<SodException[]> =>
  (await exceptionsOfAll(tx, [identityId])).map(({ identityId: _whose, ...exception }) => exception);

/** The same of many. */
export const exceptionsOfAll = async (
  tx: Tx,
  identityIds: readonly string[],
): Promise<(SodException & { readonly identityId: string })[]> =>
  await tx.many(sql`
    select identity_id, id, rule_id, valid_from, valid_to from sod_exception
     where identity_id = any(${sql.array(identityIds)}::uuid[]) and lapse_recorded_at is null and valid_to > reeve_now() order by valid_from`);
