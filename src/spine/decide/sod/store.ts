import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { SodControl } from './keep-controls.ts';
import type { SodCounts, SodException, SodMode, SodRule, SodSeverity } from './model.ts';

/** A rule with what people need to read it. */
export interface StoredRule extends SodRule {
  readonly description: string;
  /** What could be done by whoever has all sides. */
  readonly risk: string;
  readonly ownerId: string | null;
  /** The rule of the shipped library it was made from. */
  readonly libraryId: string | null;
  readonly controls: readonly SodControl[];
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
  readonly risk: string;
  readonly counts: SodCounts;
  readonly windowSeconds: number | null;
  readonly orgUnits: string[] | null;
  readonly personCondition: string | null;
  readonly libraryId: string | null;
  readonly acts: string[] | null;
  readonly controls: readonly SodControl[];
  readonly ownerId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly functions: readonly { position: number; name: string; entitlementIds: string[] }[];
}

const rulesWhere = (where: Sql): Sql => sql`
  select r.id, r.name, r.description, r.severity, r.mode, r.system_ids, r.owner_id, r.valid_from, r.valid_to,
         r.risk, r.counts, r.window_seconds, r.org_units, r.person_condition, r.library_id, r.acts,
         coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'ownerId', c.owner_id, 'everyDays', c.every_days)
                                    order by lower(c.name)) from sod_control c where c.rule_id = r.id and c.valid_to is null), '[]') as controls,
         coalesce((select json_agg(f order by f.position) from (
           select position, min(name) as name, array_agg(entitlement_id order by entitlement_id) as "entitlementIds"
             from sod_rule_function where rule_id = r.id group by position) f), '[]'::json) as functions
    from sod_rule r where ${where}`;

const toRule = ({
  systemIds,
  windowSeconds,
  orgUnits,
  personCondition,
  functions,
  acts,
  ...row
}: RuleRow): StoredRule => ({
  ...row,
  systemIds: systemIds ?? undefined,
  windowSeconds: windowSeconds ?? undefined,
  orgUnits: orgUnits ?? undefined,
  personCondition: personCondition ?? undefined,
  functions:
    acts === null
      ? functions.map(({ name, entitlementIds }) => ({ name, entitlementIds }))
      : acts.map((name) => ({ name, entitlementIds: [] })),
});

const live = sql`r.valid_from <= reeve_now() and (r.valid_to is null or r.valid_to > reeve_now())`;

/** Rules in force now on what is held that name any of these entitlements: no other can be worsened by them. */
export const rulesTouching = (tx: Tx, entitlementIds: readonly string[]): Promise<StoredRule[]> =>
  touching(tx, 'decide.rules_held_touching', entitlementIds, sql`r.counts = 'held'`);

/** Rules in force now on what is used together that name any of these entitlements. */
export const usageRulesTouching = (tx: Tx, entitlementIds: readonly string[]): Promise<StoredRule[]> =>
  touching(tx, 'decide.rules_used_touching', entitlementIds, sql`r.counts in ('same_session', 'same_window')`);

const touching = async (tx: Tx, name: string, entitlementIds: readonly string[], which: Sql): Promise<StoredRule[]> => {
  if (entitlementIds.length === 0) return [];
  const rows = await tx.many<RuleRow>(
    sql.named(
      name,
      sql`${rulesWhere(sql`${live} and ${which} and r.id = any(array(select rule_id from sod_rule_function where entitlement_id = any(${[...entitlementIds]}::uuid[])))`)} order by r.name`,
    ),
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
  await tx.many(
    sql.named(
      'decide.exceptions_of',
      sql`
    select identity_id, id, rule_id, valid_from, valid_to from sod_exception
     where identity_id = any(${sql.array(identityIds)}::uuid[]) and lapse_recorded_at is null and valid_to > reeve_now() order by valid_from`,
    ),
  );
