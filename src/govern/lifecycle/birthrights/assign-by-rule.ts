import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { holdIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { birthrightInForce } from '../events.ts';
import { differencesInForce, byPerson, NOT_DUE, peopleOf } from './find-differences.ts';
import type { BirthrightRule } from './model.ts';
import { settleDifferences } from './settle-differences.ts';
import { stageDifferences } from './stage-differences.ts';
import { changeRule, endRule, endOf, findRule, insertRule, reopenRule, ruleOfRole, rulesInForce } from './store.ts';

/** Who has a role by rule. */
export interface Assignment {
  /** In CEL. */
  readonly personCondition: string;
  /** How long somebody keeps it who no longer fits. */
  readonly graceDays: number;
}

/** A role as the version of it says who has it. */
export interface AssignedRole {
  readonly roleId: string;
  readonly roleName: string;
  /** Null: nobody by this role's own rule. */
  readonly assignment: Assignment | null;
  /** Who is never given it by a rule, this or any other. */
  readonly exceptPeople: readonly string[];
}

/** People settled together. */
const PAGE = 1_000;

/** Who has a role by rule as it is in force now. */
export async function assignmentInForce(
  tx: Tx,
  roleId: string,
): Promise<Pick<AssignedRole, 'assignment' | 'exceptPeople'>> {
  const rule = await ruleOfRole(tx, roleId);
  const except = await tx.many<{ identityId: string }>(
    sql`select identity_id from role_except_person where role_id = ${roleId} order by 1`,
  );
  return {
    assignment:
      rule === undefined || rule.validTo !== null || rule.personCondition === null
        ? null
        : { personCondition: rule.personCondition, graceDays: rule.graceDays },
    exceptPeople: except.map((row) => row.identityId),
  };
}

/** By which rules the role is given from now on; undefined: nothing is different and it has no rule of its own. */
interface Written {
  readonly isSame: boolean;
  readonly rule: BirthrightRule | undefined;
  readonly rules: readonly BirthrightRule[];
  /** All rules whose grants are looked at again. */
  readonly only: readonly string[];
}

/** Writes the rule and whom it excepts, and nothing that follows. Records nothing: who calls this does, or takes it back. */
async function writeAssignment(tx: Tx, role: AssignedRole): Promise<Written | undefined> {
  const before = await assignmentInForce(tx, role.roleId);
  const except = [...new Set(role.exceptPeople)].sort();
  const isSame =
    JSON.stringify([before.assignment, before.exceptPeople]) ===
    JSON.stringify([
      role.assignment && { personCondition: role.assignment.personCondition, graceDays: role.assignment.graceDays },
      except,
    ]);
  if (isSame) return role.assignment === null ? undefined : { isSame, ...(await rulesGiving(tx, role.roleId)) };
  await tx.run(
    sql`delete from role_except_person where role_id = ${role.roleId} and identity_id <> all(${except}::uuid[])`,
  );
  await tx.run(sql`
    insert into role_except_person (role_id, identity_id) select ${role.roleId}, unnest(${except}::uuid[]) on conflict do nothing`);
  const known = await ruleOfRole(tx, role.roleId);
  if (role.assignment !== null) await writeRule(tx, role, role.assignment, known);
  else if (known !== undefined && known.validTo === null) await endRule(tx, known.id);
  return { isSame, ...(await rulesGiving(tx, role.roleId)) };
}

async function rulesGiving(tx: Tx, roleId: string): Promise<Omit<Written, 'isSame'>> {
  const rules = (await rulesInForce(tx)).filter((rule) => rule.roleId === roleId);
  const rule = await ruleOfRole(tx, roleId);
  return { rule, rules, only: [...new Set([...rules.map(({ id }) => id), ...(rule === undefined ? [] : [rule.id])])] };
}

async function writeRule(
  tx: Tx,
  { roleId, roleName }: AssignedRole,
  { personCondition, graceDays }: Assignment,
  known: BirthrightRule | undefined,
): Promise<void> {
  const says = { condition: {}, personCondition, graceDays };
  if (known !== undefined) {
    if (known.validTo !== null) await reopenRule(tx, known.id);
    return await changeRule(tx, { id: known.id, ...says });
  }
  const id = newId(tx.now.getTime());
  const name = `role ${roleName}`;
  const isTaken = (await findRule(tx, name)) !== undefined;
  await insertRule(tx, {
    ...says,
    id,
    name: isTaken ? `${name} (${id.slice(-8)})` : name,
    ofRoleVersion: true,
    entitlementId: null,
    roleId,
    validFrom: tx.now,
    validTo: null,
  });
}

const differing = ({ rules, only }: Written, tx: Tx, identityIds?: readonly string[]): Sql =>
  differencesInForce({ identityIds, rules, only }, tx.now);

/** Who would be given a role or have it taken away by rule, blocked or not. Leaves a rule written: for who takes it back. */
export async function peopleOfAssignment(tx: Tx, role: AssignedRole): Promise<readonly string[]> {
  const written = await writeAssignment(tx, role);
  return written === undefined ? [] : await peopleOf(tx, differing(written, tx));
}

/** How many grants there would be and would no longer be, and for how many people separation of duties does not let it. */
export interface LaidOut {
  readonly assigned: number;
  readonly unassigned: number;
  readonly blocked: number;
}

/**
 * Lays out for these people what `putAssignment` would do, grants and all, judged as it would be. Records nothing and
 * lets nothing follow: for who looks at it and takes it back.
 */
export async function layOutAssignment(tx: Tx, role: AssignedRole, identityIds: readonly string[]): Promise<LaidOut> {
  const written = await writeAssignment(tx, role);
  if (written === undefined || identityIds.length === 0) return { assigned: 0, unassigned: 0, blocked: 0 };
  const staged = await stageDifferences(tx, differing(written, tx, identityIds), written.rules);
  const ends = [...staged.terms].map(([ruleId, terms]) => ({ ruleId, at: endOf(terms, tx.now) }));
  await tx.run(sql`
    update access_grant g set valid_to = t.at, ended_because = case when t.at <= ${tx.now} then ${NOT_DUE} end
      from birthright_difference d
      join unnest(${sql.array(ends.map((e) => e.ruleId))}::uuid[], ${sql.array(ends.map((e) => e.at))}::timestamptz[]) as t(rule_id, at)
           on t.rule_id = d.rule_id
     where g.id = d.grant_id`);
  await tx.run(sql`
    insert into access_grant (id, identity_id, role_id, valid_from, origin, origin_id, reason, started, recorded_from)
    select gen_random_uuid(), d.identity_id, ${role.roleId}, ${tx.now}, 'birthright', d.rule_id, 'as it would be', true, ${tx.now}
      from birthright_difference d where d.grant_id is null and not d.blocked`);
  return { assigned: staged.starts, unassigned: staged.ends, blocked: staged.blocked.length };
}

/**
 * From now on whoever fits has the role, and who no longer does has it no more after the grace: the rule and all that
 * follows from it, in this transaction, also where the rule is as it was and something else lets somebody have the role. Each start is judged by separation of duties; what it does not let be is recorded
 * and left out. Whoever calls this has asked the limits.
 */
export async function putAssignment(ctx: Ctx, permit: Permit, role: AssignedRole): Promise<LaidOut> {
  const written = await writeAssignment(ctx.tx, role);
  const counts = { assigned: 0, unassigned: 0, blocked: 0 };
  if (written === undefined) return counts;
  if (written.rule !== undefined && !written.isSame)
    await ctx.record(permit, {
      event: birthrightInForce,
      data: { ruleId: written.rule.id, name: written.rule.name, now: role.assignment === null ? 'removed' : 'put' },
    });
  const people = await peopleOf(ctx.tx, differing(written, ctx.tx));
  for (let n = 0; n < people.length; n += PAGE) {
    const some = people.slice(n, n + PAGE);
    await holdIdentities(ctx.tx, some);
    const due = await byPerson(ctx.tx, differing(written, ctx.tx, some), written.rules);
    const settled = await settleDifferences(ctx, permit, due);
    const ending = new Set(due.flatMap(({ ends }) => ends.map((end) => end.grantId)));
    for (const { grantId, blocked } of settled)
      if (blocked !== undefined) counts.blocked += 1;
      else if (ending.has(grantId ?? '')) counts.unassigned += 1;
      else counts.assigned += 1;
  }
  return counts;
}
