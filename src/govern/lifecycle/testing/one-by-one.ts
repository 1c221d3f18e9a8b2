import { sql, type Tx } from '#kit/db/index.ts';
import { compileCondition, describeConflict, sodVerdict } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeGrantEnd, endGrant, startGrant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { BirthrightRule } from '../birthrights/model.ts';

/** What one-by-one did not start, and why. */
export interface Refused {
  readonly identityId: string;
  readonly ruleId: string;
  readonly because: string;
}

interface Person {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly department: string | null;
  readonly orgUnit: string | null;
  readonly jobTitle: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Roles no rule gives them. */
  readonly excepted: readonly string[];
}

const factsOf = ({ attributes, ...person }: Person): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)])),
  kind: person.kind,
  state: person.state,
  department: person.department ?? '',
  orgUnit: person.orgUnit ?? '',
  jobTitle: person.jobTitle ?? '',
});

const fits = (person: Person, rule: BirthrightRule): boolean =>
  (rule.roleId === null || !person.excepted.includes(rule.roleId)) &&
  (rule.personCondition === null || compileCondition(rule.personCondition, false)(factsOf(person))) &&
  Object.entries(rule.condition).every(([field, values]) => {
    const columns: Record<string, unknown> = {
      kind: person.kind,
      department: person.department,
      org_unit: person.orgUnit,
      job_title: person.jobTitle,
    };
    const value = field in columns ? columns[field] : person.attributes[field];
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    return all.some((v) => typeof v === 'string' && values.includes(v));
  });

/**
 * Birthright done slowly and obviously, one person, one rule and one grant at a time: what the set-based way is held
 * against. Rules are looked at by name; with `only`, grants by other rules are left alone.
 */
export async function settleOneByOne(
  ctx: Ctx,
  permit: Permit,
  rules: readonly BirthrightRule[],
  graceOf: ReadonlyMap<string, number>,
  only?: string,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  const people = await ctx.tx.many<Person>(sql`
    select f.identity_id as id, i.kind, f.state, f.department, f.org_unit, f.job_title, f.attributes,
           array(select role_id from role_except_person x where x.identity_id = f.identity_id) as excepted
      from identity_facts f join identity i on i.id = f.identity_id
     where f.valid_from <= ${ctx.now} and (f.valid_to is null or f.valid_to > ${ctx.now}) and f.state <> 'leaver' order by 1`);
  for (const person of people) {
    for (const grant of await birthrightsOf(ctx.tx, person.id)) {
      const rule = rules.find((r) => r.id === grant.ruleId);
      if (!grant.stands || (rule !== undefined && fits(person, rule))) continue;
      if (only !== undefined && grant.ruleId !== only) continue;
      const days = graceOf.get(grant.ruleId) ?? 0;
      const because = 'no birthright any more';
      if (days === 0) await endGrant(ctx, permit, { grantId: grant.id, because });
      else {
        const validTo = new Date(ctx.now.getTime() + days * 86_400_000);
        await changeGrantEnd(ctx, permit, { grantId: grant.id, validTo, because });
      }
    }
    for (const rule of rules.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (person.state !== 'active' || !fits(person, rule)) continue;
      const known = await birthrightsOf(ctx.tx, person.id);
      if (known.some((g) => g.ruleId === rule.id && (g.stands || g.decided))) continue;
      const given = { entitlementId: rule.entitlementId ?? undefined, roleId: rule.roleId ?? undefined };
      const verdict = await sodVerdict(ctx.tx, person.id, [{ ...given, validFrom: ctx.now, validTo: null }]);
      const conflict = verdict.conflicts.find((c) => c.rule.mode === 'enforce');
      if (conflict !== undefined) {
        refused.push({ identityId: person.id, ruleId: rule.id, because: describeConflict(conflict) });
        continue;
      }
      const why = { origin: 'birthright' as const, originId: rule.id, reason: `birthright: ${rule.name}` };
      await startGrant(ctx, permit, { identityId: person.id, ...given, ...why });
    }
  }
  return refused;
}

const birthrightsOf = (
  tx: Tx,
  identityId: string,
): Promise<{ id: string; ruleId: string; stands: boolean; decided: boolean }[]> =>
  tx.many(sql`
    select id, origin_id as rule_id, ended_because is null and valid_to is null as stands,
           coalesce(ended_because not in ('no birthright any more', 'what gave it was undone', 'left', 'its time was over'), false) as decided
      from access_grant where identity_id = ${identityId} and origin = 'birthright' order by id`);
